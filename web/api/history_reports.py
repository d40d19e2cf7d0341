# SPDX-License-Identifier: EUPL-1.2
"""Figures about the past: durations of instances and tasks, counts of tasks, and what passed each activity."""

from flask import Response

from engine.deployed import Definition
from engine.queries import pastcases, pasttasks
from engine.queries.reports import (
    MONTHS,
    Durations,
    Passed,
    TaskCount,
    case_durations,
    passed_elements,
    task_counts,
    task_durations,
)
from web.api import blueprint
from web.api.answers import answer
from web.api.asked import Question
from web.api.describing import asks, gives
from web.api.guard import granted, require_any
from web.api.ids import definition_number, definition_text
from web.api.lists import asked
from web.api.objects import definition_for
from web.api.problems import Refused
from web.api.shapes.reports import DurationReport, ElementStatistics, TaskReport
from web.bootstrap import platform
from web.transaction import session

_OF_REPORT = ("processDefinitionKeyIn", "startedBefore", "startedAfter")
_OF_CASES = ("startedBefore", "startedAfter", "finishedBefore", "finishedAfter", "processInstanceIdIn")


@blueprint.get("/history/process-instance/report")
@asks(
    {
        "reportType": "text",
        "periodUnit": "text",
        "processDefinitionIdIn": "texts",
        "processDefinitionKeyIn": "texts",
        "startedBefore": "moment",
        "startedAfter": "moment",
    }
)
@gives(list[DurationReport])
def instance_report() -> Response:
    """How long instances took that have ended, by the month or quarter in which they began."""
    require_any("history", "read")
    question = Question.of_request()
    if question.text("reportType") != "duration":
        raise Refused("reportType must be duration.")
    unit, zone = _unit(question), platform().clock.zone
    told = {name: question.raw(name) for name in _OF_REPORT if name in question}
    wanted = asked(Question(told), pastcases.LISTING, granted("history"), whole=True)
    named = question.texts("processDefinitionIdIn")
    ids = [definition_number(each) for each in named] if named is not None else None
    found = case_durations(session(), wanted, unit, zone, definition_ids=ids)
    return answer([_period(each, unit) for each in found])


@blueprint.get("/history/task/report")
@asks(
    {
        "reportType": "text",
        "periodUnit": "text",
        "groupBy": "text",
        "completedBefore": "moment",
        "completedAfter": "moment",
    }
)
@gives(list[DurationReport] | list[TaskReport])
def task_report() -> Response:
    """How long tasks took that are over, or how many there were."""
    require_any("history", "read")
    question = Question.of_request()
    ends = {"finishedBefore": question.text("completedBefore"), "finishedAfter": question.text("completedAfter")}
    wanted = asked(Question(ends), pasttasks.LISTING, granted("history"), whole=True)
    kind, group = question.text("reportType"), question.text("groupBy")
    if kind == "duration":
        unit = _unit(question)
        found = task_durations(session(), wanted, unit, platform().clock.zone)
        return answer([_period(each, unit) for each in found])
    if kind != "count":
        raise Refused("reportType must be duration or count.")
    if group not in ("taskName", "processDefinition"):
        raise Refused("groupBy must be taskName or processDefinition.")
    return answer([_counted(each) for each in task_counts(session(), wanted, by_name=group == "taskName")])


@blueprint.get("/history/process-definition/<id>/statistics")
@asks(
    {
        **dict.fromkeys(("canceled", "finished", "completeScope", "incidents"), "truth"),
        **dict.fromkeys(_OF_CASES[:4], "moment"),
        "processInstanceIdIn": "texts",
    }
)
@gives(list[ElementStatistics])
def past_statistics(id: str) -> Response:
    """How often each activity of a definition was begun, and how it went."""
    definition, question = definition_for("read", id, "history"), Question.of_request()
    orders = question.orders("activityId")
    told = {name: question.raw(name) for name in _OF_CASES if name in question}
    wanted = asked(Question(told), pastcases.LISTING, granted("history"), whole=True)
    found = passed_elements(session(), definition.id, wanted)
    places = sorted(found, reverse=bool(orders) and orders[0].descending)
    return answer([_statistics(definition, place, found[place], question) for place in places])


def _unit(question: Question) -> str:
    unit = (question.text("periodUnit") or "").lower()
    if unit not in MONTHS:
        raise Refused("periodUnit must be month or quarter.")
    return unit


def _period(each: Durations, unit: str) -> DurationReport:
    return {
        "period": each.period,
        "periodUnit": unit.upper(),
        "minimum": each.shortest,
        "maximum": each.longest,
        "average": each.average,
    }


def _counted(each: TaskCount) -> TaskReport:
    return {
        "taskName": each.name,
        "processDefinitionId": definition_text(each.definition_key, each.definition_version, each.definition_id),
        "processDefinitionKey": each.definition_key,
        "processDefinitionName": each.definition_name or None,
        "tenantId": None,
        "count": each.number,
    }


def _statistics(definition: Definition, place: str, passed: Passed, question: Question) -> ElementStatistics:
    node = definition.process.nodes.get(place)
    leads_nowhere = node is not None and not definition.process.outgoing.get(place)
    ended_there = passed.finished - passed.cancelled if leads_nowhere else 0
    with_incidents = question.flag("incidents")
    return {
        "id": place,
        "instances": passed.instances,
        "canceled": passed.cancelled if question.flag("canceled") else 0,
        "finished": passed.finished if question.flag("finished") else 0,
        "completeScope": ended_there if question.flag("completeScope") else 0,
        "openIncidents": passed.open if with_incidents else 0,
        "resolvedIncidents": passed.resolved if with_incidents else 0,
        "deletedIncidents": 0,
    }
