# SPDX-License-Identifier: EUPL-1.2
"""Standing filters of task lists. They are the same for everybody, so there is nothing to create or change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request

from engine.queries.worklist import count_work, list_work
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import Question, body, only_looks
from web.api.describing import asks, gives
from web.api.guard import granted, machine, require_any
from web.api.moments import moment_text
from web.api.problems import Refused, missing
from web.api.shapes.work import Filter, Task
from web.api.task import shown
from web.api.task_query import TASK_CRITERIA, wanted_tasks
from web.api.user import like
from web.bootstrap import platform
from web.transaction import session


@dataclass(frozen=True)
class Standing:
    """One filter."""

    id: str
    name: str
    description: str
    query: Mapping[str, Any] = field(default_factory=dict)


#: What lists can be asked for.
_CRITERIA = dict.fromkeys(("filterId", "resourceType", "name", "nameLike", "owner"), "text")
_FILTERS = (
    Standing("meine-aufgaben", "Meine Aufgaben", "Was ich übernommen habe", {"assignee": "{me}"}),
    Standing("offene-aufgaben", "Offene Aufgaben", "Was noch niemand übernommen hat", {"unassigned": True}),
    Standing("ueberfaellige-aufgaben", "Überfällige Aufgaben", "Was schon fällig war", {"dueBefore": "{now}"}),
    Standing("alle-aufgaben", "Alle Aufgaben", "Alles, was zu tun ist"),
)


@blueprint.get("/filter")
@asks({**_CRITERIA, "itemCount": "flag"})
@gives(list[Filter])
def filters() -> Response:
    """Those that fit; none for whoever may see no tasks."""
    question = Question.of_request()
    span, counted = question.span(), question.flag("itemCount")
    return answer([_described(each, counted) for each in _found(question)[span.first : span.first + span.most]])


@blueprint.get("/filter/count")
@asks(_CRITERIA)
def filter_count() -> Response:
    """How many fit."""
    return count(len(_found(Question.of_request())))


@blueprint.get("/filter/<id>")
@asks({"itemCount": "flag"})
@gives(Filter)
def filter_by_id(id: str) -> Response:
    """One of them."""
    return answer(_described(_filter(id), Question.of_request().flag("itemCount")))


@blueprint.route("/filter/<id>/list", methods=["GET", "POST"])
@asks(TASK_CRITERIA)
@gives(list[Task])
def filtered_tasks(id: str) -> Response:
    """The tasks that it lets through."""
    question = _question(_filter(id))
    return answer(shown(list_work(session(), wanted_tasks(question)), question))


@blueprint.route("/filter/<id>/count", methods=["GET", "POST"])
@asks(TASK_CRITERIA)
def filtered_task_count(id: str) -> Response:
    """How many it lets through."""
    return count(count_work(session(), wanted_tasks(_question(_filter(id)))))


@blueprint.route("/filter/<id>/singleResult", methods=["GET", "POST"])
@asks(TASK_CRITERIA)
@gives(Task)
def filtered_task(id: str) -> Response:
    """The one task that it lets through."""
    question = _question(_filter(id), {"maxResults": 2})
    found = list_work(session(), wanted_tasks(question))
    if len(found) > 1:
        raise Refused("Filter contains more than one result.")
    return answer(shown(found, question)[0]) if found else nothing()


def _filter(id: str) -> Standing:
    require_any("task", "read")
    found = next((each for each in _FILTERS if each.id == id), None)
    if found is None:
        raise missing(f"Filter with id '{id[:100]}' does not exist.")
    return found


def _found(question: Question) -> list[Standing]:
    keys = granted("task")
    if keys is not None and not keys:
        return []
    name, pattern, kind = question.text("name"), question.text("nameLike"), question.text("resourceType")
    found = [
        each
        for each in _FILTERS
        if question.text("filterId") in (None, each.id)
        and name in (None, each.name)
        and like(each.name, pattern)
        and kind in (None, "Task")
        and "owner" not in question
    ]
    for order in reversed(question.orders("filterId", "resourceType", "name", "owner")):
        if order.by in ("filterId", "name"):
            found.sort(key=lambda each: each.id if order.by == "filterId" else each.name, reverse=order.descending)
    return found


def _question(standing: Standing, more: Mapping[str, Any] | None = None) -> Question:
    """What a filter asks, narrowed by what was sent with it."""
    only_looks()
    sent = body() if request.method == "POST" else {}
    asked = {**request.args.to_dict(), **sent, **(more or {})}
    return Question({**asked, **_filled(standing)})


def _filled(standing: Standing) -> dict[str, Any]:
    known = {"{me}": machine().name, "{now}": moment_text(platform().clock.now())}
    return {name: known.get(str(value), value) for name, value in standing.query.items()}


def _described(standing: Standing, counted: bool) -> Filter:
    found: Filter = {
        "id": standing.id,
        "resourceType": "Task",
        "name": standing.name,
        "owner": None,
        "query": _filled(standing),
        "properties": {
            "description": standing.description,
            "priority": _FILTERS.index(standing),
            "color": "#555555",
            "refresh": True,
        },
    }
    if counted:
        found["itemCount"] = count_work(session(), wanted_tasks(Question(_filled(standing))))
    return found
