# SPDX-License-Identifier: EUPL-1.2
"""Ad-hoc subprocesses: activities in any order, until it is enough."""

import pytest

from engine.errors import StepFailed
from tests.engine.conformance.test_events import NOTHING, left_open
from tests.engine.story import Story

ADHOC = "adhoc"


@pytest.mark.shows("adHocSubProcess", "parallel", "executed", point="1.1")
@pytest.mark.parametrize("model", ["parallel", "parallel_named"])
def test_all_activities_are_open_at_once(story: Story, model: str):
    assert story.starts(f"{ADHOC}/{model}").open() == ["A", "B", "C"]


@pytest.mark.shows("adHocSubProcess", "parallel", "executed", point="1.1")
def test_without_a_condition_it_is_over_when_nothing_is_left(story: Story):
    story.starts(f"{ADHOC}/parallel").completes("C").completes("A")
    assert story.open() == ["B"]
    assert story.completes("B").open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "sequential", "executed", point="1.1")
def test_one_activity_after_the_other(story: Story):
    story.starts(f"{ADHOC}/sequential")
    for name in ("A", "B", "C"):
        assert story.open() == [name]
        story.completes(name)
    assert story.open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "sequential", "executed", point="1.1")
def test_scripts_are_run_in_the_order_of_the_file(story: Story):
    assert story.starts(f"{ADHOC}/scripts", log=[]).variables["log"] == ["one", "two", "three"]
    assert story.open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "sequential, interrupting event subprocess", "executed", point="1.4")
def test_behind_an_interrupting_event_subprocess_nothing_more_is_opened(story: Story):
    assert story.starts(f"{ADHOC}/sequential_interrupted").signals("Storm").open() == ["Shelter"]
    assert story.completes("Shelter").open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "sequential, event subprocess", "executed", point="1.4")
def test_an_event_subprocess_beside_does_not_hold_the_next_activity_up(story: Story):
    story.starts(f"{ADHOC}/sequential_event").signals("Storm")
    assert story.open() == ["A", "Shelter"]
    assert story.completes("A").open() == ["B", "Shelter"]
    assert story.completes("B").completes("Shelter").open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "completionCondition", "executed", point="1.1")
def test_when_it_is_enough_the_rest_is_withdrawn(story: Story):
    assert story.starts(f"{ADHOC}/condition", enough=False).completes("B", enough=True).open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "completionCondition", "executed", point="1.1")
def test_while_it_is_not_enough_the_rest_stays_open(story: Story):
    assert story.starts(f"{ADHOC}/condition", enough=False).completes("B").open() == ["A", "C"]


@pytest.mark.shows("adHocSubProcess", "completionCondition", "executed", point="1.1")
def test_it_is_over_with_its_last_activity_even_when_it_is_not_enough(story: Story):
    story.starts(f"{ADHOC}/condition", enough=False).completes("A").completes("B").completes("C")
    assert story.open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "completionCondition", "executed", point="1.1")
def test_a_condition_that_holds_from_the_beginning_waits_for_the_first_activity(story: Story):
    assert story.starts(f"{ADHOC}/condition", enough=True).open() == ["A", "B", "C"]
    assert story.completes("A").open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "cancelRemainingInstances false", "executed", point="1.1")
def test_when_it_is_enough_the_rest_may_be_waited_for(story: Story):
    story.starts(f"{ADHOC}/condition_waits", enough=False).completes("B", enough=True)
    assert story.open() == ["A", "C"]
    assert story.completes("A").completes("C").open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "sequential, completionCondition", "executed", point="1.1")
def test_when_it_is_enough_nothing_more_is_opened(story: Story):
    story.starts(f"{ADHOC}/condition_sequential", enough=False).completes("A")
    assert story.open() == ["B"]
    assert story.completes("B", enough=True).open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "completionCondition", "executed", point="1.1")
def test_the_condition_may_count_what_is_done(story: Story):
    story.starts(f"{ADHOC}/counts", log=[]).completes("A")
    assert story.open() == ["B", "C"]
    assert story.completes("B").open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "completionCondition", "executed", point="1.1")
def test_a_condition_that_is_neither_true_nor_false_fails_the_step(story: Story):
    story.starts(f"{ADHOC}/condition_text")
    with pytest.raises(StepFailed):
        story.completes("A", enough="perhaps")
    assert story.open() == ["A", "B", "C"]


@pytest.mark.shows("adHocSubProcess", "flows within", "executed", point="1.1")
def test_a_flow_within_orders_two_activities(story: Story):
    assert story.starts(f"{ADHOC}/inner_flow").open() == ["A", "C"]
    assert story.completes("A").open() == ["B", "C"]
    assert story.completes("B").completes("C").open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "flows within, completionCondition", "executed", point="1.1")
def test_when_it_is_enough_no_flow_is_followed(story: Story):
    story.starts(f"{ADHOC}/inner_flow_condition", enough=False)
    assert story.completes("A", enough=True).open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "subprocess within", "executed", point="1.1")
def test_a_subprocess_may_be_among_the_activities(story: Story):
    assert story.starts(f"{ADHOC}/inner_subprocess").completes("B1").open() == ["A", "B2"]
    assert story.completes("B2").completes("A").open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "boundary event", "executed", point="1.1")
def test_a_timer_withdraws_all_activities(story: Story):
    story.starts(f"{ADHOC}/timer").completes("A").waits(days=1)
    assert (story.ended_with, left_open(story)) == ("Too late", NOTHING)


@pytest.mark.shows("adHocSubProcess", "inputParameter", "executed", point="A")
def test_activities_see_the_scope_around_them(story: Story):
    story.starts(f"{ADHOC}/local", amount=4)
    assert (story.sees("B")["rate"], story.variables) == (8, {"amount": 4})


@pytest.mark.shows("adHocSubProcess", "what begins is listed", "executed")
@pytest.mark.parametrize("first", ["b, c", ["c", "b"]])
def test_only_what_is_listed_begins(story: Story, first: str | list[str]):
    assert story.starts(f"{ADHOC}/begins_with", first=first).open() == ["B", "C"]
    assert story.completes("B").completes("C").open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "what begins is listed", "executed")
def test_what_is_listed_has_to_be_there(story: Story):
    with pytest.raises(StepFailed) as failed:
        story.starts(f"{ADHOC}/begins_with", first="d")
    assert "adhoc cannot begin with d" in str(failed.value.cause)


@pytest.mark.shows("adHocSubProcess", "counts of activities", "executed")
def test_the_condition_may_ask_how_much_is_done(story: Story):
    assert story.starts(f"{ADHOC}/asks_for_counts").completes("B").open() == ["After"]


@pytest.mark.shows("adHocSubProcess", "counts of activities", "executed")
def test_the_condition_is_asked_behind_each_activity(story: Story):
    assert story.starts(f"{ADHOC}/asks_for_counts").completes("A").completes("B").open() == ["C"]
