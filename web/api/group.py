# SPDX-License-Identifier: EUPL-1.2
"""The groups that people belong to, and that models name as candidates."""

from collections.abc import Sequence

from flask import Response

from engine.queries.people import groups, people
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.describing import asks, gives
from web.api.guard import granted, require
from web.api.problems import missing
from web.api.shapes.town import Group
from web.api.user import like
from web.transaction import session

TYPE = "WORKFLOW"
GROUP_CRITERIA = {
    "id": "text",
    "idIn": "texts",
    "name": "text",
    "nameLike": "text",
    "type": "text",
    "member": "text",
    "memberOfTenant": "text",
}


@blueprint.get("/group")
@asks(GROUP_CRITERIA)
@gives(list[Group])
def group_list() -> Response:
    """Those that fit."""
    question = Question.of_request()
    span = question.span()
    return answer([described(key) for key in _found(question)[span.first : span.first + span.most]])


@blueprint.get("/group/count")
@asks(GROUP_CRITERIA)
def group_count() -> Response:
    """How many fit."""
    return count(len(_found(Question.of_request())))


@blueprint.get("/group/<id>")
@gives(Group)
def group(id: str) -> Response:
    """One of them."""
    require("identity", "read", id)
    if id not in groups(session()):
        raise missing(f"Group with id {id[:100]} does not exist")
    return answer(described(id))


def described(key: str) -> Group:
    """A group; its key is its name."""
    return {"id": key, "name": key, "type": TYPE}


def _found(question: Question) -> Sequence[str]:
    keys, ids = granted("identity"), question.texts("idIn")
    if question.text("type") not in (None, TYPE) or "memberOfTenant" in question:
        return []
    named = [question.text(name) for name in ("id", "name") if name in question]
    member = question.text("member")
    of_member = [each for person in people(session()) if person.name == member for each in person.groups]
    found = [
        key
        for key in groups(session())
        if (keys is None or key in keys)
        and (ids is None or key in ids)
        and all(key == name for name in named)
        and like(key, question.text("nameLike"))
        and (member is None or key in of_member)
    ]
    orders = question.orders("id", "name", "type")
    return list(reversed(found)) if any(order.descending and order.by != "type" for order in orders[:1]) else found
