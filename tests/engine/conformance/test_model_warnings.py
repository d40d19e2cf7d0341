# SPDX-License-Identifier: EUPL-1.2
"""What is worth a look, but is executed; and what looks similar and is not worth one."""

import pytest

from engine.definitions import Bundle, check_bundle
from engine.errors import Finding
from tests.engine.conformance.refusals.refusal import (
    ASK,
    ERROR,
    LINK,
    MESSAGE,
    ROOTS,
    SIGNAL,
    TIMER,
    border,
    catching,
    event,
    event_subprocess,
    gateway,
    inside,
    mapping,
    one,
    properties,
    throwing,
)
from tests.engine.drawing import drawn, flow, service_task, user_task
from tests.engine.story import MODELS, no_findings

UNDO_NOTHING = '<compensateEventDefinition activityRef="ask"/>'
SCRIPT = '<scriptTask id="{}" scriptFormat="feel" camunda:resultVariable="{}"><script>{}</script></scriptTask>'
CALL = '<callActivity id="x" calledElement="{}"/>'


def told(*elements: str) -> list[Finding]:
    """The findings about a model."""
    form = (MODELS / "answer.form").read_bytes()
    source = drawn("drawn", *elements, messages=ROOTS)
    return check_bundle(Bundle("drawn", {"drawn.bpmn": source, "answer.form": form}), form_check=no_findings)


def script(computed: str, result: str = "sum", script_id: str = "x") -> str:
    """A script task."""
    return SCRIPT.format(script_id, result, computed)


def reading(written: str, read: str) -> tuple[str, ...]:
    """A model that writes one variable and reads another."""
    write = script("1", written, "write")
    return ('<startEvent id="start"/>', write, script(read), flow("start", "write"), flow("write", "x"))


def choosing(*conditions: str, attributes: str = "") -> tuple[str, ...]:
    """An exclusive gateway with these conditions."""
    flows = [flow("x", target, condition) for target, condition in zip("ab", conditions, strict=True)]
    return gateway("exclusiveGateway", *flows, attributes=attributes)


def joined(kind: str, *between: str) -> tuple[str, ...]:
    """Two tasks behind a gateway of a kind, and a parallel join behind them."""
    flows = (flow("x", "a", "big"), flow("x", "b")) if kind != "parallelGateway" else (flow("x", "a"), flow("x", "b"))
    tasks = (user_task("a", "A"), user_task("b", "B"), '<parallelGateway id="join"/>', '<endEvent id="end"/>')
    default = "" if kind == "parallelGateway" else 'default="x-b"'
    start = ('<startEvent id="start"/>', f'<{kind} id="x" {default}/>', flow("start", "x"))
    return (*start, *flows, *tasks, flow("a", "join"), flow("b", "join"), flow("join", "end"), *between)


WARNINGS = {
    "an exclusive gateway without a default": (choosing("a &gt; 1", "b &gt; 1"), "x", "no condition is true"),
    "an inclusive gateway without a default": (
        gateway("inclusiveGateway", flow("x", "a", "a"), flow("x", "b", "b")),
        "x",
        "no condition is true",
    ),
    "a condition at a default flow": (choosing("a", "b", attributes='default="x-b"'), "x-b", "is never asked"),
    "one event behind an event-based gateway": (
        (
            *('<startEvent id="start"/>', '<eventBasedGateway id="x"/>', event("intermediateCatchEvent", TIMER, "due")),
            *(flow("start", "x"), flow("x", "due")),
        ),
        "x",
        "only one event",
    ),
    "a parallel join behind a choice": (joined("exclusiveGateway"), "join", "lets only some of them come"),
    "a parallel join behind an inclusive choice": (joined("inclusiveGateway"), "join", "lets only some of them come"),
    "a parallel join behind an interrupted task": (
        (
            *one(ASK, "ask"),
            *(event("boundaryEvent", TIMER, "late", 'attachedToRef="ask"'), '<parallelGateway id="join"/>'),
            *(flow("ask", "join"), flow("late", "join")),
        ),
        "join",
        "but Ask lets only some of them come",
    ),
    "a link that is never thrown": (
        (*one(ASK, "ask"), event("intermediateCatchEvent", LINK), flow("x", "end")),
        "x",
        "is never thrown",
    ),
    "a message without a correlation key": (catching(MESSAGE), "x", "found by the business key"),
    "a receive task without a correlation key": (
        one('<receiveTask id="x" messageRef="m"/>'),
        "x",
        "found by the business key",
    ),
    "a message event subprocess without a correlation key": (
        event_subprocess(event("startEvent", MESSAGE)),
        "x",
        "found by the business key",
    ),
    "a task for nobody": (one('<userTask id="x" camunda:formRef="answer"/>'), "x", "Nobody could take this task"),
    "a task without a form": (one('<userTask id="x" camunda:assignee="anna"/>'), "x", "has no form"),
    "an attribute that is not known": (
        one('<task id="x" camunda:colour="red"/>'),
        "x",
        "camunda:colour is not known",
    ),
    "a due date where nobody works": (
        one('<task id="x" camunda:dueDate="2026-01-01"/>'),
        "x",
        "camunda:dueDate is ignored",
    ),
    "a key that whoever shows forms may know": (
        one('<userTask id="x" camunda:assignee="anna" camunda:formKey="approval"/>'),
        "x",
        "approval lies elsewhere",
    ),
    "a form that is computed": (
        one('<userTask id="x" camunda:assignee="anna" camunda:formKey="${kind}-form"/>'),
        "x",
        "is computed as in ${kind}-form",
    ),
    "a form that lies elsewhere": (
        one('<userTask id="x" camunda:assignee="anna" camunda:formKey="embedded:app:forms/x.html"/>'),
        "x",
        "lies elsewhere",
    ),
    "a property that is not known": (
        one(user_task("x", "X", properties(milestoone="A"))),
        "x",
        "milestoone is not known",
    ),
    "a property of the process that is not known": (
        (properties(caseTitel="=name"), *one(ASK, "ask")),
        "drawn",
        "caseTitel is not known",
    ),
    "a property at the wrong element": (
        one(user_task("x", "X", properties(payloadTo="answer"))),
        "x",
        "payloadTo means nothing",
    ),
    "a topic of another program": (one(service_task("x", "town.print")), "x", "left to an external worker"),
    "a process that is not there": (one(CALL.format("elsewhere")), "x", "elsewhere is not deployed together"),
    "a decision that is not there": (
        one('<businessRuleTask id="x" camunda:decisionRef="elsewhere" camunda:resultVariable="r"/>'),
        "x",
        "elsewhere is not deployed together",
    ),
    "a process that calls itself later": (
        (
            *('<startEvent id="start"/>', ASK, CALL.format("drawn"), '<endEvent id="end"/>'),
            *(flow("start", "ask"), flow("ask", "x"), flow("x", "end")),
        ),
        "x",
        "calls itself by way of drawn",
    ),
    "an event at a script": (border(TIMER, 'attachedToRef="s"', script("1", "y", "s"), "s"), "x", "will never happen"),
    "an event at an operation of one moment": (
        border(SIGNAL, 'attachedToRef="work"', service_task("work", "probe.add", a="1", b="2"), "work"),
        "x",
        "will never happen",
    ),
    "an empty subprocess": (one('<subProcess id="x"/>'), "x", "is empty"),
    "a task that no path leads to": ((*one(ASK, "ask"), user_task("island", "I")), "island", "No path leads here"),
    "a task in a subprocess that no path leads to": (
        inside('<startEvent id="begin"/>', user_task("in", "In"), user_task("island", "I"), flow("begin", "in")),
        "island",
        "No path leads here",
    ),
    "a handler that nobody asks for": (
        (*one(ASK, "ask"), user_task("undo", "Undo").replace("<userTask ", '<userTask isForCompensation="true" ')),
        "undo",
        "No compensation event asks for this activity",
    ),
    "a message that is not named": (throwing("<messageEventDefinition/>"), "x", "so none is"),
    "an error event that is drawn as if it went beside": (
        border(ERROR, 'attachedToRef="ask" cancelActivity="false"'),
        "x",
        "always interrupts",
    ),
    "an error that starts an event subprocess as if it went beside": (
        event_subprocess(event("startEvent", ERROR, "x", 'isInterrupting="false"')),
        "x",
        "always interrupts",
    ),
    "a form at the start of a subprocess": (
        inside('<startEvent id="x" camunda:formRef="answer"/>'),
        "x",
        "The form means nothing",
    ),
    "an initiator of a subprocess": (
        inside('<startEvent id="x" camunda:initiator="who"/>'),
        "x",
        "The initiator means nothing",
    ),
    "a priority of work without a topic": (
        one('<serviceTask id="x" camunda:expression="${1}" camunda:taskPriority="5"/>'),
        "x",
        "taskPriority means nothing",
    ),
    "a behavior of the rounds": (
        one(
            '<task id="x"><multiInstanceLoopCharacteristics behavior="None"><loopCardinality>3</loopCardinality>'
            "</multiInstanceLoopCharacteristics></task>"
        ),
        "x",
        "No event is thrown for each instance",
    ),
    "an activity that nothing undoes": (
        (
            *('<startEvent id="start"/>', ASK, event("intermediateThrowEvent", UNDO_NOTHING)),
            *(flow("start", "ask"), flow("ask", "x")),
        ),
        "x",
        "Nothing undoes Ask",
    ),
    "a script whose result is lost": (one(script("1").replace('camunda:resultVariable="sum"', "")), "x", "is not kept"),
    "a misspelt variable": (reading("betrag", "betarg + 1"), "x", "betarg, which nothing in the model writes"),
    "a variable with another capital": (
        reading("kundenNummer", "kundennummer"),
        "x",
        "kundennummer, which nothing in the model writes",
    ),
    "a start event that is not interrupting": (
        (event("startEvent", SIGNAL, "x", 'isInterrupting="false"'), ASK, flow("x", "ask")),
        "x",
        "Only the start event of an event subprocess",
    ),
}


@pytest.mark.parametrize("thing", WARNINGS)
def test_what_is_worth_a_look_is_a_warning(thing: str):
    elements, element_id, reason = WARNINGS[thing]
    found = told(*elements)
    assert [(finding.element_id, finding.severity, reason in finding.reason) for finding in found] == [
        (element_id, "warning", True)
    ], found
    assert found[0].cure


SOUND = {
    "cases of one value": choosing('decision = "yes"', 'decision = "no"'),
    "cases of one value in the notation of Camunda": choosing("${decision == 'yes'}", "${decision == 'no'}"),
    "a condition and its opposite": choosing("approved", "not(approved)"),
    "two halves": choosing("amount &gt; 5", "amount &lt;= 5"),
    "a default": choosing("a &gt; 1", "", attributes='default="x-b"'),
    "a parallel join behind a parallel split": joined("parallelGateway"),
    "a task with a name that is computed": one(user_task("x", "${subject}")),
    "a group that is computed": one('<userTask id="x" camunda:formRef="answer" camunda:candidateGroups="${group}"/>'),
    "an error at an operation of one moment": border(
        ERROR, 'attachedToRef="work"', service_task("work", "probe.add", a="1", b="2"), "work"
    ),
    "work that is left to another program on purpose": one(
        service_task("x", "town.print").replace(
            "<extensionElements>",
            '<extensionElements><camunda:properties><camunda:property name="worker" value="external"/>'
            "</camunda:properties>",
        )
    ),
    "a computed topic": one(service_task("x", "${topic}")),
    "variables with numbers": reading("telefon1", "telefon2"),
    "one and many": reading("anlage", "anlagen"),
    "names that are alike by chance": reading("ja", "jb"),
    "a variable that is read twice": (*reading("betrag", "betarg"), script("betarg", "again", "z"), flow("x", "z")),
    "a data object with a name of two words": (
        *one(script("Monthly Salary * 2")),
        '<dataObject id="d" name="Monthly Salary"/>',
    ),
    "an implicit start": (user_task("a", "A"),),
    "a subprocess without a start event": inside(ASK),
    "a thrown message without a receiver": throwing(MESSAGE),
    "an output mapping of a start event": (
        event("startEvent", mapping('<camunda:outputParameter name="a">1</camunda:outputParameter>') + SIGNAL),
        ASK,
        flow("x", "ask"),
    ),
}


@pytest.mark.parametrize("thing", SOUND)
def test_what_is_sound_is_not_complained_about(thing: str):
    assert told(*SOUND[thing]) == []
