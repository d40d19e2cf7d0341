# SPDX-License-Identifier: EUPL-1.2
"""What can be reported here, and where."""

from typing import Any

from flask import Response, abort

from processes.maengelmelder.kategorien import KATEGORIEN
from web.bootstrap import platform
from web.open311 import PREFIX, blueprint
from web.open311.answers import answer, answer_one
from web.security import limiter

_SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
#: When the list of services changed last.
_CHANGED = "2026-11-26T12:00:00Z"


@blueprint.get("/discovery.<ending>")
@limiter.limit("120 per minute")
def discovery(ending: str) -> Response:
    """Where the interface lies, and whom to ask for a key."""
    settings = platform().settings
    endpoint = {
        "specification": _SPECIFICATION,
        "url": settings.base_url.rstrip("/") + PREFIX,
        "changeset": _CHANGED,
        "type": "production",
        "formats": ["application/json", "text/xml"],
    }
    about: dict[str, Any] = {
        "changeset": _CHANGED,
        "contact": f"{settings.town.authority}, {settings.town.email}, {settings.town.phone}",
        "key_service": f"Schlüssel vergibt der technische Betrieb: {settings.town.email}",
        "endpoints": [endpoint],
    }
    return answer_one(ending, "discovery", about)


@blueprint.get("/services.<ending>")
@limiter.limit("120 per minute")
def services(ending: str) -> Response:
    """The kinds of things that can be reported."""
    items = [
        {
            "service_code": code,
            "service_name": kind.name,
            "description": kind.beschreibung,
            "metadata": False,
            "type": "realtime",
            "keywords": kind.gruppe,
            "group": kind.gruppe,
        }
        for code, kind in KATEGORIEN.items()
    ]
    return answer(ending, "services", "service", items)


@blueprint.get("/services/<code>.<ending>")
@limiter.limit("120 per minute")
def service_definition(code: str, ending: str) -> Response:
    """Nothing more is asked for than place and words, for any kind."""
    if code not in KATEGORIEN:
        abort(404)
    return answer_one(ending, "service_definition", {"service_code": code, "attributes": []})
