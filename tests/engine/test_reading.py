# SPDX-License-Identifier: EUPL-1.2
"""What the reader takes from a drawing, attribute by attribute. What it refuses stands in the file beside this one."""

import pytest

from engine.bpmn import Node, Timer, read_process, read_processes, read_processes_with_findings
from engine.bpmn.model import Event, Listener, Passed, Script
from engine.errors import ModelRefused
from tests.engine.reading import ROOTS, drawing, extensions, mapping, node, process


def event(kind: str, *definitions: str, attributes: str = "") -> Node:
    """An event with these definitions."""
    return node(f'<{kind} id="x" {attributes}>{"".join(definitions)}</{kind}>', roots=ROOTS)


def caught(definition: str) -> Event:
    return event("intermediateCatchEvent", definition).events[0]


def thrown(definition: str) -> Event:
    return event("intermediateThrowEvent", definition).events[0]


# -- files and processes ---------------------------------------------------------------------------------------------


def test_a_process_has_all_that_its_head_says():
    attributes = (
        'name="Apply  for\n a permit" camunda:historyTimeToLive="P10Y" camunda:versionTag="1.2"'
        ' camunda:isStartableInTasklist="false" camunda:candidateStarterGroups="a, b" camunda:jobPriority="7"'
        ' camunda:candidateStarterUsers="anna"'
    )
    inside = extensions(
        '<camunda:properties><camunda:property name="caseTitle" value="Permit"/></camunda:properties>'
        '<camunda:executionListener event="end" expression="${a}"/>'
        "<camunda:potentialStarter><resourceAssignmentExpression><formalExpression>group(c), user(ben)"
        "</formalExpression></resourceAssignmentExpression></camunda:potentialStarter>"
    )
    source = drawing("<documentation>How it is done.</documentation>" + inside, attributes=attributes)
    read = read_process(source, "p.bpmn")
    assert (read.name, read.history_time_to_live, read.version_tag) == ("Apply for a permit", "P10Y", "1.2")
    assert (read.startable_in_tasklist, read.job_priority, read.documentation) == (False, "7", "How it is done.")
    assert read.candidate_starter_groups == ("a", "b", "c")
    assert read.candidate_starter_users == ("anna", "ben")
    assert read.properties == {"caseTitle": "Permit"}
    assert read.listeners == (Listener("end", "${a}"),)


@pytest.mark.parametrize(
    ("flags", "read"),
    [
        ((None,), ["p0"]),
        (("true",), ["p0"]),
        (("true", "true"), ["p0", "p1"]),
        (("true", "false"), ["p0"]),
        ((None, None), ["p0", "p1"]),
        ((None, "false"), ["p0"]),
        (("true", None), ["p0"]),
    ],
)
def test_all_processes_that_are_to_be_run_are_read(flags: tuple[str | None, ...], read: list[str]):
    written = [f'isExecutable="{flag}"' if flag else "" for flag in flags]
    source = drawing(processes="".join(f'<process id="p{i}" {flag}/>' for i, flag in enumerate(written)))
    assert [found.id for found in read_processes(source, "p.bpmn")] == read


def test_a_process_that_does_not_say_whether_it_is_run_is_told_beside_one_that_does():
    source = drawing(processes='<process id="a" isExecutable="true"/><process id="b"/>')
    processes, (finding,) = read_processes_with_findings(source, "p.bpmn")
    assert [each.id for each in processes] == ["a"]
    assert (finding.element_id, finding.severity) == ("b", "warning")


def test_one_process_is_asked_for_and_two_are_there():
    source = drawing(processes='<process id="a"/><process id="b"/>')
    with pytest.raises(ModelRefused, match="2 executable processes"):
        read_process(source, "p.bpmn")


def test_whatever_only_draws_is_passed_over():
    source = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="urn:di" xmlns:vendor="urn:vendor"'
        ' exporter="x" vendor:colour="red"><collaboration id="c"><participant id="p1" processRef="tns:p"/>'
        '<participant id="p2" name="Citizen"/><messageFlow id="m" sourceRef="p2" targetRef="s"/></collaboration>'
        '<itemDefinition id="i"/><import importType="x"/><category id="k"/><interface id="if" name="w"/>'
        '<process id="p" isClosed="false" processType="None"><extensionElements><vendor:x y="z"/></extensionElements>'
        '<laneSet id="l"><lane id="l1"><flowNodeRef>s</flowNodeRef><childLaneSet id="l2"><lane id="l3"/>'
        "</childLaneSet></lane></laneSet><textAnnotation id='t'><text>Why?</text></textAnnotation>"
        '<association id="a" sourceRef="s" targetRef="t"/><group id="g" categoryValueRef="k"/>'
        '<startEvent id="s" vendor:x="y"><incoming>q</incoming></startEvent></process>'
        '<di:BPMNDiagram id="d"><di:shape bpmnElement="s"/></di:BPMNDiagram></definitions>'
    )
    (read,), findings = read_processes_with_findings(source.encode(), "p.bpmn")
    assert [*read.nodes] == ["s"]
    assert findings == []


def test_nodes_lie_flat_and_name_their_scope_and_line():
    inner = '<subProcess id="b"><task id="c"/><sequenceFlow id="f" sourceRef="c" targetRef="c"/></subProcess>'
    read = process(f'<subProcess id="a">\n{inner}\n</subProcess>\n<task id="d"/>')
    assert {each.id: each.parent for each in read.nodes.values()} == {"a": "", "b": "a", "c": "b", "d": ""}
    assert [each.line for each in read.nodes.values()] == [1, 2, 2, 4]
    assert [*read.flows] == ["f"]
    assert [*read.path("c")] == ["b", "a"]


def test_documentation_is_that_of_the_element_itself():
    inner = "<documentation>Inner.</documentation>"
    read = process(f'<subProcess id="a"><documentation>Outer.</documentation><task id="b">{inner}</task></subProcess>')
    assert [each.documentation for each in read.nodes.values()] == ["Outer.", "Inner."]


# -- flows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("<conditionExpression> ${a &gt; 1} </conditionExpression>", "${a > 1}"),
        ('<conditionExpression language="feel">=a</conditionExpression>', "=a"),
        ('<conditionExpression language="https://www.omg.org/spec/DMN/20191111/FEEL/">a</conditionExpression>', "a"),
        ('<conditionExpression language="JavaScript">a > 1</conditionExpression>', Script("javascript", "a > 1")),
        ("<conditionExpression><![CDATA[${a < 1}]]></conditionExpression>", "${a < 1}"),
        ("<conditionExpression>${a<!-- really -->}</conditionExpression>", "${a}"),
        ("<conditionExpression/>", None),
        ("", None),
    ],
)
def test_conditions_keep_their_text(written: str, condition: str | Script | None):
    read = process(f'<sequenceFlow id="f" name="if" sourceRef="p:a" targetRef="b">{written}</sequenceFlow>')
    flow = read.flows["f"]
    assert (flow.source, flow.target, flow.name, flow.condition) == ("a", "b", "if", condition)


def test_what_happens_on_a_flow():
    listener = extensions('<camunda:executionListener expression="${a}"/>')
    read = process(f'<sequenceFlow id="f" sourceRef="a" targetRef="b">{listener}</sequenceFlow>')
    assert read.flows["f"].listeners == (Listener("take", "${a}"),)


# -- events ----------------------------------------------------------------------------------------------------------


def test_messages_and_signals_are_known_by_name():
    assert caught('<messageEventDefinition messageRef="Message_1"/>') == Event("message", name="Paid ${year}")
    assert caught('<signalEventDefinition signalRef="tns:Signal_1"/>') == Event("signal", name="Closed")


def test_a_thrown_message_may_be_work_of_somebody():
    external = 'camunda:type="external" camunda:topic="mail" camunda:taskPriority="3"'
    read = event("endEvent", f"<messageEventDefinition {external}/>")
    assert (read.events[0].topic, read.topic_priority) == ("mail", "3")
    expression = '<messageEventDefinition camunda:expression="${1}" camunda:resultVariable="y"/>'
    assert thrown(expression) == Event("message", expression="${1}", result_variable="y")


def test_a_thrown_signal_carries_variables():
    carried = extensions('<camunda:in source="a" target="b"/>')
    read = thrown(f'<signalEventDefinition signalRef="Signal_1">{carried}</signalEventDefinition>')
    assert read.payload == (Passed(source="a", target="b"),)


@pytest.mark.parametrize(
    ("written", "timer"),
    [
        ("<timeDuration> P14D </timeDuration>", Timer("duration", "P14D")),
        ("<timeDate>2026-12-24T12:00:00</timeDate>", Timer("date", "2026-12-24T12:00:00")),
        ("<timeCycle>0 0 9 * * ?</timeCycle>", Timer("cycle", "0 0 9 * * ?")),
        ("<timeDate/><timeDuration>${due}</timeDuration>", Timer("duration", "${due}")),
        ("", None),
    ],
)
def test_timers(written: str, timer: Timer | None):
    assert caught(f"<timerEventDefinition>{written}</timerEventDefinition>") == Event("timer", timer=timer)


def test_errors_have_codes_messages_and_variables_that_take_them():
    assert thrown('<errorEventDefinition errorRef="Error_1"/>') == Event("error", code="refused", message="No money")
    variables = 'camunda:errorCodeVariable="code" camunda:errorMessageVariable="text"'
    read = event("boundaryEvent", f"<errorEventDefinition {variables}/>", attributes='attachedToRef="y"')
    assert read.events == (Event("error", code_variable="code", message_variable="text"),)


def test_escalations():
    read = event("boundaryEvent", '<escalationEventDefinition escalationRef="Escalation_1"/>').events[0]
    assert read == Event("escalation", code="late")
    any_code = '<escalationEventDefinition escalationRef="Escalation_2" camunda:escalationCodeVariable="code"/>'
    assert event("boundaryEvent", any_code).events[0] == Event("escalation", code_variable="code")


def test_conditional_events():
    attributes = 'camunda:variableName="a" camunda:variableEvents="create, update"'
    condition = "<condition>${a}</condition>"
    read = caught(f"<conditionalEventDefinition {attributes}>{condition}</conditionalEventDefinition>")
    assert (read.condition, read.variable_name, read.variable_events) == ("${a}", "a", ("create", "update"))
    script = '<condition language="javascript">a</condition>'
    read = caught(f"<conditionalEventDefinition>{script}</conditionalEventDefinition>")
    assert read == Event("conditional", condition=Script("javascript", "a"))


def test_links_terminations_and_cancellations():
    assert thrown('<linkEventDefinition name="on"><target>y</target></linkEventDefinition>') == Event("link", name="on")
    assert event("endEvent", "<terminateEventDefinition/>").event == "terminate"
    assert event("endEvent", "<cancelEventDefinition/>").event == "cancel"


def test_compensation_names_what_is_undone_and_what_undoes_it():
    assert thrown("<compensateEventDefinition/>") == Event("compensation")
    some = '<compensateEventDefinition activityRef="book" waitForCompletion="false"/>'
    assert thrown(some) == Event("compensation", activity="book", wait_for_completion=False)
    read = process(
        '<task id="book"/><boundaryEvent id="b" attachedToRef="book"><compensateEventDefinition/></boundaryEvent>'
        '<task id="cancel" isForCompensation="true"/><textAnnotation id="note"/>'
        '<association id="a1" sourceRef="b" targetRef="note"/>'
        '<association id="a2" sourceRef="b" targetRef="cancel" associationDirection="One"/>'
    )
    assert {key: each.compensated_by for key, each in read.nodes.items()} == {
        "book": None,
        "b": "cancel",
        "cancel": None,
    }
    assert read.nodes["cancel"].for_compensation


def test_an_event_may_wait_for_several_things_and_refer_to_them():
    definitions = (
        "<eventDefinitionRef>tns:weekly</eventDefinitionRef>",
        '<signalEventDefinition signalRef="Signal_1"/>',
    )
    read = event("intermediateCatchEvent", *definitions)
    assert [each.kind for each in read.events] == ["timer", "signal"]
    assert read.events[0].timer == Timer("cycle", "R/P7D")
    assert read.event == "multiple"
    assert event("startEvent", *definitions, attributes='parallelMultiple="true"').event == "parallelMultiple"


def test_whether_an_event_interrupts():
    assert event("boundaryEvent", attributes='attachedToRef="y"').interrupting
    assert not event("boundaryEvent", attributes='attachedToRef="y" cancelActivity="false"').interrupting
    assert not event("startEvent", attributes='isInterrupting="0"').interrupting
    assert event("boundaryEvent", attributes='attachedToRef="tns:y"').attached_to == "y"


# -- mappings, listeners, properties ---------------------------------------------------------------------------------


def test_mappings_hold_literals_expressions_lists_maps_and_scripts():
    read = mapping(
        '<camunda:inputParameter name="a"> plain </camunda:inputParameter>'
        '<camunda:inputParameter name="b"/>'
        '<camunda:inputParameter name="c"><camunda:list><camunda:value>1</camunda:value>'
        '<camunda:map><camunda:entry key="k">${v}</camunda:entry></camunda:map>'
        '<camunda:script scriptFormat="feel">a</camunda:script></camunda:list></camunda:inputParameter>'
        '<camunda:outputParameter name="d"><camunda:map><camunda:entry key="k"><camunda:list>'
        "<camunda:value>2</camunda:value></camunda:list></camunda:entry></camunda:map></camunda:outputParameter>"
        '<camunda:outputParameter name="e"><camunda:script scriptFormat="javascript">b</camunda:script>'
        "</camunda:outputParameter>"
    )
    assert read.inputs == {"a": "plain", "b": None, "c": ["1", {"k": "${v}"}, Script("feel", "a")]}
    assert read.outputs == {"d": {"k": ["2"]}, "e": Script("javascript", "b")}


def test_listeners():
    inside = extensions(
        '<camunda:executionListener event="start" expression="${a}"/>'
        '<camunda:executionListener event="end"><camunda:script scriptFormat="javascript">b</camunda:script>'
        "</camunda:executionListener>"
        '<camunda:taskListener event="assignment" expression="${c}"/>'
        '<camunda:taskListener id="t" event="timeout" expression="${d}"><timerEventDefinition>'
        "<timeDuration>PT1H</timeDuration></timerEventDefinition></camunda:taskListener>"
    )
    assert node(f'<userTask id="x">{inside}</userTask>').listeners == (
        Listener("start", "${a}"),
        Listener("end", Script("javascript", "b")),
        Listener("assignment", "${c}"),
        Listener("timeout", "${d}", Timer("duration", "PT1H")),
    )


def test_properties():
    inside = (
        '<camunda:properties><camunda:property name="a" value="1"/><camunda:property name="b"/></camunda:properties>'
    )
    assert node(f'<task id="x">{extensions(inside)}</task>').properties == {"a": "1", "b": ""}
