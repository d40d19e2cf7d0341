# SPDX-License-Identifier: EUPL-1.2
"""Scripts of a model, in FEEL or JavaScript, run against the scopes of a case.

FEEL only computes. A JavaScript may set variables of the case as well; it sees all variables as globals (those whose
names JavaScript has taken, through `execution.getVariable`), and its last value is its result.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import javascript
from engine.bpmn.model import Script
from engine.clock import Clock
from engine.errors import ExpressionFailed
from engine.feel import FeelError, UnknownName, evaluate, parse, strip_marker
from engine.javascript import ScriptFailed

__all__ = ["Ran", "ScriptFailed", "TaskFacts", "check_script", "has_come_true", "holds", "read_script", "run_script"]

#: Comments and texts; what is not closed ends by itself, so that the search looks at each sign once.
_QUOTED = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?""", re.DOTALL
)
_JAVA = re.compile(r"(?<![\w$.])(?:Java\s*\.\s*type|javax?\s*\.|Packages\s*\.|importClass\s*\(|importPackage\s*\()")
_LOAD = re.compile(r"(?<![\w$.])load\s*\(")
_OWN_LOAD = re.compile(r"\b(?:function|var|let|const)\s+load\b")
#: What the runtime tells about the running step; a script asks `execution` for it.
_FACTS = "execution"
#: The same about the task that a script listens to.
_TASK = "task"


class TaskFacts(dict[str, Any]):
    """What listeners know of their task; a script asks `task` for it."""


@dataclass(frozen=True)
class Ran:
    """What a script gave."""

    result: Any
    #: Variables that it set in the case …
    written: dict[str, Any] = field(default_factory=dict)
    #: … and in the scope of its activity only.
    local: dict[str, Any] = field(default_factory=dict)
    #: Variables that it took away.
    removed: tuple[str, ...] = ()
    #: Why the result cannot be kept.
    unusable: str | None = None

    @property
    def value(self) -> Any:
        """Its result; raises ScriptFailed when that cannot be kept, such as a function."""
        if self.unusable is not None:
            raise ScriptFailed(f"The result of the script cannot be used: {self.unusable}")
        return self.result


def run_script(script: Script, scope: Mapping[str, Any], clock: Clock) -> Ran:
    """Runs a script.

    Raises ScriptFailed, the errors of FEEL, and the BpmnError that a JavaScript throws.
    """
    if script.language == "feel":
        return Ran(evaluate(strip_marker(script.text) or script.text, scope, clock=clock).value)
    if script.language != "javascript":
        raise ScriptFailed(f"Scripts in {script.language} are not run here.")
    facts, task = scope.get(_FACTS), scope.get(_TASK)
    known = facts if isinstance(facts, Mapping) else {}
    of_task = task if isinstance(task, TaskFacts) else None
    taken = (_FACTS,) if of_task is None else (_FACTS, _TASK)
    variables = {name: value for name, value in scope.items() if name not in taken}
    outcome = javascript.run(script.text, variables, known, clock, of_task)
    return Ran(outcome.value, outcome.written, outcome.local, outcome.removed, outcome.unusable)


def read_script(script: Script, scope: Mapping[str, Any], clock: Clock) -> Any:
    """The value of a script that stands where only a value is wanted. Raises like `run_script`."""
    ran = run_script(script, scope, clock)
    if ran.written or ran.local or ran.removed:
        raise ScriptFailed("A script that only gives a value must not set variables; a script task may.")
    return ran.value


def holds(condition: str | Script, scope: Mapping[str, Any], clock: Clock) -> bool:
    """Whether a condition is true. Anything but true or false is an error: a case must not take a path by accident."""
    value, reasons = _outcome(condition, scope, clock)
    return _truth(condition, value, reasons)


def has_come_true(condition: str | Script, scope: Mapping[str, Any], clock: Clock) -> bool:
    """Whether a condition that is waited for is true by now; while its variables are not there yet, it is not."""
    try:
        value, reasons = _outcome(condition, scope, clock)
    except UnknownName:
        return False
    return value is not None and _truth(condition, value, reasons)


def _outcome(condition: str | Script, scope: Mapping[str, Any], clock: Clock) -> tuple[Any, str]:
    if isinstance(condition, Script) and condition.language != "feel":
        return read_script(condition, scope, clock), ""
    text = condition.text if isinstance(condition, Script) else condition
    result = evaluate(strip_marker(text) or text, scope, clock=clock)
    return result.value, "; ".join(result.warnings)


def _truth(condition: str | Script, value: Any, reasons: str) -> bool:
    if not isinstance(value, bool):
        written = condition.text if isinstance(condition, Script) else condition
        raise ExpressionFailed(f"The condition {written} is neither true nor false. {reasons}".strip())
    return value


def check_script(script: Script) -> str | None:
    """Why a script can never run, as a sentence; None when it can be read."""
    try:
        if script.language == "feel":
            parse(strip_marker(script.text) or script.text)
            return None
        if script.language != "javascript":
            return f"Scripts in {script.language} are not run here; write it in FEEL or JavaScript."
        code = _QUOTED.sub('""', script.text)
        if java := _JAVA.search(code):
            return f"The script uses {java[0].rstrip('.(')}, but scripts do not reach Java here."
        if _LOAD.search(code) and not _OWN_LOAD.search(code):
            return "The script loads another one, but scripts reach no files here."
        failed = javascript.syntax_error(script.text)
        return None if failed is None else f"The script cannot be read: {failed}"
    except (FeelError, ScriptFailed) as failure:
        return str(failure)
