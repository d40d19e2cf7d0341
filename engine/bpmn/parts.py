# SPDX-License-Identifier: EUPL-1.2
"""What a node is made of: event definitions, timers, loops, calls, mappings. The nodes themselves are in `model`."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

#: A mapping's value as written in the model: text (a literal, `=feel` or `${…}`), a script, a list or a map of them;
#: None where nothing is written.
Written: TypeAlias = "str | Script | list[Written] | dict[str, Written] | None"

EventKind = Literal[
    "none",
    "message",
    "timer",
    "signal",
    "error",
    "escalation",
    "compensation",
    "conditional",
    "link",
    "cancel",
    "terminate",
]
TimerKind = Literal["duration", "date", "cycle"]
Binding = Literal["latest", "deployment", "version", "versionTag"]


@dataclass(frozen=True)
class Script:
    """A script in a mapping, a condition or a script task."""

    #: feel | javascript
    language: str
    text: str


@dataclass(frozen=True)
class Change:
    """What an expression such as `${execution.setVariable('name', value)}` does to a variable."""

    #: Expressions that give its name and its value; no value takes the variable away.
    name: str
    value: str | None = None
    #: Only in the scope of the activity.
    local: bool = False


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str = ""
    #: An expression (with or without its marker), or a script.
    condition: "str | Script | None" = None
    #: What happens when a token takes the flow.
    listeners: "tuple[Listener, ...]" = ()


@dataclass(frozen=True)
class Timer:
    """When a timer fires: an ISO 8601 literal, a cron expression (cycle) or an expression that gives one."""

    kind: TimerKind
    written: str


@dataclass(frozen=True)
class Event:
    """One event definition of an event: what is waited for, or what is thrown."""

    kind: EventKind
    #: Of the message, the signal or the link; may hold `${…}` where an event is thrown or caught.
    name: str | None = None
    #: Of an error or an escalation; None catches every one.
    code: str | None = None
    timer: Timer | None = None
    #: Of a conditional event.
    condition: "str | Script | None" = None
    #: A conditional event looks only when this variable changes, if given …
    variable_name: str | None = None
    #: … and only at such changes: create, update, delete.
    variable_events: tuple[str, ...] = ()
    #: The activity that a compensation event asks to be undone; None for all of its scope.
    activity: str | None = None
    wait_for_completion: bool = True
    #: Variables that take the code and the message of a caught error or escalation.
    code_variable: str | None = None
    message_variable: str | None = None
    #: The message of a thrown error.
    message: str | None = None
    #: What a thrown signal or message carries (`camunda:in`).
    payload: "tuple[Passed, ...]" = ()
    #: A thrown message that an operation or an external worker sends.
    topic: str | None = None
    #: A thrown message that an expression sends (`camunda:expression`), and the variable for its result.
    expression: str | Change | None = None
    result_variable: str | None = None


@dataclass(frozen=True)
class Passed:
    """`camunda:in` and `camunda:out`: a variable that is handed over."""

    #: None with `variables="all"` or for a business key.
    source: str | None = None
    #: An expression in place of a source variable.
    expression: str | None = None
    target: str | None = None
    all: bool = False
    #: `camunda:in businessKey`.
    business_key: str | None = None
    #: Set the target in the activity's own scope only.
    local: bool = False


@dataclass(frozen=True)
class Called:
    """What a call activity calls."""

    #: Process key; may be an expression.
    element: str
    binding: Binding = "latest"
    version: str | None = None
    version_tag: str | None = None
    ins: tuple[Passed, ...] = ()
    outs: tuple[Passed, ...] = ()


@dataclass(frozen=True)
class Loop:
    """How often an activity is done: for each member of a collection, a number of times, or while a condition holds."""

    kind: Literal["parallel", "sequential", "standard"]
    cardinality: str | None = None
    #: Expression, or name of a variable.
    collection: str | None = None
    #: The variable that holds the member in each round.
    element: str | None = None
    #: Ends a multi-instance early; for a standard loop: goes on while it is true.
    condition: "str | Script | None" = None
    #: Standard loop only: whether the condition is asked before the first round.
    test_before: bool = False
    maximum: str | None = None
    #: The variable that collects what each round has put into `output_element`.
    output_collection: str | None = None
    output_element: str | None = None
    async_before: bool = False
    async_after: bool = False
    exclusive: bool = True
    retry: str | None = None


@dataclass(frozen=True)
class FormField:
    """A field of `camunda:formData`."""

    id: str
    label: str
    type: str
    default: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    constraints: tuple[tuple[str, str], ...] = ()
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Association:
    """A data association: from a data object, data store or expression into another."""

    #: Names of the sources; several only with a transformation.
    sources: tuple[str, ...]
    target: str
    transformation: str | None = None
    #: `from` and `to` of assignments, in place of copying the whole.
    assignments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Listener:
    """An execution or task listener that is an expression, a change of a variable or a script."""

    #: start | end | take | create | assignment | complete | update | delete | timeout
    event: str
    code: "str | Script | Change"
    #: When a listener for timeout is due.
    timer: Timer | None = None
