# SPDX-License-Identifier: EUPL-1.2
"""What answers about the past have in common."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from engine.queries.past import Origin
from engine.removal import CaseGoesOn
from web.api.asked import Question
from web.api.ids import activity_instance_id, definition_text
from web.api.lists import wanted
from web.api.moments import moment_text
from web.api.problems import Refused
from web.api.shapes import history
from web.api.shapes.history import NoCase, OfDefinition

_MOST_GROUPS = 20


def origin(of: Origin) -> history.Origin:
    """The instance that something belongs to."""
    return {**of_definition(of), "processInstanceId": of.case_id}


def of_definition(of: Origin) -> OfDefinition:
    """The definition of that instance."""
    return {
        "processDefinitionKey": of.definition_key,
        "processDefinitionId": definition_text(of.definition_key, of.definition_version, of.definition_id),
        "rootProcessInstanceId": of.root_id,
        "removalTime": moment_text(of.removed_at),
        "tenantId": of.tenant_id,
    }


def no_case() -> NoCase:
    """There are no instances but those of processes."""
    return {
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
    }


@contextmanager
def only_of_the_past(case_id: str) -> Iterator[None]:
    """Variables of an instance that goes on are deleted as what they are, and not as its past."""
    try:
        yield
    except CaseGoesOn:
        message = f"Process instance {case_id} is still running: delete its variables themselves, or wait for its end."
        raise Refused(message, type="BadUserRequestException") from None


def took(begun: datetime, ended: datetime | None) -> int | None:
    """How long something took, in milliseconds; None while it goes on."""
    return None if ended is None else max(0, round((ended - begun).total_seconds() * 1000))


def place(of: Origin, element_id: str, token_id: str | None, *, whole: bool = False) -> str:
    """An activity instance: a token at an element, else the case itself."""
    return of.case_id if token_id is None else activity_instance_id(element_id, token_id, whole=whole)


def either(question: Question, criteria: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The groups of a query of each of which one condition has to hold; they hold no conditions on variables."""
    written = question.raw("orQueries")
    if written is None:
        return []
    if not isinstance(written, list) or len(written) > _MOST_GROUPS:
        raise Refused(f"orQueries must be a list of at most {_MOST_GROUPS} queries.")
    groups = []
    for each in written:
        if not isinstance(each, dict) or any(each.get(name) for name in ("orQueries", "sorting", "variables")):
            raise Refused("Within orQueries there are neither orQueries nor sorting nor conditions on variables.")
        groups.append(wanted(Question(each), criteria))
    return [group for group in groups if group]
