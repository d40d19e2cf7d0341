# SPDX-License-Identifier: EUPL-1.2
"""What others have reported: a list and a map, so that nobody has to report it again."""

from typing import Any

from flask import Response, jsonify, render_template

from processes.maengelmelder.queries import meldungen
from web.bootstrap import platform
from web.portal import blueprint
from web.security import limiter
from web.transaction import session

_MOST = 200


@blueprint.get("/maengel")
@limiter.limit("120 per minute")
def reports() -> str:
    """Open reports and those that were closed lately, the newest first."""
    found = meldungen(session(), most=_MOST)
    return render_template("portal/maengel.html", reports=found, open_count=sum(each.ist_offen for each in found))


@blueprint.get("/karte.json")
@limiter.limit("240 per minute")
def map_data() -> Response:
    """What a map needs: where it begins, its ground, and what is known."""
    settings = platform().settings
    known = [
        {"nummer": each.nummer, "art": each.art.name, "lat": each.lat, "lon": each.lon}
        for each in meldungen(session(), offen=True, most=_MOST)
        if each.lat is not None and each.haupt is None
    ]
    about: dict[str, Any] = {
        "center": [float(part) for part in settings.map_center.split(",")],
        "zoom": 15,
        "tiles": settings.map_tiles,
        "attribution": settings.map_attribution,
        "known": known,
    }
    return jsonify(about)
