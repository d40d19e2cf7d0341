# SPDX-License-Identifier: EUPL-1.2
"""Drawings that do not hang together: flows, beginnings, gateways, and models that never come to rest."""

from tests.engine.conformance.refusals.refusal import (
    ASK,
    SIGNAL,
    TIMER,
    Refusal,
    event,
    event_subprocess,
    gateway,
    inside,
    one,
    subprocess,
)
from tests.engine.drawing import flow, user_task

STARTED = '<startEvent id="begin"/>'
TWICE = '<startEvent id="one"/><startEvent id="two"/><endEvent id="over"/>' + flow("one", "over") + flow("two", "over")
SCRIPT = '<scriptTask id="{}" scriptFormat="feel" camunda:resultVariable="y"><script>1</script></scriptTask>'


def parallel(number: int) -> str:
    """A repetition of everything at once."""
    count = f"<loopCardinality>{number}</loopCardinality>"
    return f"<multiInstanceLoopCharacteristics>{count}</multiInstanceLoopCharacteristics>"


def doubling(times: int) -> tuple[str, ...]:
    """Tasks that are each reached by two flows out of the one before: tokens double every time."""
    steps = [f'<parallelGateway id="p{n}"/>{flow(f"p{n}", f"t{n}")}' for n in range(times)]
    steps += [f'<sequenceFlow id="again{n}" sourceRef="p{n}" targetRef="t{n}"/>' for n in range(times)]
    steps += [f'<manualTask id="t{n}"/>{flow(f"t{n}", f"p{n + 1}")}' for n in range(times)]
    return ('<startEvent id="start"/>', flow("start", "p0"), *steps, user_task(f"p{times}", "Ask"))


FLOWS = [
    Refusal("sequenceFlow", "to nothing", (*one(ASK, "ask"), flow("ask", "gone")), "ask-gone", "does not connect"),
    Refusal(
        "sequenceFlow",
        "across the border of a subprocess",
        (*inside(STARTED, user_task("x", "X"), flow("begin", "x")), flow("x", "end")),
        "x-end",
        "crosses the border of a subprocess",
    ),
    Refusal("sequenceFlow", "into a start event", (*one(ASK, "ask"), flow("ask", "start")), "start", "into a start"),
    Refusal(
        "sequenceFlow",
        "out of an end event",
        (*one(ASK, "ask"), user_task("late", "Late"), flow("end", "late")),
        "end",
        "Nothing can follow an end event",
    ),
    Refusal(
        "sequenceFlow",
        "into a boundary event",
        (*one(ASK, "ask"), event("boundaryEvent", TIMER, "x", 'attachedToRef="ask"'), flow("ask", "x")),
        "x",
        "into a boundary event",
    ),
    Refusal("process", "empty", (), "drawn", "The process is empty"),
    Refusal(
        "process",
        "without a beginning",
        (user_task("a", "A"), user_task("b", "B"), flow("a", "b"), flow("b", "a")),
        "drawn",
        "has no beginning",
    ),
    Refusal(
        "subProcess",
        "without a beginning",
        inside(user_task("a", "A"), user_task("b", "B"), flow("a", "b"), flow("b", "a")),
        "sub",
        "has no beginning",
        point="1.1",
    ),
    Refusal(
        "startEvent", "two without a trigger", (*one(ASK, "ask"), '<startEvent id="second"/>', flow("second", "ask")),
        "drawn", "2 start events without a trigger",
    ),
    Refusal(
        "startEvent", "two without a trigger, in a subprocess", inside(TWICE), "sub", "2 start events without",
        point="1.1",
    ),
]  # fmt: skip

SUBPROCESSES = [
    Refusal(
        "startEvent",
        "in an embedded subprocess, with a trigger",
        inside(event("startEvent", TIMER), ASK, flow("x", "ask")),
        "x",
        "begins when a token comes",
        point="1.4",
    ),
    Refusal("subProcess", "started by an event, without a start event", event_subprocess(user_task("in", "In")),
            "sub", "has 0 start events", point="1.4"),
    Refusal(
        "subProcess",
        "started by an event, with two start events",
        event_subprocess(event("startEvent", SIGNAL, "one"), event("startEvent", TIMER, "two")),
        "sub",
        "has 2 start events",
        point="1.4",
    ),
    Refusal("subProcess", "started by an event, without a trigger", event_subprocess(STARTED), "begin",
            "not said which event starts the subprocess", point="F"),
    Refusal(
        "subProcess",
        "started by an event, with a flow",
        (*event_subprocess(event("startEvent", SIGNAL)), flow("ask", "sub")),
        "sub",
        "is started by its event",
        point="1.4",
    ),
    Refusal(
        "subProcess",
        "started by an event, repeated",
        event_subprocess(event("startEvent", SIGNAL), parallel(3)),
        "sub",
        "it cannot be repeated otherwise",
        point="1.4",
    ),
    Refusal(
        "subProcess",
        "started by an event, to undo",
        event_subprocess(event("startEvent", SIGNAL), attributes='isForCompensation="true"'),
        "sub",
        "undo an activity as well",
        point="1.4",
    ),
    Refusal(
        "adHocSubProcess", "started by an event", event_subprocess(event("startEvent", SIGNAL), tag="adHocSubProcess"),
        "sub", "cannot be started by an event", point="1.4",
    ),
    Refusal(
        "transaction", "started by an event", event_subprocess(event("startEvent", SIGNAL), tag="transaction"),
        "sub", "cannot be started by an event", point="1.4",
    ),
    Refusal(
        "adHocSubProcess",
        "with a start event",
        inside(STARTED, user_task("x", "X"), flow("begin", "x"), tag="adHocSubProcess"),
        "begin",
        "has no start event",
        point="1.1",
    ),
    Refusal("adHocSubProcess", "autoComplete false", one(
        f'<adHocSubProcess id="s" camunda:autoComplete="false">{ASK}</adHocSubProcess>', "s"), "s",
        "only a program ends", point="1.4"),
    Refusal("subProcess", "nested too deep", one(
        "".join(f'<subProcess id="s{n}">' for n in range(22)) + ASK + "</subProcess>" * 22, "s0"), "s20",
        "nested more than", point="1.1"),
]  # fmt: skip

GATEWAYS = [
    Refusal(
        "exclusiveGateway",
        "flow without a condition beside the default",
        gateway("exclusiveGateway", flow("x", "a"), flow("x", "b"), attributes='default="x-a"'),
        "x-b",
        "without a condition",
        point="1.2",
    ),
    Refusal(
        "exclusiveGateway",
        "default flow of another element",
        gateway("exclusiveGateway", flow("x", "a", "a"), flow("x", "b", "b"), attributes='default="start-x"'),
        "x",
        "does not leave this element",
        point="1.2",
    ),
    Refusal("userTask", "default flow of another element", one('<userTask id="x" default="start-x"/>'), "x",
            "does not leave this element", point="1.1"),
    Refusal(
        "parallelGateway",
        "condition",
        gateway("parallelGateway", flow("x", "a", "true"), flow("x", "b")),
        "x",
        "have no conditions",
        point="1.2",
    ),
    Refusal(
        "parallelGateway",
        "default flow",
        gateway("parallelGateway", flow("x", "a"), flow("x", "b"), attributes='default="x-a"'),
        "x",
        "no attribute default",
        point="1.2",
    ),
    Refusal(
        "eventBasedGateway",
        "condition",
        (
            *gateway("eventBasedGateway", flow("x", "one", "true"), flow("x", "two")),
            *(event("intermediateCatchEvent", SIGNAL, "one"), event("intermediateCatchEvent", TIMER, "two")),
            *(flow("one", "a"), flow("two", "b")),
        ),
        "x",
        "have no conditions",
        point="1.2",
    ),
    Refusal(
        "eventBasedGateway",
        "to a task",
        (
            *gateway("eventBasedGateway", flow("x", "a"), flow("x", "two")),
            *(event("intermediateCatchEvent", TIMER, "two"), flow("two", "b")),
        ),
        "x-a",
        "leads to waiting events only",
        point="1.2",
    ),
    Refusal(
        "eventBasedGateway",
        "nothing behind it",
        ('<startEvent id="start"/>', '<eventBasedGateway id="x"/>', flow("start", "x")),
        "x",
        "waits for nothing",
        point="1.2",
    ),
    Refusal(
        "eventBasedGateway",
        "instantiating, with a flow into it",
        (
            *('<startEvent id="start"/>', '<eventBasedGateway id="x" instantiate="true"/>', flow("start", "x")),
            *(event("intermediateCatchEvent", SIGNAL, "one"), event("intermediateCatchEvent", TIMER, "two")),
            *(flow("x", "one"), flow("x", "two")),
        ),
        "x",
        "cannot be led to by a flow",
        point="1.2",
    ),
]  # fmt: skip

SIZE = [
    Refusal(
        "process",
        "circle without a pause",
        (
            *('<startEvent id="start"/>', SCRIPT.format("a"), SCRIPT.format("b")),
            *(flow("start", "a"), flow("a", "b"), flow("b", "a")),
        ),
        "a",
        "round in a circle without ever waiting",
        point="C",
    ),
    Refusal("parallelGateway", "tokens that double without end in sight", doubling(11), "t10",
            "more than 2000 tokens", point="D"),
    Refusal("multiInstanceLoopCharacteristics", "more items at once than can be handled",
            one(user_task("x", "X", parallel(5000))), "x", "more than 2000 tokens", point="D"),
    Refusal(
        "multiInstanceLoopCharacteristics",
        "repetitions within repetitions",
        one(subprocess(STARTED, user_task("x", "X", parallel(50)), flow("begin", "x"), parallel(50)), "sub"),
        "x",
        "more than 2000 tokens",
        point="D",
    ),
]  # fmt: skip

REFUSALS = [*FLOWS, *SUBPROCESSES, *GATEWAYS, *SIZE]
