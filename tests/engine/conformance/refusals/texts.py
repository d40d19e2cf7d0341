# SPDX-License-Identifier: EUPL-1.2
"""Expressions, scripts and plain texts that mean nothing at their place."""

from tests.engine.conformance.refusals.refusal import (
    Refusal,
    catching,
    event,
    gateway,
    mapping,
    one,
    properties,
    throwing,
)
from tests.engine.drawing import flow, user_task

SCRIPT = '<scriptTask id="x" scriptFormat="{}" camunda:resultVariable="y"><script>{}</script></scriptTask>'


def output(written: str) -> tuple[str, ...]:
    """A task with one output mapping."""
    parameter = f'<camunda:outputParameter name="said">{written}</camunda:outputParameter>'
    return one(user_task("x", "X", mapping(parameter)))


def task(attributes: str) -> tuple[str, ...]:
    """A task with these attributes."""
    return one(f'<userTask id="x" {attributes}/>')


def timer(kind: str, written: str) -> tuple[str, ...]:
    """A timer that is waited for."""
    return catching(f"<timerEventDefinition><{kind}>{written}</{kind}></timerEventDefinition>")


def retry(written: str) -> tuple[str, ...]:
    """A task that is tried again."""
    inside = f"<camunda:failedJobRetryTimeCycle>{written}</camunda:failedJobRetryTimeCycle>"
    return one(f'<task id="x" camunda:asyncBefore="true"><extensionElements>{inside}</extensionElements></task>')


EXPRESSIONS = [
    Refusal(
        "expression",
        "condition that is not understood",
        gateway("exclusiveGateway", flow("x", "a", "amount &lt;"), flow("x", "b", "true")),
        "x-a",
        "expression at condition is not understood",
        point="I",
    ),
    Refusal("expression", "due date that is not understood", task('camunda:dueDate="=1 +"'), "x", "at dueDate",
            point="I"),
    Refusal("expression", "assignee that is not understood", task('camunda:assignee="${who"'), "x", "at assignee",
            point="I"),
    Refusal("expression", "candidates that are not understood", task('camunda:candidateGroups="=1 +"'), "x",
            "at candidates", point="I"),
    Refusal("expression", "mapping that is not understood", output("=("), "x", "expression at said is not understood",
            point="I"),
    Refusal("expression", "half of one in a text", output("Dear ${name"), "x", "expected a `}`", point="I"),
    Refusal("expression", "function that is none", output("=shout(name)"), "x", "shout, which is no function",
            point="I"),
    Refusal("expression", "Java object", output("${letters.write()}"), "x", "the method .write() has no equal",
            point="I"),
    Refusal("expression", "that changes variables", output("${execution.setVariable('a', 1)}"), "x",
            "execution.setVariable cannot be translated", point="I"),
    Refusal("expression", "correlation key that is not understood",
            catching(properties(correlationKey="=(") + '<messageEventDefinition messageRef="m"/>'), "x",
            "at correlationKey", point="I"),
    Refusal("expression", "condition of an event that is not understood",
            catching("<conditionalEventDefinition><condition>a &lt;</condition></conditionalEventDefinition>"), "x",
            "at condition", point="I"),
    Refusal("expression", "payload of a signal that is not understood",
            throwing('<signalEventDefinition signalRef="s"><extensionElements><camunda:in sourceExpression="=1 +" '
                     'target="a"/></extensionElements></signalEventDefinition>'), "x", "at sourceExpression",
            point="I"),
    Refusal("expression", "collection that is not understood",
            one(user_task("x", "X", '<multiInstanceLoopCharacteristics camunda:collection="=["/>')), "x",
            "at collection", point="I"),
    Refusal("expression", "called process that is not understood", one('<callActivity id="x" calledElement="=1 +"/>'),
            "x", "at calledElement", point="I"),
    Refusal("script", "FEEL that is not understood", one(SCRIPT.format("feel", "if true")), "x",
            "expression at script is not understood", point="I"),
    Refusal("script", "JavaScript that does not compile", one(SCRIPT.format("javascript", "var = 1;")), "x",
            "script at script is not understood", point="H"),
    Refusal("condition", "in Groovy",
            gateway("exclusiveGateway", flow("x", "a", "true"), flow("x", "b", "1").replace(
                "<conditionExpression", '<conditionExpression language="groovy"')),
            "x-b", "written in groovy", point="H"),
    Refusal("listener", "JavaScript that does not compile",
            one('<task id="x"><extensionElements><camunda:executionListener event="start"><camunda:script '
                'scriptFormat="javascript">var = 1;</camunda:script></camunda:executionListener></extensionElements>'
                "</task>"), "x", "the listener for start is not understood", point="H"),
    Refusal("listener", "that waits for nothing known",
            one('<task id="x"><extensionElements><camunda:executionListener event="sometimes" expression="${1}"/>'
                "</extensionElements></task>"), "x", "cannot wait for sometimes", point="3"),
]  # fmt: skip

LITERALS = [
    Refusal("timerEventDefinition", "duration that is none", timer("timeDuration", "1 day"), "x", "1 day", point="1.3"),
    Refusal("timerEventDefinition", "duration beyond the calendar", timer("timeDuration", "P99999Y"), "x", "P99999Y",
            point="1.3"),
    Refusal("timerEventDefinition", "date that is none", timer("timeDate", "2026-02-30"), "x", "2026-02-30",
            point="1.3"),
    Refusal("timerEventDefinition", "cycle that is none", timer("timeCycle", "R3/soon"), "x", "soon", point="1.3"),
    Refusal("timerEventDefinition", "cron expression that is none", timer("timeCycle", "0 0 25 * * ?"), "x", "25",
            point="1.3"),
    Refusal("timerEventDefinition", "cron expression that never comes", timer("timeCycle", "0 0 0 30 2 ?"), "x",
            "no day that there is", point="1.3"),
    Refusal("timerEventDefinition", "start of a process, date that is none",
            (event("startEvent", "<timerEventDefinition><timeDate>soon</timeDate></timerEventDefinition>"),), "x",
            "soon", point="1.3"),
    Refusal("userTask", "due date that is none", task('camunda:dueDate="soon"'), "x", "soon at dueDate", point="3"),
    Refusal("userTask", "follow-up date that is none", task('camunda:followUpDate="soon"'), "x", "soon at followUpDate",
            point="3"),
    Refusal("userTask", "priority that is none", task('camunda:priority="high"'), "x", "high at priority", point="3"),
    Refusal("job", "priority that is none", task('camunda:jobPriority="high"'), "x", "high at jobPriority", point="3"),
    Refusal("job", "repetition that is none", retry("often"), "x", "often does not say how often", point="3"),
    Refusal("message", "kept for a time that is none",
            throwing(properties(keepFor="long") + '<messageEventDefinition messageRef="m"/>'), "x", "long at keepFor"),
    Refusal("process", "time to live that is none", one(event("manualTask", "")), "drawn",
            "forever at historyTimeToLive", point="3", process='camunda:historyTimeToLive="forever"'),
    Refusal("process", "reference pattern without a number", (properties(referencePattern="A-{year}"),
                                                              *one(event("manualTask", ""))), "drawn",
            "referencePattern A-{year} cannot be used"),
    Refusal("process", "attribute of BPMN that is not known", one('<manualTask id="x" colour="red"/>'), "x",
            "no attribute colour", point="3"),
]  # fmt: skip

REFUSALS = [*EXPRESSIONS, *LITERALS]
