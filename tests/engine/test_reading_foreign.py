# SPDX-License-Identifier: EUPL-1.2
"""Models as other tools write them: vendors' extensions, pools without a process, data and people the standard's way.

Whatever of that is drawn only is passed over; whatever would have to be run is either read or told.
"""

from engine.bpmn import Process, read_processes_with_findings
from engine.bpmn.model import Association, Timer
from tests.engine.reading import NAMESPACES

Told = list[tuple[str, str, str]]


def read(inside: str, head: str = "") -> tuple[list[Process], Told]:
    """The processes of a file whose elements have a prefix, and what is told of them."""
    declaration = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    source = f"{declaration}<b:definitions {NAMESPACES} {PREFIXES} {head}>{inside}</b:definitions>"
    processes, findings = read_processes_with_findings(source.encode("iso-8859-1"), "foreign.bpmn")
    return processes, [(each.element_id, each.severity, each.reason) for each in findings]


PREFIXES = (
    'xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:v="urn:vendor" xmlns:xsi="urn:xsi"'
    ' xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:activiti="http://activiti.org/bpmn"'
)


def test_what_vendors_add_to_every_element_is_passed_over():
    extension = (
        '<b:extensionElements><v:meta key="a" value=""/><v:style><Grid xmlns=""/></v:style></b:extensionElements>'
    )
    processes, told = read(
        '<b:process id="p" name="Übersicht" v:readOnly="false" isClosed="false" processType="Private">'
        f"{extension}<b:ioSpecification/><b:laneSet id='l'><b:lane id='l1' v:alias='x'>{extension}</b:lane></b:laneSet>"
        f'<b:startEvent id="s" name="Order &#10; received" v:alias="event1">{extension}'
        "<b:outgoing>f</b:outgoing></b:startEvent>"
        '<b:documentation textFormat="text/html"><v:p>why</v:p></b:documentation>'
        f'<b:sequenceFlow id="f" name="" sourceRef="s" targetRef="t" isImmediate="true">{extension}</b:sequenceFlow>'
        '<b:userTask id="t" implementation="##WebService" startQuantity="1" completionQuantity="1"'
        ' isForCompensation="false"><b:incoming>f</b:incoming></b:userTask></b:process>'
        '<di:BPMNDiagram documentation=""><di:BPMNShape bpmnElement="s" id="s"/></di:BPMNDiagram>',
        'exporter="x" expressionLanguage="http://www.w3.org/1999/XPath" typeLanguage="y" v:version="1.0"',
    )
    assert told == []
    assert [node.name for node in processes[0].nodes.values()] == ["Order received", ""]
    assert processes[0].name == "Übersicht"


def test_pools_without_a_process_several_collaborations_and_silent_processes():
    processes, told = read(
        '<b:collaboration id="c1"><b:participant id="p1" name="Bank" processRef="a"/>'
        '<b:participant id="p2" name="Citizen"><b:participantMultiplicity maximum="9"/></b:participant>'
        '<b:messageFlow id="m1" name="x" messageRef="gone" sourceRef="p2" targetRef="s"/></b:collaboration>'
        '<b:collaboration id="c2"><b:participant id="p3" processRef="b"/></b:collaboration>'
        '<b:process id="a"><b:startEvent id="s"/></b:process><b:process id="b"><b:task id="t"/></b:process>'
        '<b:process id="c" isExecutable="false"><b:choreographyTask id="x"/></b:process>'
    )
    assert [each.id for each in processes] == ["a", "b"]
    assert told == []


def test_a_file_that_only_draws_is_told_once():
    processes, told = read('<b:process id="a" isExecutable="false"/><b:process id="b" isExecutable="false"/>')
    assert processes == []
    assert told == [("", "error", "The file has 0 executable processes out of 2.")]


def test_data_that_goes_from_event_to_task_to_process():
    """The data output of an event leads into the input of a task, and that of a task to the process as a whole."""
    (process,), told = read(
        '<b:process id="p"><b:ioSpecification><b:dataInput id="in" name="Role &#10;required"/>'
        '<b:dataOutput id="out" name="Advert"><b:dataState name="Approved"/></b:dataOutput><b:inputSet id="is">'
        "<b:dataInputRefs>in</b:dataInputRefs></b:inputSet><b:outputSet/></b:ioSpecification>"
        '<b:startEvent id="s"><b:dataOutput id="so" name="Form" itemSubjectRef="i"/><b:dataOutputAssociation id="a1">'
        "<b:sourceRef>so</b:sourceRef><b:targetRef>ti</b:targetRef></b:dataOutputAssociation><b:outputSet>"
        "<b:dataOutputRefs>so</b:dataOutputRefs></b:outputSet></b:startEvent>"
        '<b:userTask id="t"><b:ioSpecification><b:dataInput id="ti" isCollection="false"/><b:dataInput id="tj"/>'
        '<b:dataOutput id="to" name="Text [new]"/><b:inputSet/><b:outputSet/></b:ioSpecification>'
        '<b:dataInputAssociation id="a2"><b:sourceRef>in</b:sourceRef><b:targetRef>tj</b:targetRef>'
        '</b:dataInputAssociation><b:dataOutputAssociation id="a3"><b:sourceRef>to</b:sourceRef>'
        "<b:targetRef>out</b:targetRef></b:dataOutputAssociation></b:userTask></b:process>"
    )
    assert told == []
    assert process.nodes["s"].data_outputs == (Association(("Form",), "ti"),)
    assert process.nodes["t"].data_inputs == (Association(("Role required",), "tj"),)
    assert process.nodes["t"].data_outputs == (Association(("Text [new]",), "Advert"),)
    assert process.data_objects == {}


def test_web_services_are_told():
    _, told = read(
        '<b:itemDefinition id="input" structureRef="v:x"/><b:interface id="i" name="I" implementationRef="v:y">'
        '<b:operation id="o" name="O"><b:inMessageRef>input</b:inMessageRef></b:operation></b:interface>'
        '<b:process id="p"><b:startEvent id="s"><b:messageEventDefinition messageRef="input">'
        "<b:operationRef>o</b:operationRef></b:messageEventDefinition></b:startEvent>"
        '<b:serviceTask id="t" implementation="##WebService" operationRef="o"/></b:process>'
    )
    assert sorted(told) == [
        ("s", "error", "There is no message input in the file."),
        ("s", "warning", "The element operationRef only describes; it is not read."),
        ("t", "warning", "The attribute operationRef only describes; it is not read."),
    ]


def test_people_named_by_a_resource_are_told():
    _, told = read(
        '<b:resource id="r" name="Recruiter"/><b:process id="p"><b:userTask id="t">'
        '<b:potentialOwner id="o" name="Owner"><b:resourceRef>r</b:resourceRef></b:potentialOwner>'
        '<b:performer id="q"><b:resourceRef>r</b:resourceRef></b:performer></b:userTask></b:process>'
    )
    assert told == [
        ("t", "warning", "The potentialOwner names nobody in an expression; it is not read."),
        ("t", "warning", "A performer only describes who is involved; it is not read."),
    ]


def test_tokens_by_number_and_other_languages_are_told():
    language = "https://www.omg.org/spec/DMN/20191111/MODEL/"
    _, told = read(
        '<b:process id="p"><b:dataObject id="d"/><b:userTask id="t" startQuantity="2" completionQuantity="2">'
        '<b:ioSpecification><b:dataOutput id="o"/></b:ioSpecification><b:dataOutputAssociation id="a">'
        f'<b:sourceRef>o</b:sourceRef><b:targetRef>d</b:targetRef><b:transformation language="{language}">x'
        "</b:transformation></b:dataOutputAssociation></b:userTask></b:process>"
    )
    assert sorted(told) == [
        ("t", "error", "A completionQuantity other than 1 cannot be run."),
        ("t", "error", "A startQuantity other than 1 cannot be run."),
        ("t", "error", f"The expression is written in {language}."),
    ]


def test_drawings_for_camunda_8_are_told_as_such():
    (process,), told = read(
        '<b:message id="m" name="Asked"><b:extensionElements><zeebe:subscription correlationKey="=a"/>'
        '</b:extensionElements></b:message><b:process id="p" isExecutable="true"><b:boundaryEvent id="e"'
        ' attachedToRef="t"><b:timerEventDefinition id="d"><b:timeDuration xsi:type="b:tFormalExpression">P7D'
        '</b:timeDuration></b:timerEventDefinition></b:boundaryEvent><b:userTask id="t"><b:extensionElements>'
        "<zeebe:userTaskForm>{}</zeebe:userTaskForm></b:extensionElements></b:userTask></b:process>",
        'modeler:executionPlatform="Camunda Cloud" camunda:diagramRelationId="1" camunda:wonder="1"',
    )
    assert told == [
        ("", "error", "This is a Camunda 8 model."),
        ("", "warning", "The attribute camunda:diagramRelationId only describes; it is not read."),
        ("", "warning", "The attribute camunda:wonder is not known."),
    ]
    assert process.nodes["e"].timer == Timer("duration", "P7D")


def test_the_older_name_of_the_camunda_namespace_is_understood():
    """Camunda 7 grew from Activiti and reads its names as its own."""
    (process,), told = read(
        '<b:process id="p"><b:userTask id="t" activiti:assignee="${anna}" activiti:formKey="app:x.jsf">'
        '<b:extensionElements><activiti:taskListener event="create" expression="${1}"/></b:extensionElements>'
        '</b:userTask><b:serviceTask id="u" activiti:class="org.example.Work"/></b:process>'
    )
    task = process.nodes["t"]
    assert (task.assignee, task.form_key, len(task.listeners)) == ("${anna}", "app:x.jsf", 1)
    assert told == [("u", "error", "The attribute camunda:class cannot be run.")]


def test_the_namespace_of_the_successor_is_understood():
    """Operaton grew from Camunda 7, and says the same with the same words."""
    (process,), told = read(
        '<b:process id="p"><b:userTask id="t" operaton:assignee="${anna}"><b:extensionElements><operaton:inputOutput>'
        '<operaton:inputParameter name="a">1</operaton:inputParameter></operaton:inputOutput></b:extensionElements>'
        '</b:userTask><b:serviceTask id="u" operaton:class="org.example.Work"/></b:process>',
        'xmlns:operaton="http://operaton.org/schema/1.0/bpmn"',
    )
    assert (process.nodes["t"].assignee, process.nodes["t"].inputs) == ("${anna}", {"a": "1"})
    assert told == [("u", "error", "The attribute camunda:class cannot be run.")]


def test_the_namespaces_of_other_relatives_are_understood():
    """Flowable grew from Activiti too; what its workers fetch is external work. Camunda's own first name was fox."""
    (process,), told = read(
        '<b:process id="p"><b:userTask id="t" flowable:assignee="${anna}"/><b:serviceTask id="w" flowable:topic="print"'
        ' flowable:type="external-worker" flowable:async="true"><b:extensionElements>'
        "<fox:failedJobRetryTimeCycle>R3/PT1M</fox:failedJobRetryTimeCycle></b:extensionElements></b:serviceTask>"
        '<b:serviceTask id="h" flowable:type="http"/></b:process>',
        'xmlns:flowable="http://flowable.org/bpmn" xmlns:fox="http://www.camunda.com/fox"',
    )
    work = process.nodes["w"]
    assert (process.nodes["t"].assignee, work.topic, work.async_before) == ("${anna}", "print", True)
    assert work.retry == "R3/PT1M"
    assert told == [("h", "error", "Work of the type http cannot be run.")]


def test_flows_need_no_id():
    (process,), told = read(
        '<b:process id="p"><b:startEvent id="flow-1"/><b:sequenceFlow sourceRef="flow-1" targetRef="t"/>'
        '<b:userTask id="t"/><b:sequenceFlow id="" sourceRef="t" targetRef="e"/><b:endEvent id="e"/></b:process>'
    )
    assert told == []
    assert [(flow.source, flow.target) for flow in process.flows.values()] == [("flow-1", "t"), ("t", "e")]
    assert len({*process.flows, *process.nodes}) == 5


def test_an_error_that_is_not_declared_is_its_own_code():
    """So it is in Camunda 7: who throws it and who catches it mean the same."""
    (process,), told = read(
        '<b:process id="p"><b:subProcess id="s"><b:endEvent id="x"><b:errorEventDefinition errorRef="broken"/>'
        '</b:endEvent></b:subProcess><b:boundaryEvent id="y" attachedToRef="s">'
        '<b:errorEventDefinition errorRef="broken"/></b:boundaryEvent></b:process>'
    )
    assert [process.nodes[key].events[0].code for key in "xy"] == ["broken", "broken"]
    assert told == [(key, "warning", "There is no error broken in the file.") for key in "xy"]


def test_elements_without_what_they_need_are_read_as_they_are():
    """Drawings for people leave out what only a machine needs; the check of the model tells it, not the reader."""
    (process,), told = read(
        '<b:process id="p"><b:task id="t"><b:multiInstanceLoopCharacteristics isSequential="true"/></b:task>'
        '<b:intermediateCatchEvent id="a"><b:conditionalEventDefinition><b:condition/></b:conditionalEventDefinition>'
        '</b:intermediateCatchEvent><b:intermediateCatchEvent id="b"><b:timerEventDefinition><b:timeDate/>'
        '</b:timerEventDefinition></b:intermediateCatchEvent><b:endEvent id="c"><b:errorEventDefinition/></b:endEvent>'
        '<b:boundaryEvent id="d" attachedToRef="t"><b:messageEventDefinition/></b:boundaryEvent>'
        '<b:callActivity id="e"/><b:receiveTask id="f"/><b:endEvent id="g"><b:signalEventDefinition/></b:endEvent>'
        '<b:intermediateThrowEvent id="h"><b:linkEventDefinition/></b:intermediateThrowEvent>'
        '<b:task id="i"><b:standardLoopCharacteristics/></b:task></b:process>'
    )
    assert told == []
    assert [node.event for node in process.nodes.values() if node.events] == [
        *("conditional", "timer", "error", "message", "signal", "link"),
    ]
