# SPDX-License-Identifier: EUPL-1.2
"""Bringing models in: what is refused with which reason, and when a new version begins."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from engine.db import Database, unit_of_work
from engine.definitions import Bundle, Deployment, check_bundle, deploy, form_source, latest_definition
from engine.errors import DefinitionNotFound, Finding, ModelRefused
from engine.models import DefinitionRow, DeploymentRow, ResourceRow
from engine.services import Services
from tests.engine.drawing import between, bundle_of, drawn, flow, service_task, user_task
from tests.engine.story import MODELS, Story, no_findings, rows

MESSAGE = '<message id="m" name="Reply"/>'
KEY = (
    "<extensionElements><camunda:properties>"
    '<camunda:property name="correlationKey" value="=key"/>'
    "</camunda:properties></extensionElements>"
)
TIMER = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
ASK = user_task("ask", "Ask")


@dataclass(frozen=True)
class Refusal:
    """A model with one mistake, and what the designer is told about it."""

    mistake: str
    elements: tuple[str, ...]
    element_id: str
    reason: str
    has_cure: bool = True
    messages: str = ""
    more: dict[str, bytes] = field(default_factory=dict)


def one(element: str, element_id: str = "x") -> tuple[str, ...]:
    """A process of one element between start and end."""
    return between(element, first=element_id, last=element_id)


def gateway(kind: str, *elements: str) -> tuple[str, ...]:
    """A gateway that leads to two tasks."""
    tasks = (user_task("a", "A"), user_task("b", "B"), flow("a", "end"), flow("b", "end"))
    return (
        '<startEvent id="start"/>',
        f'<{kind} id="x"/>',
        '<endEvent id="end"/>',
        flow("start", "x"),
        *tasks,
        *(elements or (flow("x", "a"), flow("x", "b"))),
    )


def boundary(
    inside: str, attributes: str = 'attachedToRef="ask"', host: str = ASK, host_id: str = "ask"
) -> tuple[str, ...]:
    """A boundary event at a task."""
    event = f'<boundaryEvent id="x" {attributes}>{inside}</boundaryEvent>'
    return (*between(host, event, first=host_id, last=host_id), flow("x", "end"))


def catch(inside: str) -> tuple[str, ...]:
    """An event to wait for."""
    return one(f'<intermediateCatchEvent id="x">{inside}</intermediateCatchEvent>')


def event(kind: str, inside: str) -> str:
    """An event of a certain kind with its definition."""
    return f'<{kind} id="x">{inside}</{kind}>'


ADD = "probe.add"
USER = '<userTask id="x" camunda:candidateGroups="clerks"'
SCRIPT = '<scriptTask id="x" scriptFormat="feel" camunda:resultVariable="y">'
DECISION = '<businessRuleTask id="x" camunda:resultVariable="y" camunda:decisionRef="gone"/>'
MULTI = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
LISTENER = '<extensionElements><camunda:executionListener event="take" class="X"/></extensionElements>'

MISSPELT = (
    "<extensionElements><camunda:properties>"
    '<camunda:property name="milestoone" value="Geprüft"/>'
    "</camunda:properties></extensionElements>"
)

MAPPING = (
    "<extensionElements><camunda:inputOutput>"
    '<camunda:outputParameter name="a">=1</camunda:outputParameter>'
    "</camunda:inputOutput></extensionElements>"
)

REFUSALS = [
    # operations
    Refusal("unknown operation", one(service_task("x", "probe.gone")), "x", "No operation is called probe.gone"),
    Refusal("missing input", one(service_task("x", ADD, a="1")), "x", "needs the input b"),
    Refusal("unknown input", one(service_task("x", ADD, a="1", b="2", c="3")), "x", "knows no input c"),
    Refusal("service task without topic", one('<serviceTask id="x"/>'), "x", "names no operation"),
    Refusal(
        "event at what never waits",
        boundary(TIMER, 'attachedToRef="work"', host=service_task("work", ADD, a="1", b="2"), host_id="work"),
        "x",
        "done within one moment",
    ),
    Refusal("misspelt property", one(user_task("x", "X", MISSPELT)), "x", "property milestoone is not known"),
    # forms and decisions
    Refusal("task without form", one(f"{USER}/>"), "x", "has no form"),
    Refusal("unknown form", one(f'{USER} camunda:formRef="gone"/>'), "x", "no form gone"),
    Refusal(
        "unknown start form",
        ('<startEvent id="start" camunda:formRef="gone"/>', '<endEvent id="end"/>', flow("start", "end")),
        "start",
        "no form gone",
    ),
    Refusal("unknown decision", one(DECISION), "x", "no decision gone"),
    Refusal(
        "a decision of a certain version",
        one(DECISION.replace("/>", ' camunda:decisionRefBinding="version"/>')),
        "x",
        "The binding version of the decision cannot be run",
    ),
    Refusal(
        "a result of no known shape",
        one(DECISION.replace("/>", ' camunda:mapDecisionResult="table"/>')),
        "x",
        "The mapDecisionResult table is not known",
    ),
    Refusal("decision without name", one('<businessRuleTask id="x"/>'), "x", "decision or its result variable"),
    Refusal("task for nobody", one('<userTask id="x" camunda:formRef="answer"/>'), "x", "Nobody could take"),
    # elements that cannot be run
    Refusal("inclusive gateway", gateway("inclusiveGateway"), "x", "inclusiveGateway cannot be run"),
    Refusal("complex gateway", gateway("complexGateway"), "x", "complexGateway cannot be run"),
    Refusal("subprocess", one('<subProcess id="x"/>'), "x", "subProcess cannot be run"),
    Refusal("call activity", one('<callActivity id="x" calledElement="y"/>'), "x", "callActivity cannot be run"),
    Refusal("send task", one('<sendTask id="x"/>'), "x", "sendTask cannot be run"),
    Refusal("multi-instance", one(user_task("x", "X", MULTI)), "x", "multiInstanceLoopCharacteristics"),
    Refusal(
        "signal", one(event("intermediateCatchEvent", "<signalEventDefinition/>")), "x", "type signal", has_cure=False
    ),
    Refusal("error boundary", boundary("<errorEventDefinition/>"), "x", "type error", has_cure=False),
    Refusal(
        "conditional event",
        catch("<conditionalEventDefinition><condition>x</condition></conditionalEventDefinition>"),
        "x",
        "type conditional",
        has_cure=False,
    ),
    Refusal(
        "cycle timer",
        catch("<timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition>"),
        "x",
        "no duration and no date",
    ),
    Refusal(
        "broken duration",
        catch("<timerEventDefinition><timeDuration>1 day</timeDuration></timerEventDefinition>"),
        "x",
        "1 day is not a duration",
    ),
    Refusal("two things awaited", catch(TIMER + TIMER), "x", "several things at once"),
    Refusal("nothing awaited", catch(""), "x", "not said what the event waits for"),
    Refusal(
        "message without name",
        catch('<messageEventDefinition messageRef="gone"/>'),
        "x",
        "not said which message",
    ),
    Refusal(
        "message without correlation key",
        one('<receiveTask id="x" messageRef="m"/>'),
        "x",
        "which message belongs to this case",
        messages=MESSAGE,
    ),
    Refusal(
        "message thrown",
        one(event("intermediateThrowEvent", f'{KEY}<messageEventDefinition messageRef="m"/>')),
        "x",
        "throws a message",
        messages=MESSAGE,
    ),
    Refusal(
        "start event with a trigger",
        (event("startEvent", TIMER), '<endEvent id="end"/>', flow("x", "end")),
        "x",
        "start event with a trigger",
    ),
    Refusal("boundary event at nothing", boundary(TIMER, 'attachedToRef="gone"'), "x", "attached to nothing"),
    Refusal(
        "boundary event where nothing waits",
        boundary(TIMER, 'attachedToRef="y"', f"{SCRIPT.replace('x', 'y', 1)}<script>1</script></scriptTask>", "y"),
        "x",
        "never waits",
    ),
    # Camunda features without an equivalent
    Refusal("unknown attribute", one('<task id="x" camunda:asyncBefore="true"/>'), "x", "camunda:asyncBefore"),
    Refusal("unknown extension", one(f'<task id="x">{LISTENER}</task>'), "x", "camunda:executionListener"),
    Refusal(
        "listener on a flow",
        ('<startEvent id="start"/>', '<endEvent id="end"/>', flow("start", "end", inside=LISTENER)),
        "start-end",
        "camunda:executionListener",
    ),
    Refusal("mappings where nothing is mapped", one(f'<task id="x">{MAPPING}</task>'), "x", "Mappings"),
    Refusal(
        "mappings at an event",
        ('<startEvent id="start"/>', f'<endEvent id="x">{MAPPING}</endEvent>', flow("start", "x")),
        "x",
        "Mappings",
    ),
    Refusal(
        "result variable at a service task",
        one(service_task("x", ADD, a="1", b="2").replace("<serviceTask", '<serviceTask camunda:resultVariable="y"')),
        "x",
        "resultVariable",
    ),
    Refusal("due date where nobody works", one('<task id="x" camunda:dueDate="2026-01-01"/>'), "x", "dueDate"),
    Refusal("groups where nobody works", one('<task id="x" camunda:candidateGroups="a"/>'), "x", "candidateGroups"),
    Refusal("form where nobody fills it", one('<task id="x" camunda:formRef="answer"/>'), "x", "formRef"),
    # expressions
    Refusal(
        "broken condition",
        gateway("exclusiveGateway", flow("x", "a", "amount &lt;"), flow("x", "b", "true")),
        "x-a",
        "condition is not understood",
    ),
    Refusal("broken due date", one(f'{USER} camunda:formRef="answer" camunda:dueDate="=1 +"/>'), "x", "dueDate"),
    Refusal("broken script", one(f"{SCRIPT}<script>if true</script></scriptTask>"), "x", "script is not understood"),
    Refusal("broken input", one(service_task("x", ADD, a="=(", b="2")), "x", "expression at a is not understood"),
    Refusal(
        "Java in an expression",
        one(service_task("x", ADD, a="${execution.setVariable('a', 1)}", b="2")),
        "x",
        "expression at a is not understood",
    ),
    Refusal(
        "script in Groovy",
        one('<scriptTask id="x" scriptFormat="groovy" camunda:resultVariable="y"><script>1</script></scriptTask>'),
        "x",
        "Only scripts in FEEL",
    ),
    # structure
    Refusal("two start events", (*one(ASK, "ask"), '<startEvent id="second"/>'), "drawn", "2 start events"),
    Refusal("no start event", ('<endEvent id="end"/>',), "drawn", "0 start events"),
    Refusal("unreachable element", (*one(ASK, "ask"), user_task("island", "Island")), "island", "No path leads here"),
    Refusal("flow to nowhere", (*one(ASK, "ask"), flow("ask", "gone")), "ask-gone", "does not connect"),
    Refusal(
        "flow without a condition",
        gateway("exclusiveGateway", flow("x", "a", "true"), flow("x", "b")),
        "x-b",
        "without a condition",
    ),
    Refusal(
        "condition at a parallel gateway", gateway("parallelGateway", flow("x", "a", "true")), "x", "no conditions"
    ),
    Refusal(
        "condition at an event gateway", gateway("eventBasedGateway", flow("x", "a", "true")), "x", "have no conditions"
    ),
    Refusal(
        "default flow of another element",
        one(user_task("x", "X").replace("<userTask", '<userTask default="start-x"')),
        "x",
        "efault flow",
    ),
    Refusal(
        "event gateway leads to a task",
        gateway("eventBasedGateway", flow("x", "a")),
        "x-a",
        "leads to waiting events only",
    ),
    Refusal("two elements of one id", (*one(ASK, "ask"), user_task("ask", "Again")), "ask", "same id"),
]


def refused(bundle: Bundle, db: Database, services: Services) -> Sequence[Finding]:
    """The findings with which a bundle is refused."""
    with pytest.raises(ModelRefused) as refusal, unit_of_work(db) as session:
        deploy(session, services, bundle, form_check=no_findings)
    return refusal.value.findings


def deployed(db: Database, services: Services, bundle: Bundle) -> Deployment:
    """A bundle brought in."""
    with unit_of_work(db) as session:
        return deploy(session, services, bundle, form_check=no_findings)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.mistake)
def test_what_cannot_be_run_is_refused_with_place_reason_and_cure(refusal: Refusal):
    found = check_bundle(bundle_of(*refusal.elements, messages=refusal.messages), form_check=no_findings)
    told = [(finding.element_id, finding.reason) for finding in found]
    matching = [finding for finding in found if refusal.reason in finding.reason]
    assert [finding.element_id for finding in matching] == [refusal.element_id], told
    assert matching[0].resource == "drawn.bpmn"
    assert matching[0].severity == "error"
    assert bool(matching[0].cure) is refusal.has_cure


def test_a_sound_model_has_no_findings():
    assert check_bundle(bundle_of(*one(ASK, "ask")), form_check=no_findings) == []


def test_all_findings_are_told_at_once():
    elements = between(
        user_task("ask", "Ask"),
        '<task id="x" camunda:asyncBefore="true"/>',
        '<subProcess id="y"/>',
        first="x",
        last="y",
    )
    assert len(check_bundle(bundle_of(*elements), form_check=no_findings)) >= 2


def test_a_finding_names_the_element_as_people_do(db: Database, services: Services):
    named = user_task("ask", "Ask the applicant").replace('"answer"', '"gone"')
    (finding,) = refused(bundle_of(*one(named, "ask")), db, services)
    assert str(finding).startswith("drawn.bpmn: ask (Ask the applicant): There is no form gone.")


def test_a_refused_bundle_leaves_nothing_behind(db: Database, services: Services):
    refused(bundle_of(*one('<subProcess id="x"/>')), db, services)
    assert [rows(db, table) for table in (DeploymentRow, ResourceRow, DefinitionRow)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b'<!DOCTYPE x [<!ENTITY e "boom">]><definitions>&e;</definitions>', "document type declaration"),
        (b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><x/>', "document type declaration"),
        (b"<definitions>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<definitions/>", "0 executable processes"),
    ],
)
def test_a_file_that_is_no_safe_model_is_refused(source: bytes, reason: str):
    (finding,) = check_bundle(Bundle("drawn", {"drawn.bpmn": source}), form_check=no_findings)
    assert reason in finding.reason


def test_findings_of_the_form_check_refuse_the_bundle(db: Database, services: Services):
    with pytest.raises(ModelRefused, match=r"answer\.form.*has no title"), unit_of_work(db) as session:
        deploy(session, services, bundle_of(*one(ASK, "ask")), form_check=lambda source: ["The form has no title."])


def test_a_broken_decision_table_refuses_the_bundle(db: Database, services: Services):
    bundle = bundle_of(*one(ASK, "ask"))
    broken = Bundle("drawn", {**bundle.resources, "broken.dmn": b"<definitions/>"})
    assert refused(broken, db, services)[0].resource == "broken.dmn"


def test_a_service_task_for_an_external_worker_needs_no_operation_of_ours():
    worker = '<camunda:properties><camunda:property name="worker" value="external"/></camunda:properties>'
    task = service_task("x", "elsewhere.done").replace("<extensionElements>", f"<extensionElements>{worker}")
    assert check_bundle(bundle_of(*one(task)), form_check=no_findings) == []


def test_the_first_deployment_is_version_one(db: Database, services: Services):
    outcome = deployed(db, services, bundle_of(*one(ASK, "ask")))
    assert outcome.is_new
    assert [(found.key, found.version) for found in outcome.definitions] == [("drawn", 1)]


def test_an_unchanged_bundle_makes_no_new_version(db: Database, services: Services):
    first = deployed(db, services, bundle_of(*one(ASK, "ask")))
    again = deployed(db, services, bundle_of(*one(ASK, "ask")))
    assert (again.is_new, again.id, again.definitions) == (False, first.id, first.definitions)
    assert rows(db, DefinitionRow) == 1


@pytest.mark.parametrize("changed", ["answer.form", "drawn.bpmn", "notes.dmn"])
def test_any_changed_file_makes_a_new_version(db: Database, services: Services, changed: str):
    before = bundle_of(*one(ASK, "ask"))
    tables = (MODELS / "tables.dmn").read_bytes()
    after = {**before.resources, changed: before.resources.get(changed, tables) + b"\n"}
    deployed(db, services, before)
    outcome = deployed(db, services, Bundle("drawn", after))
    assert [found.version for found in outcome.definitions] == [2]


def test_going_back_to_an_old_bundle_is_a_new_version(db: Database, services: Services):
    old, new = bundle_of(*one(ASK, "ask")), bundle_of(*one(user_task("other", "Other"), "other"))
    for bundle in (old, new, old):
        outcome = deployed(db, services, bundle)
    assert [found.version for found in outcome.definitions] == [3]


def test_a_running_case_keeps_the_form_it_began_with(story: Story):
    old = bundle_of(*one(ASK, "ask"))
    new = Bundle("drawn", {**old.resources, "answer.form": old.resources["answer.form"].replace(b"Text", b"Words")})
    deployed(story.db, story.services, old)
    story.starts_deployed("drawn")
    deployed(story.db, story.services, new)
    with story.db.reading() as session:
        form = form_source(session, story.services, story.task("Ask").definition_id, "answer")
    assert form["components"][0]["label"] == "Text"


def test_a_new_case_gets_the_newest_form(story: Story):
    old = bundle_of(*one(ASK, "ask"))
    new = Bundle("drawn", {**old.resources, "answer.form": old.resources["answer.form"].replace(b"Text", b"Words")})
    deployed(story.db, story.services, old)
    deployed(story.db, story.services, new)
    story.starts_deployed("drawn")
    with story.db.reading() as session:
        form = form_source(session, story.services, story.task("Ask").definition_id, "answer")
    assert form["components"][0]["label"] == "Words"


def test_a_running_case_goes_on_in_the_model_it_began_with(story: Story):
    deployed(story.db, story.services, bundle_of(*one(ASK, "ask")))
    story.starts_deployed("drawn")
    deployed(story.db, story.services, bundle_of(*one(user_task("other", "Other"), "other")))
    story.services.definitions.clear()
    assert story.completes("Ask").ended_with == "end"


def test_the_start_form_is_known_without_a_case(db: Database, services: Services):
    start = '<startEvent id="start" camunda:formRef="answer"/>'
    deployed(db, services, bundle_of(start, '<endEvent id="end"/>', flow("start", "end")))
    with db.reading() as session:
        assert latest_definition(session, services, "drawn").info().start_form == "answer"


def test_a_process_that_is_not_deployed_is_not_found(db: Database, services: Services):
    with pytest.raises(DefinitionNotFound), db.reading() as session:
        latest_definition(session, services, "gone")


def test_a_form_of_another_bundle_is_not_found(db: Database, services: Services):
    deployed(db, services, bundle_of(*one(ASK, "ask")))
    with db.reading() as session:
        definition = latest_definition(session, services, "drawn")
        with pytest.raises(DefinitionNotFound):
            form_source(session, services, definition.id, "gone")


def test_a_folder_gives_its_models_tables_and_forms():
    assert {"tables.dmn", "answer.form", "script.bpmn"} <= set(Bundle.from_folder(MODELS).resources)
    assert not [name for name in Bundle.from_folder(MODELS).resources if name.endswith(".py")]


def test_conditions_may_be_written_as_camunda_7_does():
    elements = gateway("exclusiveGateway", flow("x", "a", "${amount &gt; 10}"), flow("x", "b", "=amount &lt;= 10"))
    assert check_bundle(bundle_of(*elements), form_check=no_findings) == []


def test_a_model_of_the_modeler_is_read_without_its_drawing():
    source = drawn("drawn", *one(ASK, "ask")).replace(
        b"</process>",
        b'<laneSet id="l"/><textAnnotation id="t"><text>Note</text></textAnnotation></process>'
        b'<BPMNDiagram xmlns="http://www.omg.org/spec/BPMN/20100524/DI" id="d"/>',
    )
    bundle = Bundle("drawn", {"drawn.bpmn": source, "answer.form": (MODELS / "answer.form").read_bytes()})
    assert check_bundle(bundle, form_check=no_findings) == []
