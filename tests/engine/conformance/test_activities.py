# SPDX-License-Identifier: EUPL-1.2
"""What happens at activities: tasks and their mappings, scripts, decisions, loops."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine.db import unit_of_work
from engine.deciding import ResultOfAnotherShape, shaped
from engine.definitions import Bundle, deploy
from engine.errors import StepFailed
from engine.models import CaseStateRow
from engine.queries.tasks import tasks_of_case
from engine.spiff.host import Limits
from engine.spiff.workflow import StepsExceeded
from engine.tasks import complete_task
from engine.values import unpack
from tests.engine.story import ANNA, MODELS, Story, no_findings

#: Longer than the depth at which a tree of tasks would silently be cut off.
ROUNDS = 350


@pytest.mark.shows("userTask", "due date, priority", "executed", point="3")
def test_a_task_carries_due_date_priority_and_the_cases_title(story: Story):
    task = story.starts("one_task", topic="bicycles").task("Answer")
    assert task.due_at == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert task.priority == 70
    assert (task.title, task.reference) == ("About bicycles", "ONE-2026-0001")


@pytest.mark.shows("userTask", "answers", "executed", point="1.1")
def test_answers_become_variables_of_the_case(story: Story):
    story.starts("one_task", topic="bicycles").completes("Answer", colour="red")
    assert story.variables == {"topic": "bicycles", "colour": "red"}


@pytest.mark.shows("endEvent", "none", "executed", point="1.3")
def test_the_case_ends_with_its_end_event(story: Story):
    story.starts("one_task", topic="bicycles").completes("Answer")
    assert (story.info.state, story.info.ended_with) == ("completed", "Answered")
    assert story.info.ended_at == story.clock.now()


@pytest.mark.shows("inputParameter", "local", "executed", point="3")
def test_inputs_of_an_activity_are_its_own(story: Story):
    story.starts("mappings", amount=10).completes("Count", number=5)
    assert not {"twice", "label", "parts", "a", "b"} & set(story.variables)


@pytest.mark.shows("outputParameter", "what it sees", "executed", point="3")
def test_outputs_see_the_inputs_the_task_and_the_result(story: Story):
    story.starts("mappings", amount=10).completes("Count", number=5)
    seen = story.variables
    assert (seen["seen_twice"], seen["seen_label"]) == (20, "plain text")
    assert (seen["by"], seen["named"]) == ("anna", "Count")
    assert (seen["total"], seen["shape"]) == (15, {"sum": 15, "twice": 10})


@pytest.mark.shows("userTask", "answers into one variable", "executed")
def test_answers_go_to_the_variable_that_the_model_names(story: Story):
    story.starts("mappings", amount=10).completes("Count", number=5)
    assert story.variables["counted"] == {"number": 5}
    assert "number" not in story.variables


@pytest.mark.shows("scriptTask", "FEEL", "executed", point="1.1")
def test_a_script_writes_one_variable(story: Story):
    story.starts("script", name="Ada")
    assert story.variables == {"name": "Ada", "greeting": "Hello Ada"}


@pytest.mark.shows("businessRuleTask", "single result", "executed", point="1.1")
def test_a_decision_gives_a_row_or_a_single_entry(story: Story):
    story.starts("decision", points=61)
    assert story.variables["graded"] == {"grade": "good", "passed": True}
    assert story.variables["fee"] == Decimal("12.50")


@pytest.mark.shows("businessRuleTask", "shape of the result", "executed", point="3")
def test_a_decision_gives_its_result_in_the_shape_that_the_model_asks_for(story: Story):
    seen = story.starts("decision_shapes", points=61).variables
    assert seen["rows"] == [{"percent": 5}, {"percent": 2}]
    assert seen["entries"] == [5, 2]
    assert seen["row"] == {"grade": "good", "passed": True}
    assert seen["entry"] == 122


@pytest.mark.shows("businessRuleTask", "binding", "executed", point="4")
def test_a_decision_is_that_of_its_bundle_or_the_newest(story: Story):
    story.starts("decision_shapes", points=61)
    files = dict(Bundle.from_file(MODELS / "decision_shapes.bpmn").resources)
    files["tables.dmn"] = files["tables.dmn"].replace(b"points * 2", b"points * 3")
    with unit_of_work(story.db) as session:
        deploy(session, story.services, Bundle("decision_shapes", files), form_check=no_findings)
    story.completes("Read")
    assert (story.variables["newest"], story.variables["own"]) == (183, 122)
    versions = {line.element_id: line.details["version"] for line in story.history if line.kind == "decision_evaluated"}
    assert (versions["newest"], versions["own"]) == (2, 1)


@pytest.mark.parametrize(
    ("outputs", "shape"),
    [
        ([{"a": 1}, {"a": 2}], "singleResult"),
        ([{"a": 1}, {"a": 2}], "singleEntry"),
        ([{"a": 1, "b": 2}], "singleEntry"),
        ([{"a": 1, "b": 2}], "collectEntries"),
    ],
)
def test_a_result_that_does_not_fit_is_never_cut(outputs: list[dict[str, int]], shape: str):
    with pytest.raises(ResultOfAnotherShape):
        shaped(outputs, shape)


@pytest.mark.parametrize(
    ("shape", "nothing"), [("singleResult", None), ("singleEntry", None), ("collectEntries", []), ("resultList", [])]
)
def test_no_rule_gives_nothing(shape: str, nothing: object):
    assert shaped([], shape) == nothing


@pytest.mark.shows("businessRuleTask", "trace", "executed", point="4")
def test_a_decision_leaves_its_trace_in_the_history(story: Story):
    story.starts("decision", points=61)
    traces = {line.element_id: line.details for line in story.history if line.kind == "decision_evaluated"}
    assert list(traces) == ["grade", "fee"]
    assert (traces["grade"]["decision"], traces["grade"]["version"]) == ("grade", 1)
    assert any("61" in line for line in traces["grade"]["explanation"])


@pytest.mark.shows("sequenceFlow", "a loop around a task", "executed", point="C")
def test_rounds_of_a_loop_cost_the_same_each_and_never_end_the_case(story: Story, zaehlt_statements: Callable[[], int]):
    story.starts("task_loop", enough=False)
    statements, sizes = set(), set()
    with unit_of_work(story.db) as session:
        for turn in range(ROUNDS):
            (task,) = tasks_of_case(session, story.case_id)
            zaehlt_statements()
            complete_task(session, story.services, task.id, {"enough": False}, ANNA)
            if turn:  # the first round of a transaction begins it
                statements.add(zaehlt_statements())
            state = session.scalars(select(CaseStateRow.content).where(CaseStateRow.case_id == story.case_id)).one()
            sizes.add(len(repr(unpack(state))))
    assert (len(statements), len(sizes)) == (1, 1)
    assert story.completes("Again", enough=True).ended_with == "Done"


def test_a_completion_takes_at_most_twelve_statements(story: Story, zaehlt_statements: Callable[[], int]):
    story.starts("terminate", key="k1")
    task_id = story.task("Stop").id
    zaehlt_statements()
    with unit_of_work(story.db) as session:
        complete_task(session, story.services, task_id, {}, ANNA)
    assert zaehlt_statements() <= 12


@pytest.mark.shows("scriptTask", "result that cannot be kept", "executed", point="6")
def test_a_value_that_no_variable_can_hold_fails_its_own_step(story: Story):
    story.starts("range_script")
    with pytest.raises(StepFailed) as failed:
        story.completes("Go")
    assert failed.value.element_id == "span"
    assert story.open() == ["Go"]


def test_a_title_keeps_to_one_printable_line(story: Story):
    story.starts("one_task", topic="bicycles\nand\x00cars " + "x" * 400)
    assert story.info.title.startswith("About bicycles and cars x")
    assert len(story.info.title) == 300


@pytest.mark.shows("step loop", "circle without a pause", "executed", point="9")
def test_a_process_that_circles_without_waiting_fails_instead_of_hanging(story: Story):
    story.services = replace(story.services, limits=Limits(steps_without_waiting=1_000))
    story.starts("circle", n=0)
    with pytest.raises(StepFailed) as failed:
        story.completes("Begin")
    assert isinstance(failed.value.cause, StepsExceeded)
    assert story.open() == ["Begin"]
