# SPDX-License-Identifier: EUPL-1.2
"""What the reader takes from activities and gateways: work, people, repetition, jobs."""

import pytest

from engine.bpmn import Node, read_process
from engine.bpmn.model import Passed, Script
from tests.engine.reading import ROOTS, drawing, extensions, node, process

# -- work ------------------------------------------------------------------------------------------------------------


def test_service_tasks():
    read = node('<serviceTask id="x" camunda:type="external" camunda:topic="a.b" camunda:taskPriority="${1}"/>')
    assert (read.topic, read.topic_priority) == ("a.b", "${1}")
    read = node('<serviceTask id="x" camunda:expression="${1 + 1}" camunda:resultVariable="y"/>')
    assert (read.expression, read.result_variable) == ("${1 + 1}", "y")


def test_external_work_may_end_in_an_error():
    mapped = extensions('<camunda:errorEventDefinition id="m" errorRef="Error_1" expression="${a}"/>')
    external = 'camunda:type="external" camunda:topic="t"'
    read = node(f'<serviceTask id="x" {external}>{mapped}</serviceTask>', roots=ROOTS)
    assert read.error_mappings == (("${a}", "refused", "No money"),)
    end = f'<endEvent id="x"><messageEventDefinition {external}>{mapped}</messageEventDefinition></endEvent>'
    assert node(end, roots=ROOTS).error_mappings == read.error_mappings


def test_the_priority_of_external_work_is_that_of_the_process_unless_it_has_its_own():
    external = 'camunda:type="external" camunda:topic="t"'
    tasks = f'<serviceTask id="a" {external}/><serviceTask id="b" {external} camunda:taskPriority="2"/><task id="c"/>'
    read = read_process(drawing(tasks, attributes='camunda:taskPriority="1"'), "p.bpmn")
    assert [each.topic_priority for each in read.nodes.values()] == ["1", "2", None]


def test_send_and_receive_tasks():
    assert node('<sendTask id="x" messageRef="Message_1"/>', roots=ROOTS).message == "Paid ${year}"
    assert node('<sendTask id="x" camunda:type="external" camunda:topic="t"/>').topic == "t"
    read = node('<receiveTask id="x" messageRef="Message_1" instantiate="true"/>', roots=ROOTS)
    assert (read.message, read.instantiate) == ("Paid ${year}", True)


def test_decisions():
    attributes = (
        'camunda:decisionRef="d" camunda:decisionRefBinding="version" camunda:decisionRefVersion="2"'
        ' camunda:mapDecisionResult="singleEntry" camunda:resultVariable="y"'
    )
    read = node(f'<businessRuleTask id="x" {attributes}/>')
    assert (read.decision, read.decision_binding, read.decision_version) == ("d", "version", "2")
    assert (read.decision_result, read.result_variable) == ("singleEntry", "y")
    read = node('<businessRuleTask id="x" camunda:decisionRef="d"/>')
    assert (read.decision_binding, read.decision_result) == ("deployment", "resultList")
    assert node('<businessRuleTask id="x" camunda:type="external" camunda:topic="rules"/>').topic == "rules"


@pytest.mark.parametrize(
    ("language", "text", "script"),
    [
        ("feel", " a + 1 ", Script("feel", "a + 1")),
        ("FEEL", "=a", Script("feel", "=a")),
        ("juel", "${a}", Script("feel", "${a}")),
        ("javascript", "a", Script("javascript", "a")),
        ("JavaScript", "a", Script("javascript", "a")),
        ("ecmascript", "a", Script("javascript", "a")),
        ("feel", " ", None),
    ],
)
def test_scripts(language: str, text: str, script: Script | None):
    head = f'<scriptTask id="x" scriptFormat="{language}" camunda:resultVariable="y">'
    read = node(f"{head}<script>{text}</script></scriptTask>")
    assert (read.script, read.result_variable) == (script, "y")


def test_call_activities():
    attributes = (
        'calledElement="other" camunda:calledElementBinding="versionTag" camunda:calledElementVersionTag="${tag}"'
    )
    handed = extensions(
        '<camunda:in businessKey="#{execution.processBusinessKey}"/><camunda:in variables="all" local="true"/>'
        '<camunda:in sourceExpression="${a + 1}" target="b"/><camunda:out source="c" target="d"/>'
        '<camunda:out variables="all"/>'
    )
    called = node(f'<callActivity id="x" {attributes}>{handed}</callActivity>').called
    assert called is not None
    assert (called.element, called.binding, called.version, called.version_tag) == (
        *("other", "versionTag"),
        *(None, "${tag}"),
    )
    assert called.ins == (
        Passed(business_key="#{execution.processBusinessKey}"),
        Passed(all=True, local=True),
        Passed(expression="${a + 1}", target="b"),
    )
    assert called.outs == (Passed(source="c", target="d"), Passed(all=True))


@pytest.mark.parametrize(
    ("written", "key"), [("tns:other", "other"), ("${a ? 'x:y' : b}", "${a ? 'x:y' : b}"), ("=a", "=a")]
)
def test_what_is_called_may_be_computed(written: str, key: str):
    called = node(f'<callActivity id="x" calledElement="{written}"/>').called
    assert called is not None
    assert (called.element, called.binding) == (key, "latest")


# -- subprocesses and gateways ---------------------------------------------------------------------------------------


def test_kinds_of_subprocesses():
    assert node('<subProcess id="x" triggeredByEvent="true"/>').is_event_subprocess
    assert node('<transaction id="x" method="##Compensate"/>').type == "transaction"
    head = '<adHocSubProcess id="x" ordering="Sequential" cancelRemainingInstances="false">'
    read = node(f"{head}<completionCondition>${{a}}</completionCondition></adHocSubProcess>")
    assert (read.ordered, read.cancel_remaining, read.completion) == (True, False, "${a}")
    read = node('<adHocSubProcess id="x"/>')
    assert (read.ordered, read.cancel_remaining, read.completion) == (False, True, None)


def test_gateways():
    assert node('<inclusiveGateway id="x" default="f"/>').default_flow == "f"
    condition = "<activationCondition>${activationCount > 1}</activationCondition>"
    assert node(f'<complexGateway id="x">{condition}</complexGateway>').activation == "${activationCount > 1}"
    read = node('<eventBasedGateway id="x" instantiate="true" eventGatewayType="Parallel"/>')
    assert (read.instantiate, read.all_events) == (True, True)


# -- how often -------------------------------------------------------------------------------------------------------


def multiple(inside: str = "", attributes: str = "", around: str = "") -> Node:
    loop = f"<multiInstanceLoopCharacteristics {attributes}>{inside}</multiInstanceLoopCharacteristics>"
    return process(f'{around}<task id="x">{loop}</task>').nodes["x"]


def test_multi_instance_over_a_collection():
    attributes = (
        'isSequential="true" camunda:collection="${people}" camunda:elementVariable="person"'
        ' camunda:asyncBefore="true" camunda:asyncAfter="true" camunda:exclusive="false"'
    )
    inside = extensions("<camunda:failedJobRetryTimeCycle>R3/PT1M</camunda:failedJobRetryTimeCycle>")
    condition = "<completionCondition>${nrOfCompletedInstances = 2}</completionCondition>"
    loop = multiple(inside + condition, attributes).loop
    assert loop is not None
    assert (loop.kind, loop.collection, loop.element) == ("sequential", "${people}", "person")
    assert (loop.async_before, loop.async_after, loop.exclusive, loop.retry) == (True, True, False, "R3/PT1M")
    assert loop.condition == "${nrOfCompletedInstances = 2}"


def test_multi_instance_by_number():
    loop = multiple("<loopCardinality>3</loopCardinality>").loop
    assert loop is not None
    assert (loop.kind, loop.cardinality, loop.collection) == ("parallel", "3", None)


@pytest.mark.parametrize("reference", ["people", "tns:people", "object", "inner"])
def test_multi_instance_over_data(reference: str):
    """By the name of a variable, by a data object, or by a data input that a data object is copied to."""
    read = process(
        '<dataObject id="d"/><dataObjectReference id="object" name="people" dataObjectRef="d"/>'
        '<dataObject id="e" name="answers"/><dataObjectReference id="answers_object" dataObjectRef="e"/>'
        '<task id="x"><ioSpecification><dataInput id="inner"/><dataOutput id="outer"/></ioSpecification>'
        "<dataInputAssociation><sourceRef>object</sourceRef><targetRef>inner</targetRef></dataInputAssociation>"
        "<dataOutputAssociation><sourceRef>outer</sourceRef><targetRef>answers_object</targetRef>"
        "</dataOutputAssociation><multiInstanceLoopCharacteristics>"
        f"<loopDataInputRef>{reference}</loopDataInputRef><loopDataOutputRef>outer</loopDataOutputRef>"
        '<inputDataItem id="i" name="person"/><outputDataItem id="o" name="answer"/>'
        "</multiInstanceLoopCharacteristics></task>"
    ).nodes["x"]
    assert read.loop is not None
    assert (read.loop.collection, read.loop.element) == ("people", "person")
    assert (read.loop.output_collection, read.loop.output_element) == ("answers", "answer")
    assert read.data_outputs == ()
    assert bool(read.data_inputs) is (reference != "inner")


def test_standard_loops():
    loop = node(
        '<task id="x"><standardLoopCharacteristics testBefore="true" loopMaximum="5">'
        "<loopCondition>${again}</loopCondition></standardLoopCharacteristics></task>"
    ).loop
    assert loop is not None
    assert (loop.kind, loop.condition, loop.test_before, loop.maximum) == ("standard", "${again}", True, "5")


# -- people and forms ------------------------------------------------------------------------------------------------


def test_who_does_a_task_and_when():
    read = node(
        '<userTask id="x" camunda:assignee="${anna}" camunda:candidateUsers="ben, ${f(a, b)},eva"'
        ' camunda:candidateGroups="clerks, #{list(1, 2)} ,," camunda:dueDate="P1D" camunda:followUpDate="P2D"'
        ' camunda:priority="${1}" camunda:formKey="embedded:app:forms/x.html"/>'
    )
    assert (read.assignee, read.due, read.follow_up, read.priority) == ("${anna}", "P1D", "P2D", "${1}")
    assert read.candidate_users == ("ben", "${f(a, b)}", "eva")
    assert read.candidate_groups == ("clerks", "#{list(1, 2)}")
    assert read.form_key == "embedded:app:forms/x.html"


def test_who_does_a_task_in_the_words_of_the_standard():
    def role(name: str, text: str) -> str:
        expression = f"<formalExpression>{text}</formalExpression>"
        return f"<{name}><resourceAssignmentExpression>{expression}</resourceAssignmentExpression></{name}>"

    owners = role("humanPerformer", "anna") + role("potentialOwner", "user(ben), group(clerks), heads, user(${f(1,2)})")
    read = node(f'<userTask id="x">{owners}</userTask>')
    assert (read.assignee, read.candidate_users, read.candidate_groups) == (
        "anna",
        ("ben", "${f(1,2)}"),
        ("clerks", "heads"),
    )


def test_forms_of_files_and_who_starts():
    read = node('<startEvent id="x" camunda:formRef="apply" camunda:formRefBinding="latest" camunda:initiator="who"/>')
    assert (read.form_key, read.initiator) == ("apply", "who")


# -- jobs ------------------------------------------------------------------------------------------------------------


def test_where_transactions_end():
    retry = extensions("<camunda:failedJobRetryTimeCycle>PT1M,PT5M</camunda:failedJobRetryTimeCycle>")
    attributes = (
        'camunda:asyncBefore="true" camunda:asyncAfter="true" camunda:exclusive="false" camunda:jobPriority="9"'
    )
    read = node(f'<task id="x" {attributes}>{retry}</task>')
    assert (read.async_before, read.async_after, read.exclusive) == (True, True, False)
    assert (read.job_priority, read.retry) == ("9", "PT1M,PT5M")
    assert node('<task id="x" camunda:async="true"/>').async_before
    assert node('<exclusiveGateway id="x" camunda:asyncBefore="true"/>').async_before
    read = node('<task id="x"/>')
    assert (read.async_before, read.async_after, read.exclusive, read.retry) == (False, False, True, None)
