# SPDX-License-Identifier: EUPL-1.2
"""Bringing models in: what is refused with which reason, and when a new version begins."""

from collections.abc import Sequence

import pytest

from engine.db import Database, unit_of_work
from engine.definitions import Bundle, Deployment, check_bundle, deploy, form_source, latest_definition
from engine.errors import DefinitionNotFound, Finding, ModelRefused
from engine.models import DefinitionRow, DeploymentRow, ResourceRow
from engine.services import Services
from tests.engine.drawing import between, bundle_of, drawn, flow, service_task, user_task
from tests.engine.story import MODELS, Story, no_findings, rows

ASK = user_task("ask", "Ask")


def one(element: str, element_id: str = "x") -> tuple[str, ...]:
    """A process of one element between start and end."""
    return between(element, first=element_id, last=element_id)


def choice(*flows: str) -> tuple[str, ...]:
    """An exclusive gateway that leads to two tasks."""
    tasks = (user_task("a", "A"), user_task("b", "B"), flow("a", "end"), flow("b", "end"))
    start = ('<startEvent id="start"/>', '<exclusiveGateway id="x"/>', flow("start", "x"))
    return (*start, *tasks, '<endEvent id="end"/>', *flows)


def refused(bundle: Bundle, db: Database, services: Services) -> Sequence[Finding]:
    """The findings with which a bundle is refused."""
    with pytest.raises(ModelRefused) as refusal, unit_of_work(db) as session:
        deploy(session, services, bundle, form_check=no_findings)
    return refusal.value.findings


def deployed(db: Database, services: Services, bundle: Bundle) -> Deployment:
    """A bundle brought in."""
    with unit_of_work(db) as session:
        return deploy(session, services, bundle, form_check=no_findings)


def test_a_sound_model_has_no_findings():
    assert check_bundle(bundle_of(*one(ASK, "ask")), form_check=no_findings) == []


def test_all_findings_are_told_at_once():
    elements = between('<serviceTask id="x"/>', '<callActivity id="y"/>', flow("x", "y"), first="x", last="y")
    found = check_bundle(bundle_of(*elements), form_check=no_findings)
    assert [finding.element_id for finding in found] == ["x", "y"]


def test_a_warning_does_not_keep_a_bundle_from_being_deployed(db: Database, services: Services):
    outcome = deployed(db, services, bundle_of(*one('<userTask id="x" camunda:formRef="answer"/>')))
    assert [(found.element_id, found.severity) for found in outcome.warnings] == [("x", "warning")]
    assert rows(db, DefinitionRow) == 1


def test_a_finding_names_the_element_as_people_do(db: Database, services: Services):
    named = user_task("ask", "Ask the applicant").replace('"answer"', '"gone"')
    (finding,) = refused(bundle_of(*one(named, "ask")), db, services)
    assert str(finding).startswith("drawn.bpmn:1: ask (Ask the applicant): There is no form gone.")


def test_a_refused_bundle_leaves_nothing_behind(db: Database, services: Services):
    refused(bundle_of(*one('<serviceTask id="x"/>')), db, services)
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
    elements = choice(flow("x", "a", "${amount &gt; 10}"), flow("x", "b", "=amount &lt;= 10"))
    assert check_bundle(bundle_of(*elements), form_check=no_findings) == []


def test_a_model_of_the_modeler_is_read_without_its_drawing():
    source = drawn("drawn", *one(ASK, "ask")).replace(
        b"</process>",
        b'<laneSet id="l"/><textAnnotation id="t"><text>Note</text></textAnnotation></process>'
        b'<BPMNDiagram xmlns="http://www.omg.org/spec/BPMN/20100524/DI" id="d"/>',
    )
    bundle = Bundle("drawn", {"drawn.bpmn": source, "answer.form": (MODELS / "answer.form").read_bytes()})
    assert check_bundle(bundle, form_check=no_findings) == []
