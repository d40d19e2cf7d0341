# SPDX-License-Identifier: EUPL-1.2
"""Who came to have to do with tasks, and who no longer did."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from engine.queries.pastlinks import LISTING, PastLink, past_links
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted
from web.api.lists import asked
from web.api.moments import moment_text
from web.api.past import of_definition
from web.api.shapes.reports import IdentityLinkLog
from web.transaction import session

#: Conditions and orders by what a link is.
_PARTS: Mapping[str, Callable[[PastLink], str | None]] = {
    "type": lambda link: link.type,
    "userId": lambda link: link.user,
    "groupId": lambda link: link.group,
    "operationType": lambda link: "add" if link.added else "delete",
    "assignerId": lambda link: link.by,
}


def _or_nothing(part: Callable[[PastLink], str | None]) -> Callable[[PastLink], str]:
    """The same for sorting."""
    return lambda link: part(link) or ""


_ORDERS: Mapping[str, Callable[[PastLink], Any]] = {
    **{name: _or_nothing(part) for name, part in _PARTS.items()},
    "time": lambda link: link.at,
    "taskId": lambda link: link.task_id,
    "processDefinitionId": lambda link: link.origin.definition_id,
    "processDefinitionKey": lambda link: link.origin.definition_key,
    "tenantId": lambda link: link.origin.tenant_id or "",
}
_CRITERIA = {
    **criteria_of(LISTING),
    **dict.fromkeys(_PARTS, "text"),
    "dateBefore": "moment",
    "dateAfter": "moment",
}


@blueprint.get("/history/identity-link-log")
@asks(_CRITERIA)
@gives(list[IdentityLinkLog])
def identity_link_log() -> Response:
    """What fits."""
    question = Question.of_request()
    found, span = _found(question), question.span()
    for order in reversed(question.orders(*_ORDERS)):
        found.sort(key=_ORDERS[order.by], reverse=order.descending)
    return answer([_described(link) for link in found[span.first : span.first + span.most]])


@blueprint.get("/history/identity-link-log/count")
@asks(_CRITERIA)
def identity_link_log_count() -> Response:
    """How much fits."""
    return count(len(_found(Question.of_request())))


def _found(question: Question) -> list[PastLink]:
    told = Question({name: question.raw(name) for name in LISTING.meanings if name in question})
    found = past_links(session(), asked(told, LISTING, granted("history"), whole=True))
    for name, part in _PARTS.items():
        if (wanted := question.text(name)) is not None:
            found = [link for link in found if part(link) == wanted]
    before, after = question.moment("dateBefore"), question.moment("dateAfter")
    found = [link for link in found if before is None or link.at <= before]
    return [link for link in found if after is None or link.at >= after]


def _described(link: PastLink) -> IdentityLinkLog:
    return {
        "id": link.id,
        **of_definition(link.origin),
        "time": moment_text(link.at),
        "type": link.type,
        "userId": link.user,
        "groupId": link.group,
        "taskId": link.task_id,
        "operationType": "add" if link.added else "delete",
        "assignerId": link.by,
    }
