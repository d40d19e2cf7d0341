# SPDX-License-Identifier: EUPL-1.2
"""What the reader refuses, or warns of: nothing of BPMN or Camunda 7 that it does not understand is passed over."""

import pytest

from engine.bpmn import read_processes, read_processes_with_findings
from engine.bpmn.xml import MAX_BYTES
from engine.errors import Finding, ModelRefused
from tests.engine.reading import ROOTS, drawing, extensions, told

JAVA = "Java is not run here. Use type external with the topic of an operation, an expression or a script."


def refused(inside: str) -> list[tuple[str, str, str]]:
    """Element, reason and cure of the errors; there are no warnings beside them."""
    found = told(drawing(inside, roots=ROOTS))
    assert {each.severity for each in found} <= {"error"}
    return [(each.element_id, each.reason, each.cure) for each in found]


def warned(inside: str) -> list[tuple[str, str]]:
    """Element and reason of the warnings; there are no errors beside them."""
    found = told(drawing(inside, roots=ROOTS))
    assert {each.severity for each in found} <= {"warning"}
    return [(each.element_id, each.reason) for each in found]


def task(attributes: str = "", inside: str = "", kind: str = "task") -> str:
    return f'<{kind} id="x" {attributes}>{inside}</{kind}>'


def catch(definition: str) -> str:
    return f'<intermediateCatchEvent id="x">{definition}</intermediateCatchEvent>'


def mapped(parameters: str) -> str:
    return task(inside=extensions(f"<camunda:inputOutput>{parameters}</camunda:inputOutput>"))


def listening(listener: str) -> str:
    return task(inside=extensions(listener), kind="userTask")


def script(attributes: str, text: str = "1") -> str:
    return task(attributes, f"<script>{text}</script>", kind="scriptTask")


ERRORS: dict[str, tuple[str, str, str]] = {
    # -- Java and what else of Camunda 7 is not run
    "a class": (
        task('camunda:class="org.example.Work"', kind="serviceTask"),
        "The attribute camunda:class cannot be run.",
        JAVA,
    ),
    "a bean": (
        task('camunda:delegateExpression="${work}"', kind="serviceTask"),
        "The attribute camunda:delegateExpression cannot be run.",
        JAVA,
    ),
    "a class that throws": (
        task(inside='<messageEventDefinition camunda:class="C"/>', kind="endEvent"),
        "The attribute camunda:class cannot be run.",
        JAVA,
    ),
    "a listener of a class": (
        listening('<camunda:executionListener event="start" class="C"/>'),
        "The attribute class of camunda:executionListener cannot be run.",
        JAVA,
    ),
    "a listener of a bean": (
        listening('<camunda:taskListener event="create" delegateExpression="${c}"/>'),
        "The attribute delegateExpression of camunda:taskListener cannot be run.",
        JAVA,
    ),
    "a connector": (
        task(inside=extensions("<camunda:connector><camunda:x/></camunda:connector>"), kind="serviceTask"),
        "The extension camunda:connector cannot be run.",
        "Connectors are not run. Use type external with the topic of an operation.",
    ),
    "a field to inject": (
        task(inside=extensions('<camunda:field name="a"/>'), kind="serviceTask"),
        "The extension camunda:field cannot be run.",
        JAVA,
    ),
    "a mail task": (
        task('camunda:type="mail"', kind="serviceTask"),
        "Work of the type mail cannot be run.",
        "Set type external and the topic.",
    ),
    "a case": (
        task('camunda:caseRef="c"', kind="callActivity"),
        "The attribute camunda:caseRef cannot be run.",
        "CMMN cases are not run. Call a process.",
    ),
    "a tenant": (
        task('calledElement="p" camunda:calledElementTenantId="t"', kind="callActivity"),
        "The attribute camunda:calledElementTenantId cannot be run.",
        "There are no tenants here. Remove it.",
    ),
    "a script beside the model": (
        task('scriptFormat="feel" camunda:resource="classpath://a.feel"', kind="scriptTask"),
        "The attribute camunda:resource cannot be run.",
        "Write the script into the model.",
    ),
    # -- languages
    "Groovy": (
        script('scriptFormat="groovy"'),
        "Only scripts in FEEL and JavaScript are run, not in groovy.",
        "Write it in one of them.",
    ),
    "Python": (
        script('scriptFormat="python"'),
        "Only scripts in FEEL and JavaScript are run, not in python.",
        "Write it in one of them.",
    ),
    "a script of no language": (
        script(""),
        "It is not said in which language the script is written.",
        "Set the format to feel or javascript.",
    ),
    "a script in a mapping": (
        mapped(
            '<camunda:inputParameter name="a"><camunda:script scriptFormat="ruby">1</camunda:script>'
            "</camunda:inputParameter>"
        ),
        "Only scripts in FEEL and JavaScript are run, not in ruby.",
        "Write it in one of them.",
    ),
    "a condition that waits in XPath": (
        catch(
            '<conditionalEventDefinition><condition language="http://www.w3.org/1999/XPath">a</condition>'
            "</conditionalEventDefinition>"
        ),
        "The condition is written in http://www.w3.org/1999/XPath.",
        "Write it in FEEL.",
    ),
    "a script at a complex gateway": (
        task(
            inside='<activationCondition language="javascript">a</activationCondition>',
            kind="complexGateway",
        ),
        "A script at activationCondition cannot be run.",
        "Write it in FEEL.",
    ),
    # -- what stands at the wrong place, or nowhere
    "mappings at a gateway": (
        task(inside=extensions("<camunda:inputOutput/>"), kind="exclusiveGateway"),
        "The extension camunda:inputOutput would be ignored at this element.",
        "Remove it, or choose another element.",
    ),
    "an attribute without its prefix": (
        task('assignee="anna"', kind="userTask"),
        "The attribute assignee has no prefix and is not read.",
        "Write camunda:assignee.",
    ),
    "an attribute that BPMN does not know": (
        task('colour="red"'),
        "BPMN knows no attribute colour at this task.",
        "Remove it.",
    ),
    "an attribute of another element": (
        task('cancelActivity="false"', kind="startEvent"),
        "BPMN knows no attribute cancelActivity at this startEvent.",
        "Remove it.",
    ),
    "a trigger at a task": (
        task(inside="<terminateEventDefinition/>"),
        "terminateEventDefinition would be ignored at this task.",
        "Remove it.",
    ),
    "a loop at an event": (
        task(inside="<standardLoopCharacteristics/>", kind="startEvent"),
        "standardLoopCharacteristics would be ignored at this startEvent.",
        "Remove it.",
    ),
    "an element of a choreography": (
        task(kind="choreographyTask"),
        "The element choreographyTask cannot be run.",
        "Draw it with tasks, gateways and events.",
    ),
    "an event that BPMN does not know": (
        catch("<wonderEventDefinition/>"),
        "The element wonderEventDefinition cannot be run.",
        "Remove it.",
    ),
    "events for each instance": (
        task(
            inside="<multiInstanceLoopCharacteristics><loopCardinality>1</loopCardinality>"
            "<oneBehaviorEventRef>s</oneBehaviorEventRef></multiInstanceLoopCharacteristics>"
        ),
        "The element oneBehaviorEventRef cannot be run.",
        "Remove it.",
    ),
    # -- references
    "a signal that is not there": (
        catch('<signalEventDefinition signalRef="gone"/>'),
        "There is no signal gone in the file.",
        "Choose another signal.",
    ),
    "an escalation that is not there": (
        '<endEvent id="x"><escalationEventDefinition escalationRef="gone"/></endEvent>',
        "There is no escalation gone in the file.",
        "Choose another escalation.",
    ),
    "an event definition that is not there": (
        catch("<eventDefinitionRef>gone</eventDefinitionRef>"),
        "There is no event definition gone in the file.",
        "Choose what the event is for.",
    ),
    "a data association to nothing": (
        task(
            inside="<dataInputAssociation><sourceRef>gone</sourceRef><targetRef>in</targetRef></dataInputAssociation>"
            '<ioSpecification><dataInput id="in"/></ioSpecification>'
        ),
        "The data association refers to gone, which is no data.",
        "Draw it anew.",
    ),
    # -- contradictions
    "two performers": (
        task(
            'camunda:assignee="anna"',
            "<humanPerformer><resourceAssignmentExpression><formalExpression>ben</formalExpression>"
            "</resourceAssignmentExpression></humanPerformer>",
            kind="userTask",
        ),
        "The task has several performers.",
        "Leave one, or name potential owners.",
    ),
    "two scripts": (
        task('scriptFormat="feel"', "<script>1</script><script>2</script>", kind="scriptTask"),
        "There are two elements script at one element.",
        "Remove one of them.",
    ),
    "two properties of one name": (
        task(
            inside=extensions(
                '<camunda:properties><camunda:property name="a" value="1"/><camunda:property name="a" value="2"/>'
                "</camunda:properties>"
            )
        ),
        "Two properties are called a.",
        "Remove one of them.",
    ),
    "a listener of two minds": (
        listening(
            '<camunda:executionListener event="start" expression="${1}"><camunda:script scriptFormat="feel">2'
            "</camunda:script></camunda:executionListener>"
        ),
        "The listener has several expressions or scripts.",
        "Leave one of them.",
    ),
    "a mapping of several values": (
        mapped('<camunda:inputParameter name="a"><camunda:list/><camunda:map/></camunda:inputParameter>'),
        "A mapping holds several values.",
        "Write a list.",
    ),
    "two entries of one key": (
        mapped(
            '<camunda:inputParameter name="a"><camunda:map><camunda:entry key="k">1</camunda:entry>'
            '<camunda:entry key="k">2</camunda:entry></camunda:map></camunda:inputParameter>'
        ),
        "Two entries of a map have the key k.",
        "Remove one of them.",
    ),
    "work and an expression": (
        task('camunda:type="external" camunda:topic="t" camunda:expression="${1}"', kind="serviceTask"),
        "It has a topic and an expression.",
        "Remove one of them.",
    ),
    "external work without a topic": (
        task('camunda:type="external"', kind="sendTask"),
        "The topic of the external work is missing.",
        "Set the topic.",
    ),
    "a topic without a type": (
        task('camunda:topic="t"', kind="serviceTask"),
        "The topic has no effect without a type.",
        "Set type external.",
    ),
    "two forms": (
        task('camunda:formKey="a" camunda:formRef="b"', kind="userTask"),
        "It has a formKey and a formRef.",
        "Leave one of them.",
    ),
    "a certain version of a form": (
        task('camunda:formRef="b" camunda:formRefBinding="version" camunda:formRefVersion="1"', kind="userTask"),
        "The binding version of the form cannot be run.",
        "Use deployment.",
    ),
    "a collection and a number": (
        task(
            inside='<multiInstanceLoopCharacteristics camunda:collection="a"><loopCardinality>1</loopCardinality>'
            "</multiInstanceLoopCharacteristics>"
        ),
        "It is said twice how often it is done.",
        "Set a collection or a cardinality.",
    ),
    "two loops": (
        task(
            inside="<standardLoopCharacteristics/>"
            "<multiInstanceLoopCharacteristics><loopCardinality>1</loopCardinality></multiInstanceLoopCharacteristics>"
        ),
        "It has two kinds of loops.",
        "Leave one of them.",
    ),
    "two times": (
        catch(
            "<timerEventDefinition><timeDate>2026-01-01</timeDate><timeDuration>P1D</timeDuration>"
            "</timerEventDefinition>"
        ),
        "The timer has more than one time.",
        "Leave one of them.",
    ),
    "neither yes nor no": (
        task('camunda:asyncBefore="yes"'),
        "yes at asyncBefore is neither true nor false.",
        "Write true or false.",
    ),
    "a binding that is none": (
        task('calledElement="p" camunda:calledElementBinding="newest"', kind="callActivity"),
        "The binding newest is not known.",
        "Use one of latest, deployment, version, versionTag.",
    ),
    "nothing handed over": (
        task('calledElement="p"', extensions('<camunda:in target="a"/>'), kind="callActivity"),
        "camunda:in says 0 things to hand over.",
        "Set a source or variables=all.",
    ),
    "handed over to nobody": (
        task('calledElement="p"', extensions('<camunda:out source="a"/>'), kind="callActivity"),
        "camunda:out does not say which variable takes the value.",
        "Set the target.",
    ),
    "some of all": (
        task('calledElement="p"', extensions('<camunda:in variables="some"/>'), kind="callActivity"),
        "camunda:in knows no variables=some.",
        "Write all.",
    ),
    "a mapping without a name": (
        mapped("<camunda:outputParameter>1</camunda:outputParameter>"),
        "A mapping has no name.",
        "Name the variable that takes the value.",
    ),
    "two mappings of one name": (
        mapped('<camunda:inputParameter name="a"/><camunda:inputParameter name="a"/>'),
        "Two mappings are called a.",
        "Remove one of them.",
    ),
    "an entry without a key": (
        mapped(
            '<camunda:inputParameter name="a"><camunda:map><camunda:entry>1</camunda:entry></camunda:map>'
            "</camunda:inputParameter>"
        ),
        "An entry of a map has no key.",
        "Give it one.",
    ),
    "a listener for what never happens": (
        listening('<camunda:taskListener event="claim" expression="${1}"/>'),
        "A listener cannot wait for claim.",
        "Use assignment, complete, create, delete, timeout, update.",
    ),
    "a listener that does nothing": (
        listening('<camunda:executionListener event="start"/>'),
        "The listener does nothing.",
        "Give it an expression or a script.",
    ),
    "a listener for no time": (
        listening('<camunda:taskListener event="timeout" expression="${1}"/>'),
        "Only a listener for timeout has a timer.",
        "Set both, or neither.",
    ),
    "a change that is none": (
        catch(
            '<conditionalEventDefinition camunda:variableEvents="create,change"><condition>a</condition>'
            "</conditionalEventDefinition>"
        ),
        "There is no variable event change.",
        "Use create, update or delete.",
    ),
    "an ordering that is none": (
        task('ordering="Random"', kind="adHocSubProcess"),
        "There is no ordering Random.",
        "Use Parallel or Sequential.",
    ),
    "a transaction of another method": (
        task('method="##Store"', kind="transaction"),
        "Transactions of the method ##Store cannot be run.",
        "Use ##Compensate.",
    ),
    "several tokens to begin": (
        task('startQuantity="2"'),
        "A startQuantity other than 1 cannot be run.",
        "Remove it.",
    ),
    "all of several events in the middle": (
        task('eventGatewayType="Parallel"', kind="eventBasedGateway"),
        "Only a gateway that starts a case can wait for all events.",
        "Use Exclusive.",
    ),
}


@pytest.mark.parametrize("mistake", ERRORS)
def test_what_cannot_be_run_is_refused_with_place_reason_and_cure(mistake: str):
    inside, reason, cure = ERRORS[mistake]
    assert refused(inside) == [("x", reason, cure)]


def test_a_flow_is_told_by_its_own_id():
    condition = '<conditionExpression language="groovy">a</conditionExpression>'
    inside = f'<sequenceFlow id="f" sourceRef="a" targetRef="b">{condition}</sequenceFlow>'
    assert refused(inside) == [("f", "The condition is written in groovy.", "Write it in FEEL.")]


def test_two_activities_cannot_undo_the_same_one():
    inside = (
        '<boundaryEvent id="x" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>'
        '<task id="t"/><task id="u" isForCompensation="true"/><task id="v" isForCompensation="true"/>'
        '<association id="a" sourceRef="x" targetRef="u"/><association id="b" sourceRef="x" targetRef="v"/>'
    )
    assert [reason for _, reason, _ in refused(inside)] == ["Two activities undo the same one."]


def test_a_message_that_is_not_there():
    (found,) = refused(task('messageRef="gone"', kind="receiveTask"))
    assert found == ("x", "There is no message gone in the file.", "Choose another message.")


WARNINGS = {
    "fields of the oldest kind": (
        task(inside=extensions('<camunda:formProperty id="a"/>'), kind="userTask"),
        [("x", "The extension camunda:formProperty is not known.")],
    ),
    "an attribute of Camunda that is none": (
        task('camunda:asyncBefor="true"'),
        [("x", "The attribute camunda:asyncBefor is not known.")],
    ),
    "an extension of Camunda that is none": (
        task(inside=extensions("<camunda:wonder/>")),
        [("x", "The extension camunda:wonder is not known.")],
    ),
    "an assignee of a service task": (
        task('camunda:type="external" camunda:topic="t" camunda:assignee="anna"', kind="serviceTask"),
        [("x", "The attribute camunda:assignee is ignored at this element.")],
    ),
    "a version tag of a decision without its binding": (
        task('camunda:decisionRef="d" camunda:decisionRefVersionTag="1"', kind="businessRuleTask"),
        [("x", "decisionRefVersionTag has no effect without the binding versionTag.")],
    ),
    "a version without its binding": (
        task('calledElement="p" camunda:calledElementVersion="2"', kind="callActivity"),
        [("x", "calledElementVersion has no effect without the binding version.")],
    ),
    "a template": (
        task('camunda:modelerTemplate="t" camunda:modelerTemplateVersion="1"'),
        [
            ("x", "The attribute camunda:modelerTemplate only describes; it is not read."),
            ("x", "The attribute camunda:modelerTemplateVersion only describes; it is not read."),
        ],
    ),
    "properties of a flow": (
        f'<sequenceFlow id="x" sourceRef="a" targetRef="b">{extensions("<camunda:properties/>")}</sequenceFlow>',
        [("x", "camunda:properties only describe here; they are not read.")],
    ),
    "who is involved": (
        task(inside="<performer><resourceRef>r</resourceRef></performer>"),
        [("x", "A performer only describes who is involved; it is not read.")],
    ),
    "a date pattern": (
        task(
            inside=extensions(
                '<camunda:formData><camunda:formField id="a" type="date" datePattern="yyyy"/></camunda:formData>'
            ),
            kind="userTask",
        ),
        [("x", "Dates are written as is usual here; the datePattern is not read.")],
    ),
}


@pytest.mark.parametrize("description", WARNINGS)
def test_what_only_describes_is_warned_of(description: str):
    inside, warnings = WARNINGS[description]
    assert warned(inside) == warnings


# -- ids and names ---------------------------------------------------------------------------------------------------


def test_ids_are_unique_within_a_process_whatever_the_scope():
    inside = '<task id="x"/><subProcess id="s"><task id="x"/></subProcess>'
    assert refused(inside) == [("x", "Two elements have the same id.", "Give each element an id of its own.")]


def test_every_element_has_an_id():
    assert refused("<task/>") == [("p", "A task has no id.", "Give each element an id of its own.")]


def test_ids_and_names_have_room_in_lists():
    long = "a" * 201
    assert refused(task(f'name="{long}"')) == [("x", "The id or the name is too long.", "Use at most 200 characters.")]


@pytest.mark.parametrize("inside", ["<task/>", '<task id="x"/><task id="x"/>'])
def test_a_process_whose_elements_cannot_be_told_apart_is_not_read(inside: str):
    processes, (finding,) = read_processes_with_findings(drawing(inside), "p.bpmn")
    assert (processes, finding.severity) == ([], "error")


def test_whether_a_process_is_run_is_said_by_true_or_false():
    found = told(drawing(processes='<process id="a" isExecutable="true"/><process id="b" isExecutable="yes"/>'))
    assert [(each.element_id, each.reason) for each in found] == [
        ("b", "yes at isExecutable is neither true nor false.")
    ]


def test_two_processes_of_one_id():
    found = told(drawing(processes='<process id="a"/><process id="a"/>'))
    assert {(each.element_id, each.reason) for each in found} == {("a", "Two processes have the same id.")}


def test_ids_that_the_runtime_might_use_itself_are_nothing_special():
    inside = "".join(f'<task id="{name}"/>' for name in ("Start", "End", "root", "data", "typename", "__x"))
    assert refused(inside) == []


# -- how findings are told -------------------------------------------------------------------------------------------


def test_findings_name_the_line():
    (found,) = told(drawing('\n\n<task id="x" name="Look  at it" camunda:wonder="1"/>'))
    assert (found.line, found.element_name) == (3, "Look at it")
    assert str(found) == "p.bpmn:3: x (Look at it): The attribute camunda:wonder is not known. Remove it."


def test_what_is_almost_known_is_told_as_it_is_meant():
    (found,) = told(drawing('<userTask id="x" camunda:assigne="anna"/>'))
    assert (found.severity, found.cure) == ("warning", "Write camunda:assignee.")


def test_all_errors_are_told_at_once_and_warnings_refuse_nothing():
    inside = task('camunda:modelerTemplate="t" camunda:class="C"', kind="serviceTask") + "<task/>"
    with pytest.raises(ModelRefused) as refusal:
        read_processes(drawing(inside), "p.bpmn")
    assert [found.severity for found in refusal.value.findings] == ["error", "error"]
    assert read_processes(drawing(task('camunda:modelerTemplate="t"')), "p.bpmn")


def test_what_could_be_read_comes_with_the_findings():
    (read,), findings = read_processes_with_findings(drawing(task('camunda:wonder="1"')), "p.bpmn")
    assert ([*read.nodes], len(findings)) == (["x"], 1)


# -- hostile and broken files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"", "not well-formed"),
        (b"<definitions>", "not well-formed"),
        (b"\xff\xfe\x00", "not well-formed"),
        (b'<!DOCTYPE x [<!ENTITY e "boom">]><definitions>&e;</definitions>', "document type declaration"),
        (b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><x/>', "document type declaration"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "document type declaration"),
        (b"<x>" * 300 + b"</x>" * 300, "not well-formed"),
        (b"<!--" + b" " * MAX_BYTES + b"-->", "more than 5 MB"),
        (b"<definitions/>", "0 executable processes"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "no BPMN model but begins with html"),
        (drawing(processes='<process id="a" isExecutable="false"/>'), "0 executable processes out of 1"),
        (drawing(processes='<collaboration id="c"/>'), "0 executable processes out of 0"),
    ],
)
def test_a_file_that_is_no_safe_model_is_refused(source: bytes, reason: str):
    processes, (finding,) = read_processes_with_findings(source, "p.bpmn")
    assert processes == []
    assert reason in finding.reason
    assert finding.severity == "error"


def test_depth_is_bounded():
    deep = "".join(f'<subProcess id="s{i}">' for i in range(240)) + "</subProcess>" * 240
    assert [reason for _, reason, _ in refused(deep)] == ["Subprocesses are nested more than 20 deep."]
    nested = "<camunda:list>" * 100 + "</camunda:list>" * 100
    (found,) = refused(mapped(f'<camunda:inputParameter name="a">{nested}</camunda:inputParameter>'))
    assert found[1] == "The mapping is nested more than 16 deep."


# -- models of other engines -----------------------------------------------------------------------------------------

ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
CAMUNDA_8 = "Draw it for Camunda 7: its attributes, topics and forms have the prefix camunda:."


@pytest.mark.parametrize(
    "inside",
    [
        task(inside=extensions(f'<zeebe:taskDefinition {ZEEBE} type="t"/>'), kind="serviceTask"),
        task(f'{ZEEBE} zeebe:modelerTemplate="t"'),
    ],
)
def test_a_model_for_camunda_8_is_told_as_such(inside: str):
    assert refused(inside + inside.replace('"x"', '"y"')) == [("x", "This is a Camunda 8 model.", CAMUNDA_8)]


def test_a_model_that_was_drawn_for_camunda_8_is_told_as_such():
    platform = 'xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"'
    source = drawing("").replace(b"<definitions", f"<definitions {platform}".encode())
    assert [found.reason for found in told(source)] == ["This is a Camunda 8 model."]
    assert told(source.replace(b"Camunda Cloud", b"Camunda Platform")) == []


def test_what_another_engine_would_do_is_warned_of():
    drools = 'xmlns:drools="http://www.jboss.org/drools"'
    inside = task(f'{drools} drools:taskName="look"', extensions(f"<drools:onEntry-script {drools}/>"), kind="userTask")
    assert warned(inside) == [
        ("x", "The attribute taskName of jBPM is not read."),
        ("x", "The extension onEntry-script of jBPM is not read."),
    ]


@pytest.mark.parametrize(
    ("root", "reason"),
    [
        ('<globalUserTask id="g"/>', "A globalUserTask cannot be run."),
        ('<globalTask id="g"/>', "A globalTask cannot be run."),
        ('<choreography id="g"/>', "A choreography cannot be run."),
        ('<extension mustUnderstand="true" definition="a:b"/>', "The model needs an extension that is not known: a:b."),
        ('<wonder id="g"/>', "The element wonder is not known."),
    ],
)
def test_what_stands_beside_the_processes_and_cannot_be_run(root: str, reason: str):
    (found,) = told(drawing("", roots=root))
    assert (found.severity, found.reason) == ("error", reason)


def test_a_finding_without_a_line_is_told_without():
    assert str(Finding("p.bpmn", "x", "", "Why.", "How.")) == "p.bpmn: x: Why. How."
