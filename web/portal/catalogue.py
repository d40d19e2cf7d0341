# SPDX-License-Identifier: EUPL-1.2
"""The catalogue of services, by life situation, and the page of each service."""

from collections.abc import Iterable
from itertools import groupby

from flask import abort, render_template, request

from forms.language import language
from processes import ServicePage, service, slices
from web.portal import blueprint


@blueprint.get("/")
def catalogue() -> str:
    """All services, or those that the words of a search are found in."""
    words = request.args.get("suche", "").strip()[:100]
    pages = [found.service.speaking(language()) for found in slices() if found.service is not None]
    hits = [page for page in pages if _is_about(page, words)]
    return render_template(
        "portal/katalog.html", words=words, count=len(hits), situations=_by_situation(hits), is_empty=not pages
    )


@blueprint.get("/leistung/<name>")
def service_page(name: str) -> str:
    """What a service is, what it costs, what one needs, and the way into the application."""
    return show_service(name)


def show_service(name: str, alert: str = "") -> str:
    """The page of a service; `alert` says why it is shown again."""
    page = find_service(name)
    parts = [(section, _blocks(section.paragraphs)) for section in page.sections]
    return render_template("portal/leistung.html", page=page, parts=parts, plain=_blocks(page.plain), alert_text=alert)


def find_service(name: str) -> ServicePage:
    """The service of that name; 404 when there is none."""
    return (service(name) or abort(404)).speaking(language())


def _is_about(page: ServicePage, words: str) -> bool:
    """Whether every word of the search occurs in what people might call the service."""
    text = " ".join((page.title, page.teaser, page.category, *page.keywords)).casefold()
    return all(word in text for word in words.casefold().split())


def _blocks(paragraphs: Iterable[str]) -> list[tuple[bool, list[str]]]:
    """Runs of list items (True) and of paragraphs (False), the items without their dash."""
    runs = groupby(paragraphs, key=lambda text: text.startswith("- "))
    return [(is_list, [text.removeprefix("- ") for text in run]) for is_list, run in runs]


def _by_situation(pages: Iterable[ServicePage]) -> dict[str, list[ServicePage]]:
    """Life situation → its services, both in the order of the alphabet."""
    groups: dict[str, list[ServicePage]] = {}
    for page in sorted(pages, key=lambda page: (page.category, page.title)):
        groups.setdefault(page.category, []).append(page)
    return groups
