# SPDX-License-Identifier: EUPL-1.2
"""The catalogue for the town's own homepage: as JSON, and as a piece of HTML that is put in as it is. No frame."""

from typing import Any

from flask import Response, jsonify, render_template, url_for

from forms.language import language
from processes import ServicePage, slices
from web.bootstrap import platform
from web.portal import blueprint
from web.security import limiter


@blueprint.get("/leistungen.json")
@limiter.limit("120 per minute")
def services_feed() -> Response:
    """All services with what a homepage says of them."""
    return _shared(jsonify({"leistungen": [_described(page) for page in _pages()]}))


@blueprint.get("/leistungen.html")
@limiter.limit("120 per minute")
def services_snippet() -> Response:
    """A list of links without style or script, which takes on the looks of the page that it is put into."""
    items = [(_address(page), page) for page in _pages()]
    return _shared(Response(render_template("portal/einbetten.html", items=items), mimetype="text/html"))


def _pages() -> list[ServicePage]:
    found = [each.service.speaking(language()) for each in slices() if each.service is not None]
    return sorted(found, key=lambda page: (page.category, page.title))


def _described(page: ServicePage) -> dict[str, Any]:
    return {
        "schluessel": page.process_key,
        "titel": page.title,
        "kurz": page.teaser,
        "lebenslage": page.category,
        "suchworte": list(page.keywords),
        "minuten": page.minutes,
        "sprache": page.language,
        "adresse": _address(page),
        "abschnitte": {section.heading: list(section.paragraphs) for section in page.sections},
    }


def _address(page: ServicePage) -> str:
    return platform().settings.base_url.rstrip("/") + url_for("portal.service_page", name=page.process_key)


def _shared(response: Response) -> Response:
    """Nothing in it is secret: pages of others may read it, and keep it for a while."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
