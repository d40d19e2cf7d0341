# SPDX-License-Identifier: EUPL-1.2
"""What answers about the past have in common."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.queries.past import Origin
from web.api.asked import Question
from web.api.ids import activity_instance_id, definition_text
from web.api.lists import wanted
from web.api.moments import moment_text
from web.api.problems import Refused

_MOST_GROUPS = 20


def origin(of: Origin) -> dict[str, Any]:
    """The instance that something belongs to."""
    return {
        "processDefinitionKey": of.definition_key,
        "processDefinitionId": definition_text(of.definition_key, of.definition_version, of.definition_id),
        "processInstanceId": of.case_id,
        "rootProcessInstanceId": of.root_id,
        "removalTime": moment_text(of.removed_at),
        "tenantId": of.tenant_id,
    }


def no_case() -> dict[str, Any]:
    """There are no instances but those of processes."""
    return {
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
    }


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
