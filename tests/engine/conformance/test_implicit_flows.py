# SPDX-License-Identifier: EUPL-1.2
"""What happens where no gateway and no event is drawn: splits, merges, beginnings and ends of their own."""

import pytest

from engine.errors import StepFailed
from engine.spiff.specs import NoFlowMatches
from tests.engine.story import Story


@pytest.mark.shows("sequenceFlow", "implicit merge", "executed", point="1.1")
def test_a_task_with_two_incoming_flows_is_done_for_each_token(story: Story):
    story.starts("gateways/merge_without_gateway").completes("A").completes("B")
    assert story.open() == ["After", "After"]


@pytest.mark.shows("sequenceFlow", "implicit split and merge", "executed", point="1.1")
def test_what_parted_without_a_gateway_does_not_join_without_one(story: Story):
    assert story.starts("gateways/diamond").completes("A").open() == ["D", "D"]


@pytest.mark.shows("sequenceFlow", "lone conditional flow, true", "executed", point="F")
def test_a_lone_conditional_flow_is_taken_when_it_is_true(story: Story):
    assert story.starts("gateways/one_conditional_flow").completes("Ask", go=True).open() == ["Next"]


@pytest.mark.shows("sequenceFlow", "lone conditional flow, false", "executed", point="F")
def test_a_lone_conditional_flow_that_is_false_fails_the_step(story: Story):
    story.starts("gateways/one_conditional_flow")
    with pytest.raises(StepFailed) as failed:
        story.completes("Ask", go=False)
    assert failed.value.element_id == "ask"
    assert isinstance(failed.value.cause, NoFlowMatches)


@pytest.mark.shows("sequenceFlow", "conditional out of a subprocess", "executed", point="1.1")
@pytest.mark.parametrize(("a", "b", "opened"), [(True, True, ["A", "B"]), (False, True, ["B"]), (False, False, ["C"])])
def test_conditional_flows_leave_a_subprocess_else_its_default(story: Story, a: bool, b: bool, opened: list[str]):
    story.starts("gateways/conditional_out_of_subprocess")
    assert story.completes("Ask", a=a, b=b).open() == opened


@pytest.mark.shows("sequenceFlow", "conditional out of a start event", "executed", point="F")
@pytest.mark.parametrize(("a", "b", "opened"), [(True, True, ["A", "B"]), (False, True, ["B"])])
def test_conditional_flows_leave_a_start_event(story: Story, a: bool, b: bool, opened: list[str]):
    assert story.starts("gateways/conditional_out_of_start", a=a, b=b).open() == opened


@pytest.mark.shows("sequenceFlow", "conditional out of a start event, none true", "executed")
def test_a_case_whose_start_event_leads_nowhere_does_not_begin(story: Story):
    with pytest.raises(StepFailed) as failed:
        story.starts("gateways/conditional_out_of_start", a=False, b=False)
    assert failed.value.element_id == "start"


@pytest.mark.shows("sequenceFlow", "with and without condition mixed", "executed")
@pytest.mark.parametrize(("maybe", "opened"), [(True, ["Always", "Maybe"]), (False, ["Always"])])
def test_a_flow_without_a_condition_is_taken_beside_conditional_ones(story: Story, maybe: bool, opened: list[str]):
    assert story.starts("gateways/conditional_mixed").completes("Ask", maybe=maybe).open() == opened


@pytest.mark.shows("sequenceFlow", "two out of a start event", "executed", point="1.1")
def test_both_flows_out_of_a_start_event_are_taken(story: Story):
    assert story.starts("gateways/two_flows_out_of_start").open() == ["A", "B"]


@pytest.mark.shows("sequenceFlow", "two out of a catching and a throwing event", "executed")
def test_both_flows_out_of_intermediate_events_are_taken(story: Story):
    assert story.starts("gateways/two_flows_out_of_events").waits(hours=1).open() == ["A", "B", "C"]


@pytest.mark.shows("sequenceFlow", "two out of a boundary event", "executed")
def test_both_flows_out_of_a_boundary_event_are_taken(story: Story):
    story.starts("gateways/two_flows_out_of_events").waits(hours=1).waits(hours=1)
    assert story.open() == ["B", "C", "D", "E"]


@pytest.mark.shows("process", "without a start event", "executed", point="1.1")
def test_without_a_start_event_everything_begins_that_no_flow_leads_to(story: Story):
    assert story.starts("gateways/implicit_start").open() == ["A", "B"]


@pytest.mark.shows("process", "without an end event", "executed", point="1.1")
def test_without_an_end_event_the_case_ends_with_its_last_task(story: Story):
    story.starts("gateways/implicit_end").completes("A").completes("B")
    assert story.info.state == "completed"


@pytest.mark.shows("process", "a single task", "executed", point="1.1")
def test_a_single_task_is_a_process(story: Story):
    assert story.starts("gateways/lone_task").completes("A").info.state == "completed"


@pytest.mark.shows("subProcess", "without a start event", "executed", point="1.1")
def test_without_a_start_event_a_subprocess_begins_everywhere(story: Story):
    assert story.starts("gateways/implicit_inside").open() == ["A", "B"]


@pytest.mark.shows("subProcess", "without an end event", "executed", point="1.1")
def test_without_an_end_event_a_subprocess_ends_with_its_last_token(story: Story):
    story.starts("gateways/implicit_inside").completes("B").completes("A")
    assert story.open() == ["C"]
    assert story.completes("C").open() == ["After"]


@pytest.mark.shows("sequenceFlow", "two tasks that follow each other", "executed", point="1.1")
def test_two_tasks_may_follow_each_other_for_ever(story: Story):
    story.starts("gateways/there_and_back")
    for _ in range(5):
        story.completes("A").completes("B")
    assert (story.open(), story.info.state) == (["A"], "active")


@pytest.mark.shows("sequenceFlow", "a task that follows itself", "executed")
def test_a_task_may_follow_itself(story: Story):
    story.starts("gateways/to_itself").completes("A", again=True).completes("A", again=True)
    assert story.completes("A", again=False).ended_with == "Over"


@pytest.mark.shows("id", "words that libraries reserve", "executed", point="1.1")
def test_an_id_may_be_any_word(story: Story):
    story.starts("gateways/reserved_ids")
    assert story.open() == ["End task", "Start task"]
    assert story.completes("End task").completes("Start task").completes("Join task").ended_with == "Over"


@pytest.mark.shows("sequenceFlow", "a loop of more than a thousand rounds", "executed", point="C")
def test_a_loop_of_more_than_a_thousand_rounds_ends_when_it_should(story: Story):
    story.starts("gateways/thousand_rounds", n=0)
    for hundred in range(1, 12):
        assert (story.info.state, story.variables["n"]) == ("active", hundred * 100)
        story.completes("Pause")
    assert story.completes("Pause").ended_with == "Done"
    assert story.variables["twice"] == 2400
