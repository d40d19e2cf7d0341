# SPDX-License-Identifier: EUPL-1.2
"""Activities of which it is not said what is done, how often or with what; and names that lead nowhere."""

from tests.engine.conformance.refusals.refusal import (
    ASK,
    ERROR,
    SIGNAL,
    TIMER,
    Refusal,
    border,
    ending,
    inside,
    mapping,
    one,
    starting,
)
from tests.engine.drawing import flow, service_task, user_task

SCRIPT = '<scriptTask id="x" scriptFormat="feel" camunda:resultVariable="y">{}</scriptTask>'
DECISION = '<businessRuleTask id="x" camunda:resultVariable="y" camunda:decisionRef="fee" {}/>'
IN = '<camunda:inputParameter name="a">1</camunda:inputParameter>'
OUT = '<camunda:outputParameter name="a">1</camunda:outputParameter>'


def loop(inside: str, kind: str = "multiInstanceLoopCharacteristics", attributes: str = "") -> tuple[str, ...]:
    """A task that is repeated."""
    return one(user_task("x", "X", f"<{kind} {attributes}>{inside}</{kind}>"))


TASKS = [
    Refusal("serviceTask", "without an operation", one('<serviceTask id="x"/>'), "x", "names no operation",
            point="1.1"),
    Refusal("serviceTask", "Java class", one('<serviceTask id="x" camunda:class="a.B"/>'), "x",
            "camunda:class cannot be run", point="3"),
    Refusal("serviceTask", "delegate expression", one('<serviceTask id="x" camunda:delegateExpression="${b}"/>'), "x",
            "camunda:delegateExpression cannot be run", point="3"),
    Refusal("serviceTask", "topic and expression", one(
        '<serviceTask id="x" camunda:type="external" camunda:topic="a.b" camunda:expression="${1}"/>'), "x",
        "a topic and an expression", point="3"),
    Refusal("sendTask", "without a message", one('<sendTask id="x"/>'), "x", "names no message", point="F"),
    Refusal("taskListener", "timeout", one(
        '<userTask id="x"><extensionElements><camunda:taskListener id="l" event="timeout">'
        "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
        '<camunda:script scriptFormat="javascript">1</camunda:script></camunda:taskListener>'
        "</extensionElements></userTask>"
    ), "x", "timeout cannot be run", point="3"),
    Refusal("receiveTask", "instantiating, with a flow into it", one(
        '<receiveTask id="x" messageRef="m" instantiate="true"/>'), "x", "cannot be led to by a flow", point="1.1"),
    Refusal("receiveTask", "instantiating, in a subprocess", inside(
        '<receiveTask id="x" messageRef="m" instantiate="true"/>'), "x", "nothing can start a case", point="1.1"),
    Refusal("scriptTask", "without a script", one(SCRIPT.format("")), "x", "The script is missing", point="1.1"),
    Refusal("scriptTask", "without a language", one('<scriptTask id="x"><script>1</script></scriptTask>'), "x",
            "in which language", point="1.1"),
    Refusal("scriptTask", "Groovy", one(SCRIPT.format("<script>1</script>").replace("feel", "groovy")), "x",
            "Only scripts in FEEL and JavaScript", point="H"),
    Refusal("scriptTask", "Python", one(SCRIPT.format("<script>1</script>").replace("feel", "python")), "x",
            "Only scripts in FEEL and JavaScript", point="H"),
    Refusal("businessRuleTask", "without a decision", one('<businessRuleTask id="x"/>'), "x",
            "not said which decision is asked", point="1.1"),
    Refusal("businessRuleTask", "result of no known shape", one(DECISION.format('camunda:mapDecisionResult="table"')),
            "x", "mapDecisionResult table is not known", point="3"),
    Refusal("businessRuleTask", "decision of a version that is not named",
            one(DECISION.format('camunda:decisionRefBinding="version"')), "x", "which version of the decision is asked",
            point="3"),
    Refusal("callActivity", "without a process", one('<callActivity id="x"/>'), "x", "which process is called",
            point="1.1"),
    Refusal("callActivity", "of a version that is not named",
            one('<callActivity id="x" calledElement="y" camunda:calledElementBinding="version"/>'), "x",
            "which version of the process", point="3"),
    Refusal("callActivity", "CMMN case", one('<callActivity id="x" camunda:caseRef="y"/>'), "x",
            "camunda:caseRef cannot be run", point="3"),
    Refusal("callActivity", "that calls its own process at once", one('<callActivity id="x" calledElement="drawn"/>'),
            "x", "at once and without end", point="1.1"),
    Refusal("globalUserTask", "", one(ASK, "ask"), "gut", "globalUserTask cannot be run", point="1.1",
            roots='<globalUserTask id="gut"/>'),
    Refusal("task", "startQuantity", one('<task id="x" startQuantity="2"/>'), "x", "startQuantity other than 1"),
]  # fmt: skip

LOOPS = [
    Refusal("multiInstanceLoopCharacteristics", "without a number", loop(""), "x", "not said how often", point="1.1"),
    Refusal("multiInstanceLoopCharacteristics", "number and collection",
            loop("<loopCardinality>3</loopCardinality>", attributes='camunda:collection="all"'), "x",
            "said twice how often", point="1.1"),
    Refusal("multiInstanceLoopCharacteristics", "element without a collection",
            loop("<loopCardinality>3</loopCardinality>", attributes='camunda:elementVariable="each"'), "x",
            "there is no collection", point="1.1"),
    Refusal("multiInstanceLoopCharacteristics", "results without their element",
            loop("<loopCardinality>3</loopCardinality><loopDataOutputRef>all</loopDataOutputRef>"), "x",
            "only if both", point="1.1"),
    Refusal("multiInstanceLoopCharacteristics", "number that is none", loop("<loopCardinality>many</loopCardinality>"),
            "x", "many at loopCardinality", point="1.1"),
    Refusal("multiInstanceLoopCharacteristics", "events of each round",
            loop("<loopCardinality>3</loopCardinality><noneBehaviorEventRef>s</noneBehaviorEventRef>",
                 attributes='behavior="None"'), "x", "noneBehaviorEventRef cannot be run", point="1.1"),
    Refusal("standardLoopCharacteristics", "without an end", loop("", "standardLoopCharacteristics"), "x",
            "The loop never ends", point="1.1"),
    Refusal("standardLoopCharacteristics", "maximum that is no number",
            loop("", "standardLoopCharacteristics", 'loopMaximum="few"'), "x", "few at loopMaximum", point="1.1"),
]  # fmt: skip

NAMES = [
    Refusal("operation", "that is not there, of a known family", one(service_task("x", "probe.gone")), "x",
            "No operation is called probe.gone", point="3"),
    Refusal("operation", "input that is missing", one(service_task("x", "probe.add", a="1")), "x", "needs the input b",
            point="3"),
    Refusal("operation", "input that it does not know", one(service_task("x", "probe.add", a="1", b="2", c="3")), "x",
            "knows no input c", point="3"),
    Refusal("form", "that is not there", one('<userTask id="x" camunda:formRef="gone"/>'), "x", "There is no form gone",
            point="3"),
    Refusal("form", "of the start that is not there", ('<startEvent id="x" camunda:formRef="gone"/>',), "x",
            "There is no form gone", point="3"),
    Refusal("form", "of the start, computed", ('<startEvent id="x" camunda:formKey="${form}"/>',), "x",
            "cannot be computed", point="3"),
]  # fmt: skip

IGNORED = [
    Refusal("startEvent", "input mapping with a trigger", starting(mapping(IN) + SIGNAL), "x",
            "The input mapping would be ignored", point="3"),
    Refusal("boundaryEvent", "input mapping", border(mapping(IN) + TIMER), "x", "The input mapping would be ignored",
            point="3"),
    Refusal("errorEventDefinition", "end with an output mapping", ending(mapping(OUT) + ERROR), "x",
            "The output mapping would be ignored", point="3"),
    Refusal("sequenceFlow", "listener in Java",
            ('<startEvent id="start"/>', ASK, flow("start", "ask", inside='<extensionElements>'
             '<camunda:executionListener event="take" class="X"/></extensionElements>')),
            "start-ask", "class", point="3"),
]  # fmt: skip

OBJECT = '<dataObject id="object" name="Note"/>'
IO = (
    '<ioSpecification><dataInput id="in" name="note"/><inputSet><dataInputRefs>in</dataInputRefs></inputSet>'
    "<outputSet/></ioSpecification>"
)


def copied(association: str) -> tuple[str, ...]:
    """A task with a data association into it, and a data object."""
    inside = f"{IO}<dataInputAssociation>{association}</dataInputAssociation>"
    return (*one(user_task("x", "X", inside)), OBJECT)


DATA = [
    Refusal("dataInputAssociation", "from what is no data", copied(
        "<sourceRef>ask</sourceRef><targetRef>in</targetRef>"), "x", "refers to ask, which is no data", point="1.5"),
    Refusal("dataInputAssociation", "from nowhere", copied("<targetRef>in</targetRef>"), "x", "comes from nowhere",
            point="1.5"),
    Refusal("dataInputAssociation", "several sources without a transformation", copied(
        "<sourceRef>object</sourceRef><sourceRef>object</sourceRef><targetRef>in</targetRef>"), "x",
        "Several sources cannot be copied", point="1.5"),
    Refusal("dataInputAssociation", "half an assignment", copied(
        "<sourceRef>object</sourceRef><targetRef>in</targetRef><assignment><from>1</from></assignment>"), "x",
        "An assignment needs both ends", point="1.5"),
    Refusal("dataInputAssociation", "transformation that is not understood", copied(
        "<sourceRef>object</sourceRef><targetRef>in</targetRef><transformation>1 +</transformation>"), "x",
        "expression at the data association is not understood", point="1.5"),
    Refusal("dataObjectReference", "to nothing",
            (*one(ASK, "ask"), '<dataObjectReference id="reference" dataObjectRef="gone"/>'), "reference",
            "no data object gone", point="1.5"),
]  # fmt: skip

REFUSALS = [*TASKS, *LOOPS, *NAMES, *IGNORED, *DATA]
