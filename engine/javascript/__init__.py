# SPDX-License-Identifier: EUPL-1.2
"""JavaScript in a process of its own (QuickJS): text and values go in, values come out, nothing else passes.

Each run has a fresh interpreter with 32 MB of memory and a second of computing time. The interpreter is written in C;
whatever might be wrong with it stays in a process that has no secrets, no files and not long to live.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.clock import Clock
from engine.errors import AmtsflussError, BpmnError
from engine.feel.text import value_text
from engine.feel.values import YearsMonths
from engine.javascript.prelude import PRELUDE
from engine.javascript.process import run_alone

#: Whole numbers beyond this are BigInt in the script, so that none of their digits is lost.
_LARGEST_SAFE = 2**53
#: What scripts of Camunda may look for and do not find; naming it says so.
_ABSENT = ("java", "javax", "Java", "Packages", "JavaImporter", "importClass", "importPackage", "load", "require")
_REASONS = {
    "too deep": "it calls itself too often",
    "too long": "it takes longer than a second",
    "too large": "it needs more memory than it may have",
    "broken": "the interpreter broke down",
    "too much": "its result is longer than a million characters",
}
#: Half a character: JSON writes it, nobody can store it.
_HALF = re.compile(r"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")


class ScriptFailed(AmtsflussError):
    """A script cannot be run."""


@dataclass(frozen=True)
class Outcome:
    """What a script gave."""

    value: Any = None
    #: Why its last value cannot leave the interpreter; a script that sets variables may end with anything.
    unusable: str | None = None
    #: Variables set with `execution.setVariable` …
    written: dict[str, Any] = field(default_factory=dict)
    #: … and with `execution.setVariableLocal`.
    local: dict[str, Any] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


def run(
    source: str,
    variables: Mapping[str, Any],
    facts: Mapping[str, Any],
    clock: Clock,
    task: Mapping[str, Any] | None = None,
) -> Outcome:
    """Runs a script. `facts` are what `execution` knows about the step, and `task` about the task that it listens to.

    Raises ScriptFailed, and the BpmnError that the script throws.
    """
    absent = [name for name in _ABSENT if name not in variables]
    now = str(int(clock.now().timestamp() * 1000))
    of_task = "null" if task is None else _pairs(task)
    answer = _answer(source, clock.zone.key, _pairs(variables), _pairs(facts), of_task, now, json.dumps(absent))
    if "failed" in answer:
        raise ScriptFailed(f"The script failed: {_told(answer['failed'])}")
    if "code" in answer:
        raise BpmnError(answer["code"], answer["message"], answer["written"])
    removed = tuple(str(name) for name in answer["removed"])
    return Outcome(answer.get("value"), answer.get("unusable"), answer["written"], answer["local"], removed)


def syntax_error(source: str) -> str | None:
    """Why a script cannot even be read, or None. None of it is run."""
    # What is thrown first keeps the rest from running, after all of it has been read; lines keep their numbers.
    answer = _answer(f"throw 0;{source}", "UTC", "[]", "[]", "null", "0", "[]")
    failed: str = answer["failed"]
    return None if failed == "it threw 0" else failed


def _told(failed: str) -> str:
    """What may be written down: words that the interpreter chose, not those of the script, which may name people."""
    if failed.startswith("it threw "):
        return "it threw something of its own"
    if failed.startswith("Error: "):
        place = re.search(r" \(line \d+\)$", failed)
        return f"it threw an error of its own{place[0] if place else ''}"
    return failed


def _answer(source: str, zone: str, *arguments: str) -> dict[str, Any]:
    answer = run_alone(f"{PRELUDE.strip()}({json.dumps(source)},{','.join(arguments)})", zone)
    if (reason := _REASONS.get(answer)) is not None:
        raise ScriptFailed(f"The script failed: {reason}.")
    if _HALF.search(answer):
        raise ScriptFailed("The script failed: its result holds half a character.")
    try:
        read: dict[str, Any] = json.loads(answer, parse_float=Decimal)
        return read
    except (RecursionError, ValueError):
        raise ScriptFailed("The script failed: its result is nested too deep or holds numbers too large.") from None


def _pairs(values: Mapping[str, Any]) -> str:
    try:
        return _list(f"[{json.dumps(name)},{_text(value)}]" for name, value in values.items())
    except RecursionError:
        raise ScriptFailed("A variable is nested too deep for a script.") from None


def _list(members: Iterable[str]) -> str:
    return f"[{','.join(members)}]"


def _text(value: Any) -> str:
    """A value as JavaScript. Days and durations become texts of ISO 8601."""
    if value is None or isinstance(value, bool | str):
        return json.dumps(value)
    if isinstance(value, int | float | Decimal):
        return _number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    if isinstance(value, Mapping):
        # In brackets, because a plain `__proto__` would be no entry.
        return "{" + ",".join(f"[{json.dumps(str(key))}]:{_text(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list | tuple):
        return _list(_text(member) for member in value)
    if isinstance(value, datetime | date | time):
        return json.dumps(value.isoformat())
    if isinstance(value, timedelta | YearsMonths):
        return json.dumps(value_text(value))
    raise ScriptFailed(f"A script cannot use a value of the type {type(value).__name__}.")


def _number(value: Decimal) -> str:
    """The nearest number of JavaScript; large whole numbers keep all their digits."""
    if value.is_finite() and -330 < value.adjusted() < 308:
        whole = value == value.to_integral_value()
        if whole and abs(value) > _LARGEST_SAFE:
            return f"({int(value)}n)"
        return str(int(value)) if whole else repr(float(value))
    raise ScriptFailed(f"The number {value:.5E} is too large for a script.")
