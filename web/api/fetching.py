# SPDX-License-Identifier: EUPL-1.2
"""What a worker says when it fetches work. Clients differ in what they leave out; null is the same as left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.external import LONGEST_LOCK
from engine.fetching import Order, Wanted
from engine.queries.criteria import definition_number
from web.api.asked import Question
from web.api.lists import few, needed_text, number_of, text_of, texts_of
from web.api.problems import Refused
from web.api.values import read_value

MOST_TASKS = 1000
MOST_TOPICS = 100
#: Longer than this nobody may ask to wait …
_LONGEST_ASKED = 1_800_000
#: … and longer than this nobody does: clients come again.
_LONGEST_WAIT = 30.0
_LONGEST_LOCK = int(LONGEST_LOCK / timedelta(milliseconds=1))


@dataclass(frozen=True)
class Fetch:
    """What is fetched, by whom, and how long the answer may wait."""

    worker: str
    most: int
    wanted: tuple[Wanted, ...]
    order: Order
    seconds: float
    #: Topics whose variables are wanted as values and not as text, and those that want the properties of the model.
    deserialized: frozenset[str]
    with_properties: frozenset[str]

    @property
    def topics(self) -> list[str]:
        """Their names."""
        return [one.topic for one in self.wanted]


def read_fetch(told: Mapping[str, Any]) -> Fetch:
    """The request of a worker."""
    topics = told.get("topics")
    if topics is None:
        topics = []
    if not isinstance(topics, list) or len(topics) > MOST_TOPICS or not all(isinstance(one, dict) for one in topics):
        raise Refused(f"topics must be a list of at most {MOST_TOPICS} objects.")
    wait = number_of(told, "asyncResponseTimeout", most=2**31 - 1)
    if wait is not None and not 0 <= wait <= _LONGEST_ASKED:
        message = (
            f"The asynchronous response timeout cannot be set to a value greater than {_LONGEST_ASKED} milliseconds"
        )
        raise Refused(message if wait > 0 else "The asynchronous response timeout cannot be negative")
    most = number_of(told, "maxTasks", 0)
    asked = Question(told)
    return Fetch(
        worker=needed_text(told, "workerId", 100),
        most=min(10 if most is None else most, MOST_TASKS),
        wanted=tuple(_topic(one) for one in topics),
        order=Order(asked.truth("usePriority") is not False, _newest_first(asked)),
        seconds=min((wait or 0) / 1000, _LONGEST_WAIT),
        deserialized=_flagged(topics, "deserializeValues"),
        with_properties=_flagged(topics, "includeExtensionProperties"),
    )


def _topic(told: Mapping[str, Any]) -> Wanted:
    name = needed_text(told, "topicName", 200)
    lock = number_of(told, "lockDuration", most=2**31 - 1)
    if lock is None or lock <= 0:
        raise Refused(f"lockDuration of topic {name} must be greater than 0", type="BadUserRequestException")
    definitions = _both(told, "processDefinitionId", "processDefinitionIdIn")
    tenants: list[str | None] = [*(texts_of(told, "tenantIdIn") or [])]
    if Question(told).flag("withoutTenantId"):
        tenants.append(None)
    variables = texts_of(told, "variables")
    return Wanted(
        topic=name,
        lock=timedelta(milliseconds=min(lock, _LONGEST_LOCK)),
        variables=tuple(variables) if variables is not None else None,
        local=Question(told).flag("localVariables"),
        business_key=text_of(told, "businessKey"),
        definition_ids=tuple(definition_number(one) for one in definitions) if definitions is not None else None,
        definition_keys=_both(told, "processDefinitionKey", "processDefinitionKeyIn"),
        version_tag=text_of(told, "processDefinitionVersionTag"),
        tenants=tuple(tenants) if tenants else None,
        case_values=_values(told.get("processVariables")),
    )


def _both(told: Mapping[str, Any], one: str, several: str) -> tuple[str, ...] | None:
    """The names in either; an empty list asks for nothing."""
    names = [*(texts_of(told, several) or []), *([found] if (found := text_of(told, one)) else [])]
    return tuple(few(names)) or None


def _values(given: Any) -> dict[str, Any]:
    """Values that variables must have: plain ones, or typed."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise Refused("processVariables must be an object.")
    return {
        name: read_value(name, value if isinstance(value, dict) and "value" in value else {"value": value})
        for name, value in given.items()
    }


def _newest_first(asked: Question) -> bool:
    orders = asked.orders("createTime")
    return bool(orders) and orders[0].descending


def _flagged(topics: list[dict[str, Any]], name: str) -> frozenset[str]:
    return frozenset(str(one.get("topicName")) for one in topics if Question(one).flag(name))
