# SPDX-License-Identifier: EUPL-1.2
"""A model with one mistake, and the few shapes that most of them share."""

from dataclasses import dataclass

from tests.engine.drawing import between, flow, user_task

ASK = user_task("ask", "Ask")
ROOTS = (
    '<message id="m" name="Reply"/><signal id="s" name="Alarm"/>'
    '<error id="e" errorCode="broken"/><escalation id="esc" escalationCode="late"/>'
    '<message id="nameless"/><signal id="nameless_signal"/><error id="codeless"/><escalation id="codeless_esc"/>'
)
TIMER = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
MESSAGE = '<messageEventDefinition messageRef="m"/>'
SIGNAL = '<signalEventDefinition signalRef="s"/>'
ERROR = '<errorEventDefinition errorRef="e"/>'
ESCALATION = '<escalationEventDefinition escalationRef="esc"/>'
COMPENSATION = "<compensateEventDefinition/>"
CONDITIONAL = "<conditionalEventDefinition><condition>ready</condition></conditionalEventDefinition>"
LINK = '<linkEventDefinition name="on"/>'
CANCEL = "<cancelEventDefinition/>"
TERMINATE = "<terminateEventDefinition/>"
DEFINITIONS = {
    "timer": TIMER,
    "message": MESSAGE,
    "signal": SIGNAL,
    "error": ERROR,
    "escalation": ESCALATION,
    "compensation": COMPENSATION,
    "conditional": CONDITIONAL,
    "link": LINK,
    "cancel": CANCEL,
    "terminate": TERMINATE,
}


@dataclass(frozen=True)
class Refusal:
    """A model with one mistake, and what its designer is told about it."""

    #: The element, or topic, and its position or variant, as the overview of what is executed names them.
    element: str
    variant: str
    elements: tuple[str, ...]
    #: The id at which the finding stands, and a part of its sentence.
    at: str
    reason: str
    #: Of the list of what the library gets wrong.
    point: str | None = None
    #: Elements at which something is wrong for the same reason.
    also: tuple[str, ...] = ()
    #: Root elements beside the usual ones, and attributes of the process.
    roots: str = ""
    process: str = ""


def one(element: str, element_id: str = "x") -> tuple[str, ...]:
    """A process of one element between start and end."""
    return between(element, first=element_id, last=element_id)


def event(kind: str, inside: str, event_id: str = "x", attributes: str = "") -> str:
    """An event with its definitions."""
    return f'<{kind} id="{event_id}" {attributes}>{inside}</{kind}>'


def starting(inside: str) -> tuple[str, ...]:
    """A process that an event starts."""
    return (event("startEvent", inside), '<endEvent id="end"/>', flow("x", "end"))


def catching(inside: str) -> tuple[str, ...]:
    """An event that is waited for."""
    return one(event("intermediateCatchEvent", inside))


def throwing(inside: str) -> tuple[str, ...]:
    """An event that is thrown on the way."""
    return one(event("intermediateThrowEvent", inside))


def ending(inside: str) -> tuple[str, ...]:
    """A process that ends with an event."""
    return ('<startEvent id="start"/>', event("endEvent", inside), flow("start", "x"))


def border(inside: str, attributes: str = 'attachedToRef="ask"', host: str = ASK, host_id: str = "ask", *more: str):
    """An event at the border of an activity."""
    return (*between(host, event("boundaryEvent", inside, "x", attributes), first=host_id, last=host_id), *more)


def subprocess(*inside: str, attributes: str = "", tag: str = "subProcess", key: str = "sub") -> str:
    """A subprocess that holds these elements."""
    return f'<{tag} id="{key}" {attributes}>{"".join(inside)}</{tag}>'


def event_subprocess(*inside: str, attributes: str = "", tag: str = "subProcess") -> tuple[str, ...]:
    """A process with an event subprocess beside its task."""
    return (*one(ASK, "ask"), subprocess(*inside, attributes=f'triggeredByEvent="true" {attributes}', tag=tag))


def inside(element: str, *more: str, tag: str = "subProcess", border_event: str = "") -> tuple[str, ...]:
    """A process with a subprocess of one element `x`."""
    return one(subprocess(element, *more, tag=tag), "sub") + ((border_event,) if border_event else ())


def compensated(handler: str, *more: str, inside_event: str = "", target: str = "undo") -> tuple[str, ...]:
    """A task with a compensation event at its border, and whatever undoes it."""
    at_border = event("boundaryEvent", COMPENSATION, "x", 'attachedToRef="ask"')
    association = f'<association id="to_undo" sourceRef="x" targetRef="{target}"/>' if target else ""
    return (*one(ASK, "ask"), at_border, handler, association, inside_event, *more)


def gateway(kind: str, *flows: str, attributes: str = "") -> tuple[str, ...]:
    """A gateway `x` that leads to two tasks."""
    tasks = (user_task("a", "A"), user_task("b", "B"), flow("a", "end"), flow("b", "end"))
    return (
        *('<startEvent id="start"/>', f'<{kind} id="x" {attributes}/>', '<endEvent id="end"/>', flow("start", "x")),
        *tasks,
        *flows,
    )


def mapping(inside: str) -> str:
    """Extension elements with mappings."""
    return f"<extensionElements><camunda:inputOutput>{inside}</camunda:inputOutput></extensionElements>"


def properties(**values: str) -> str:
    """Extension elements with properties."""
    lines = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<extensionElements><camunda:properties>{lines}</camunda:properties></extensionElements>"
