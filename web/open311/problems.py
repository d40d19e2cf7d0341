# SPDX-License-Identifier: EUPL-1.2
"""What went wrong, as the standard writes it: a list of codes and descriptions."""

from collections.abc import Sequence

from flask import Response, request
from lxml import etree
from werkzeug.exceptions import HTTPException

from engine.errors import NotFound
from web.errors import OTHER_WORDS
from web.open311 import PREFIX, blueprint
from web.open311.answers import answer, respond
from web.transaction import roll_back


class Refused(Exception):
    """A request that cannot be done; one description for each reason."""

    def __init__(self, status: int, *descriptions: str) -> None:
        super().__init__(status)
        self.status = status
        self.descriptions = descriptions


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """Say why, in the form that was asked for."""
    roll_back()
    return _problem(error.status, error.descriptions)


@blueprint.errorhandler(NotFound)
def unknown(error: NotFound) -> Response:
    """There is no such report."""
    return _problem(404, ["There is no report of this number."])


def http_problem(error: HTTPException) -> Response:
    """The same for what the server itself refuses: unknown addresses, methods, too many requests."""
    code = error.code or 500
    return _problem(code if code in {403, 404, 429} or code >= 500 else 400, [str(error.name)])


def _problem(status: int, descriptions: Sequence[str]) -> Response:
    ending = request.path.rpartition(".")[2]
    items = [{"code": status, "description": text} for text in descriptions]
    if ending in {"json", "xml"}:
        return answer(ending, "errors", "error", items, status)
    return respond("json", items, etree.Element("errors"), status)


blueprint.record_once(lambda state: state.app.extensions.setdefault(OTHER_WORDS, {}).update({PREFIX: http_problem}))
