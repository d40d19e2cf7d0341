# SPDX-License-Identifier: EUPL-1.2
"""Where tokens go: exclusive, parallel and event-based gateways, splits and conditions without a gateway."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.errors import NobodyWaits, StepFailed
from engine.models import JobRow, SubscriptionRow
from engine.spiff.specs import NoFlowMatches
from engine.values import unpack
from tests.engine.drawing import drawn, flow, user_task
from tests.engine.story import MODELS, Story, no_findings, rows


@pytest.mark.shows("exclusiveGateway", "split", "executed", point="1.2")
@pytest.mark.parametrize(("amount", "end"), [(5, "Small"), (50, "Medium"), (500, "Large")])
def test_exclusive_gateway_takes_the_first_true_flow_else_the_default(story: Story, amount: int, end: str):
    assert story.starts("exclusive_gateway", amount=amount).ended_with == end


@pytest.mark.shows("exclusiveGateway", "split, nothing true", "executed", point="1.2")
def test_no_matching_flow_fails_the_step_and_names_the_gateway(story: Story):
    story.starts("exclusive_without_default")
    with pytest.raises(StepFailed) as failed:
        story.completes("Enter amount", amount=50)
    assert failed.value.element_id == "which"
    assert isinstance(failed.value.cause, NoFlowMatches)


@pytest.mark.shows("conditionExpression", "neither true nor false", "executed")
def test_a_condition_that_is_neither_true_nor_false_fails_the_step(story: Story):
    story.starts("exclusive_without_default")
    with pytest.raises(StepFailed, match="ExpressionFailed"):
        story.completes("Enter amount", other="thing")


@pytest.mark.shows("step loop", "failing step", "executed", point="8")
def test_after_a_failed_step_case_and_task_stand_as_before(story: Story):
    story.starts("exclusive_without_default")
    before = (story.state(), story.tasks(), story.history)
    with pytest.raises(StepFailed):
        story.completes("Enter amount", amount=50)
    assert (story.state(), story.tasks(), story.history) == before


@pytest.mark.shows("step loop", "failing step, tried again", "executed", point="8")
def test_after_a_failed_step_the_task_can_still_be_completed(story: Story):
    story.starts("exclusive_without_default")
    with pytest.raises(StepFailed):
        story.completes("Enter amount", amount=50)
    assert story.completes("Enter amount", amount=5).ended_with == "Small"


@pytest.mark.shows("parallelGateway", "split", "executed", point="1.2")
def test_parallel_gateway_opens_all_branches(story: Story):
    assert story.starts("parallel_gateway", steps=[], left=None, right=None).open() == ["Left", "Right"]


@pytest.mark.shows("parallelGateway", "join", "executed", point="1.2")
def test_join_waits_for_both_branches(story: Story):
    story.starts("parallel_gateway", steps=[], left=None, right=None).completes("Left", left=1)
    assert story.open() == ["Right"]
    assert story.info.state == "active"


@pytest.mark.shows("parallelGateway", "variables at the join", "executed", point="A")
@pytest.mark.parametrize("order", [("Left", "Right"), ("Right", "Left")])
def test_join_loses_nothing_in_either_order(story: Story, order: tuple[str, str]):
    answers: dict[str, dict[str, Any]] = {"Left": {"left": 1}, "Right": {"right": 2}}
    story.starts("parallel_gateway", steps=[], left=None, right=None)
    for name in order:
        story.completes(name, **answers[name])
    assert story.ended_with == "Joined"
    assert story.variables["steps"] == [name.lower() for name in order]
    assert story.variables["sum"] == Decimal(3)


@pytest.mark.shows("variable", "written in another branch", "executed", point="A")
def test_a_branch_sees_what_the_other_has_written(story: Story):
    story.starts("parallel_gateway", steps=[], left=None, right=None)
    story.completes("Left", left=1).completes("Right", right=2)
    assert story.variables["right_saw"] == 1
    assert story.variables["left_saw"] is None


@pytest.mark.shows("parallelGateway", "in a loop", "executed", point="1.2")
def test_split_and_join_in_a_loop_wait_for_both_each_time(story: Story):
    story.starts("parallel_loop", again=True)
    story.completes("Left").completes("Right").completes("Right")
    assert story.open() == ["Left"]
    assert story.completes("Left", again=False).ended_with == "Done"


@pytest.mark.shows("parallelGateway", "twelve blocks in a row, walked through", "executed", point="D")
def test_twelve_parallel_blocks_in_a_row_are_walked_through(story: Story):
    with unit_of_work(story.db) as session:
        deploy(session, story.services, parallel_blocks(12), form_check=no_findings)
    story.starts_deployed("blocks")
    for number in range(12):
        story.completes(f"Left {number}").completes(f"Right {number}")
    assert story.ended_with == "over"


@pytest.mark.shows("parallelGateway", "cost of what lies ahead", "executed", point="D")
def test_parallel_blocks_ahead_cost_nothing_at_the_start(story: Story, zaehlt_statements: Callable[[], int]):
    costs = []
    for count in (1, 12):
        with unit_of_work(story.db) as session:
            deploy(session, story.services, parallel_blocks(count), form_check=no_findings)
        story.starts_deployed("blocks")
        zaehlt_statements()
        story.starts_deployed("blocks")
        costs.append((zaehlt_statements(), len(unpack(story.state())["tokens"])))
    assert costs[0] == costs[1]


@pytest.mark.shows("eventBasedGateway", "message before timer", "executed", point="1.2")
def test_message_first_withdraws_the_timer(story: Story):
    story.starts("event_gateway", key="k1").hears("Reply", "k1")
    assert story.ended_with == "Answered"
    assert rows(story.db, JobRow) == 0


@pytest.mark.shows("eventBasedGateway", "timer before message", "executed", point="1.2")
def test_timer_first_withdraws_the_subscription(story: Story):
    story.starts("event_gateway", key="k1").waits(hours=1)
    assert story.ended_with == "Silent"
    with pytest.raises(NobodyWaits):
        story.hears("Reply", "k1")


@pytest.mark.shows("eventBasedGateway", "waiting", "executed")
def test_event_gateway_waits_for_both_until_one_happens(story: Story):
    story.starts("event_gateway", key="k1").waits(minutes=59)
    assert story.info.state == "active"
    assert (rows(story.db, JobRow), rows(story.db, SubscriptionRow)) == (1, 1)


@pytest.mark.shows("sequenceFlow", "implicit split", "executed", point="1.1")
def test_flows_without_conditions_are_all_taken(story: Story):
    story.starts("implicit_split")
    assert story.open() == ["One", "Two"]


@pytest.mark.shows("endEvent", "several tokens", "executed")
def test_a_case_ends_with_its_last_token_not_with_its_first(story: Story):
    story.starts("implicit_split").completes("One")
    assert story.ended_with is None
    assert story.completes("Two").ended_with == "Second end"


@pytest.mark.shows("sequenceFlow", "conditional out of a task", "executed", point="F")
@pytest.mark.parametrize(
    ("answers", "opened"),
    [
        ({"tea": True, "cake": True}, ["Cake", "Tea"]),
        ({"tea": True, "cake": False}, ["Tea"]),
        ({"tea": False, "cake": False}, ["Nothing"]),
    ],
)
def test_every_true_flow_out_of_an_activity_is_taken_else_the_default(
    story: Story, answers: dict[str, Any], opened: list[str]
):
    assert story.starts("conditional_flows").completes("Choose", **answers).open() == opened


@pytest.mark.shows("sequenceFlow", "lone default flow", "executed")
def test_a_lone_default_flow_is_taken(story: Story):
    assert story.starts("lone_default_flow").completes("Ask").ended_with == "Over"


def parallel_blocks(count: int) -> Bundle:
    """A process of so many splits and joins, one after the other."""
    nodes, flows = ['<startEvent id="start"/>', '<endEvent id="over"/>'], []
    before = "start"
    for n in range(count):
        nodes += [f'<parallelGateway id="split{n}"/>', f'<parallelGateway id="join{n}"/>']
        nodes += [user_task(f"left{n}", f"Left {n}"), user_task(f"right{n}", f"Right {n}")]
        flows += [flow(before, f"split{n}"), flow(f"split{n}", f"left{n}"), flow(f"split{n}", f"right{n}")]
        flows += [flow(f"left{n}", f"join{n}"), flow(f"right{n}", f"join{n}")]
        before = f"join{n}"
    form = (MODELS / "answer.form").read_bytes()
    return Bundle("blocks", {"blocks.bpmn": drawn("blocks", *nodes, *flows, flow(before, "over")), "answer.form": form})
