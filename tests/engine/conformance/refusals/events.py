# SPDX-License-Identifier: EUPL-1.2
"""Events at places where they cannot happen, and halves without their other half."""

from tests.engine.conformance.refusals.refusal import (
    ASK,
    CANCEL,
    COMPENSATION,
    DEFINITIONS,
    ERROR,
    LINK,
    MESSAGE,
    SIGNAL,
    TIMER,
    Refusal,
    border,
    catching,
    compensated,
    ending,
    event,
    event_subprocess,
    inside,
    one,
    starting,
    subprocess,
    throwing,
)
from tests.engine.drawing import flow, user_task


def of(kind: str) -> str:
    """How BPMN calls the definition of a kind."""
    return f"{'compensate' if kind == 'compensation' else kind}EventDefinition"


POSITIONS = [
    *(
        Refusal(of(kind), "start of a process", starting(DEFINITIONS[kind]), "x", "Only an event subprocess", point="F")
        for kind in ("error", "escalation", "compensation")
    ),
    *(
        Refusal(of(kind), "start of a process", starting(DEFINITIONS[kind]), "x", f"wait for the kind {kind}",
                point="F")
        for kind in ("link", "cancel", "terminate")
    ),
    *(
        Refusal(of(kind), "intermediate, caught", catching(DEFINITIONS[kind]), "x", f"wait for the kind {kind}",
                point="F")
        for kind in ("error", "escalation", "compensation", "cancel", "terminate")
    ),
    *(
        Refusal(of(kind), "intermediate, thrown", throwing(DEFINITIONS[kind]), "x", f"throw the kind {kind}", point="F")
        for kind in ("timer", "conditional", "error", "cancel", "terminate")
    ),
    *(
        Refusal(of(kind), "end", ending(DEFINITIONS[kind]), "x", f"throw the kind {kind}", point="F")
        for kind in ("timer", "conditional", "link")
    ),
    *(
        Refusal(of(kind), "boundary", border(DEFINITIONS[kind]), "x", f"wait for the kind {kind}", point="1.3")
        for kind in ("link", "terminate")
    ),
    *(
        Refusal(of(kind), "start of an event subprocess", event_subprocess(event("startEvent", DEFINITIONS[kind])), "x",
                f"wait for the kind {kind}", point="1.4")
        for kind in ("link", "cancel", "terminate")
    ),
    Refusal("intermediateCatchEvent", "without a trigger", catching(""), "x", "what the event waits for", point="F"),
    Refusal("boundaryEvent", "without a trigger", border(""), "x", "what the event waits for", point="1.3"),
    Refusal("linkEventDefinition", "one of several", (
        *throwing(LINK + SIGNAL),), "x", "cannot be one of several",
        point="1.3"),
    Refusal("errorEventDefinition", "one of several, end", ending(ERROR + SIGNAL), "x", "cannot be one of several",
            point="1.3"),
    Refusal("compensateEventDefinition", "one of several, start of an event subprocess",
            event_subprocess(event("startEvent", COMPENSATION + SIGNAL)), "x", "cannot be one of several", point="1.4"),
]  # fmt: skip

INCOMPLETE = [
    Refusal("messageEventDefinition", "without a message, caught", catching("<messageEventDefinition/>"), "x",
            "which message is awaited", point="1.3"),
    Refusal("messageEventDefinition", "start, named by an expression",
            starting('<messageEventDefinition messageRef="computed"/>'), "x", "no variables yet", point="1.3",
            roots='<message id="computed" name="Reply-${number}"/>'),
    Refusal("messageEventDefinition", "two boundary events of one message",
            (*border(MESSAGE), event("boundaryEvent", MESSAGE, "second", 'attachedToRef="ask"')), "second",
            "waits for the message Reply at the same time", point="1.3"),
    Refusal("messageEventDefinition", "without a name", catching('<messageEventDefinition messageRef="nameless"/>'),
            "x", "which message is awaited", point="1.3"),
    Refusal("messageEventDefinition", "of a message that is not there",
            catching('<messageEventDefinition messageRef="gone"/>'), "x", "There is no message gone", point="1.3"),
    Refusal("signalEventDefinition", "without a name", catching('<signalEventDefinition signalRef="nameless_signal"/>'),
            "x", "which signal is awaited", point="1.3"),
    Refusal("errorEventDefinition", "end, without a code", ending('<errorEventDefinition errorRef="codeless"/>'), "x",
            "which error is thrown", point="G"),
    Refusal("escalationEventDefinition", "end, without a code",
            ending('<escalationEventDefinition escalationRef="codeless_esc"/>'), "x", "which escalation is thrown",
            point="1.3"),
    Refusal("conditionalEventDefinition", "without a condition", catching("<conditionalEventDefinition/>"), "x",
            "has no condition", point="1.3"),
    Refusal("linkEventDefinition", "without a name", catching("<linkEventDefinition/>"), "x", "The link has no name",
            point="1.3"),
    Refusal("timerEventDefinition", "without a time", catching("<timerEventDefinition/>"), "x",
            "not said when the timer is due", point="1.3"),
    Refusal("timerEventDefinition", "with two times", catching(
        "<timerEventDefinition><timeDuration>P1D</timeDuration><timeDate>2026-12-24</timeDate></timerEventDefinition>"),
        "x", "more than one time", point="1.3"),
    Refusal(
        "messageEventDefinition",
        "two start events of one message",
        (*starting(MESSAGE), event("startEvent", MESSAGE, "second"), flow("second", "end")),
        "second",
        "started by the message Reply as well",
        point="1.3",
    ),
]  # fmt: skip

BORDERS = [
    Refusal("boundaryEvent", "attached to nothing", (*one(ASK, "ask"), event("boundaryEvent", TIMER)), "x",
            "attached to nothing", point="1.3"),
    Refusal("boundaryEvent", "at a gateway",
            border(TIMER, 'attachedToRef="gate"', '<exclusiveGateway id="gate"/>', "gate"), "x", "is no activity",
            point="1.3"),
    Refusal(
        "boundaryEvent",
        "at an event subprocess",
        (*event_subprocess(event("startEvent", SIGNAL, "begin")), event("boundaryEvent", TIMER, "x",
                                                                        'attachedToRef="sub"')),
        "x",
        "is an event subprocess",
        point="1.4",
    ),
    Refusal("boundaryEvent", "in another subprocess than its activity",
            (*inside('<startEvent id="begin"/>', user_task("in", "In"), flow("begin", "in")),
             event("boundaryEvent", TIMER, "x", 'attachedToRef="in"')),
            "x", "lies in another subprocess", point="1.3"),
]  # fmt: skip

LINKS = [
    Refusal("linkEventDefinition", "thrown, never caught", (
        '<startEvent id="start"/>', event("intermediateThrowEvent", LINK), flow("start", "x")), "x", "leads nowhere",
        point="F"),
    Refusal(
        "linkEventDefinition",
        "caught in another scope",
        (
            *('<startEvent id="start"/>', flow("start", "sub"), flow("sub", "x")),
            event("intermediateThrowEvent", LINK),
            subprocess(event("intermediateCatchEvent", LINK, "caught"), ASK, flow("caught", "ask"),
                       '<startEvent id="begin"/>', flow("begin", "ask")),
        ),
        "x",
        "leads nowhere",
        point="F",
    ),
    Refusal(
        "linkEventDefinition",
        "caught twice",
        (
            *('<startEvent id="start"/>', event("intermediateThrowEvent", LINK, "throw"), flow("start", "throw"), ASK),
            *(event("intermediateCatchEvent", LINK, "one"), event("intermediateCatchEvent", LINK)),
            *(flow("one", "ask"), flow("x", "ask")),
        ),
        "x",
        "caught twice",
        point="F",
    ),
    Refusal(
        "linkEventDefinition",
        "thrown, with a flow behind it",
        (*throwing(LINK), event("intermediateCatchEvent", LINK, "caught"), flow("caught", "end")),
        "x",
        "no flow can leave it",
        point="F",
    ),
    Refusal(
        "linkEventDefinition",
        "caught, with a flow into it",
        (*catching(LINK), event("intermediateThrowEvent", LINK, "throw"), ASK, flow("start", "ask"),
         flow("ask", "throw")),
        "x",
        "no flow can lead to it",
        point="F",
    ),
]  # fmt: skip

UNDO = '<manualTask id="undo" isForCompensation="true"/>'
IN_TRANSACTION = ('<startEvent id="begin"/>', event("endEvent", CANCEL), flow("begin", "x"))
CANCELLED = event("boundaryEvent", CANCEL, "cancelled", 'attachedToRef="sub"')

UNDONE = [
    Refusal("cancelEventDefinition", "end outside of a transaction", inside(*IN_TRANSACTION), "x",
            "Only a transaction can be cancelled", point="1.3"),
    Refusal("cancelEventDefinition", "end of a transaction without a cancel event at its border",
            inside(*IN_TRANSACTION, tag="transaction"), "x", "not said how to go on", point="1.3"),
    Refusal("cancelEventDefinition", "boundary of what is no transaction", border(CANCEL), "x", "is no transaction",
            point="1.3"),
    Refusal("cancelEventDefinition", "two at one transaction",
            (*inside(*IN_TRANSACTION, tag="transaction", border_event=CANCELLED),
             event("boundaryEvent", CANCEL, "second", 'attachedToRef="sub"')),
            "second", "has two events for being cancelled", point="1.3"),
    Refusal("compensateEventDefinition", "boundary without a handler", compensated("", target=""), "x",
            "not said what undoes the activity", point="1.1"),
    Refusal("compensateEventDefinition", "boundary with a flow",
            compensated(user_task("undo", "Undo"), flow("x", "undo"), target=""), "x", "not by a flow", point="1.1"),
    Refusal("compensateEventDefinition", "handler that is not marked for compensation",
            compensated(user_task("undo", "Undo")), "undo", "not marked for compensation", point="1.1"),
    Refusal("compensateEventDefinition", "handler in another subprocess",
            compensated(subprocess('<startEvent id="begin"/>', UNDO), flow("ask", "sub")), "undo",
            "lies in another subprocess", point="1.1"),
    Refusal("compensateEventDefinition", "handler within the flow",
            compensated(UNDO, flow("undo", "end")), "undo", "stands outside of the flow", point="1.1"),
    Refusal("compensateEventDefinition", "two boundary events of one activity",
            (*compensated(UNDO), event("boundaryEvent", COMPENSATION, "again", 'attachedToRef="ask"'),
             UNDO.replace("undo", "other"),
             '<association id="to_other" sourceRef="again" targetRef="other"/>'),
            "again", "another way to undo", point="1.1"),
    Refusal("compensateEventDefinition", "start of an event subprocess of the process",
            event_subprocess(event("startEvent", COMPENSATION)), "x", "Nobody undoes a process", point="1.4"),
    Refusal("compensateEventDefinition", "two handlers of one activity",
            compensated(UNDO, UNDO.replace("undo", "other"),
                        '<association id="to_other" sourceRef="x" targetRef="other"/>'),
            "to_other", "Two activities undo the same one", point="1.1"),
    Refusal("compensateEventDefinition", "thrown for an activity that is not there",
            throwing('<compensateEventDefinition activityRef="gone"/>'), "x", "no activity gone to undo", point="F"),
    Refusal("compensateEventDefinition", "thrown for what is no activity",
            throwing('<compensateEventDefinition activityRef="start"/>'), "x", "cannot be undone", point="F"),
    Refusal("compensateEventDefinition", "thrown for an activity of another scope",
            (*throwing('<compensateEventDefinition activityRef="ask"/>'),
             subprocess('<startEvent id="begin"/>', ASK, flow("begin", "ask")), flow("start", "sub")),
            "x", "lies in another scope", point="F"),
]  # fmt: skip

REFUSALS = [*POSITIONS, *INCOMPLETE, *BORDERS, *LINKS, *UNDONE]
