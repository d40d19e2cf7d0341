# SPDX-License-Identifier: EUPL-1.2
"""What items of a multi-instance see and give, and what ends one of them or all."""

import pytest

from engine.errors import StepFailed
from engine.identity import Actor
from tests.engine.conformance.test_events import NOTHING, left_open
from tests.engine.items import answered, assignees, done
from tests.engine.story import Story

MI = "multi_instance"
THREE = ["ada", "bea", "cleo"]
FOUR = [*THREE, "dora"]
HOW = pytest.mark.parametrize("how", ["at_once", "in_turn"])


# -- counters -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("multiInstanceLoopCharacteristics", "nrOfInstances", "executed", point="1.1")
def test_an_item_sees_how_many_there_are_and_how_many_are_done(story: Story):
    seen = answered(story.starts(f"{MI}/counters", persons=THREE), "ada", "bea").sees("Work")
    assert (seen["nrOfInstances"], seen["nrOfCompletedInstances"], seen["nrOfActiveInstances"]) == (3, 2, 1)


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopCounter", "executed", point="1.1")
def test_an_item_sees_its_number(story: Story):
    assert answered(story.starts(f"{MI}/counters", persons=THREE), "ada", "cleo").sees("Work")["loopCounter"] == 1


@pytest.mark.shows("multiInstanceLoopCharacteristics", "sequential counters", "executed", point="1.1")
def test_of_items_in_turn_one_is_active(story: Story):
    seen = answered(story.starts(f"{MI}/user_in_turn", persons=THREE), "ada").sees("Work")
    counted = (seen["nrOfInstances"], seen["nrOfCompletedInstances"], seen["nrOfActiveInstances"], seen["loopCounter"])
    assert counted == (3, 1, 1, 1)


# -- when it is enough --------------------------------------------------------------------------------------------


@pytest.mark.shows("multiInstanceLoopCharacteristics", "completionCondition", "executed", point="1.1")
def test_when_enough_are_done_the_rest_is_withdrawn(story: Story):
    answered(story.starts(f"{MI}/completion_at_once", persons=FOUR), "dora")
    assert assignees(story) == THREE
    assert answered(story, "bea").open() == ["After"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "completionCondition, sequential", "executed", point="1.1")
def test_when_enough_are_done_nothing_more_is_opened(story: Story):
    answered(story.starts(f"{MI}/completion_in_turn", persons=FOUR), "ada")
    assert assignees(story) == ["bea"]
    assert answered(story, "bea").open() == ["After"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "completionCondition, refused value", "executed", point="1.1")
@HOW
def test_a_condition_that_is_neither_true_nor_false_fails_the_step(story: Story, how: str):
    story.starts(f"{MI}/completion_text_{how}", persons=THREE)
    with pytest.raises(StepFailed) as failed:
        answered(story, "ada", enough="perhaps")
    assert (failed.value.element_id, "ada" in assignees(story)) == ("work", True)


# -- what items give ----------------------------------------------------------------------------------------------


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopDataOutputRef, outputDataItem", "executed", point="1.1")
@pytest.mark.parametrize(("how", "order"), [("at_once", ["cleo", "ada", "bea"]), ("in_turn", THREE)])
def test_replies_are_collected_in_the_order_of_the_items(story: Story, how: str, order: list[str]):
    story.starts(f"{MI}/output_{how}", persons=THREE)
    for person in order:
        answered(story, person, reply=f"{person} agrees")
    assert story.variables["replies"] == ["ada agrees", "bea agrees", "cleo agrees"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopDataOutputRef, outputDataItem", "executed", point="1.1")
@HOW
def test_what_scripts_give_is_collected(story: Story, how: str):
    story.starts(f"{MI}/output_script_{how}", persons=THREE)
    assert story.variables == {"persons": THREE, "replies": ["ada!", "bea!", "cleo!"]}


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopDataOutputRef, outputParameter", "executed", point="1.1")
@HOW
def test_what_output_mappings_give_is_collected(story: Story, how: str):
    story.starts(f"{MI}/output_mapping_{how}", numbers=[1, 2, 3])
    assert story.variables == {"numbers": [1, 2, 3], "sums": [11, 12, 13]}


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopDataOutputRef, called cases", "executed", point="1.1")
@HOW
def test_what_called_cases_give_is_collected(story: Story, how: str):
    story.starts(f"{MI}/output_call_{how}", numbers=[1, 2, 3]).works()
    assert story.variables == {"numbers": [1, 2, 3], "sums": [11, 12, 13]}


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopDataOutputRef, existing", "executed", point="1.1")
def test_a_collection_that_was_there_is_replaced(story: Story):
    story.starts(f"{MI}/output_script_at_once", persons=["ada"], replies=["old", "older"])
    assert story.variables["replies"] == ["ada!"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "inputParameter and outputParameter", "executed", point="3")
def test_inputs_and_outputs_belong_to_each_item(story: Story):
    answered(story.starts(f"{MI}/item_mappings", persons=THREE, greetings=[]), *THREE)
    assert story.variables == {"persons": THREE, "greetings": ["Hello ada", "Hello bea", "Hello cleo"]}


# -- within each other --------------------------------------------------------------------------------------------


@pytest.mark.shows("multiInstanceLoopCharacteristics", "nested", "executed", point="1.1")
@HOW
def test_a_multi_instance_may_be_within_another(story: Story, how: str):
    story.starts(f"{MI}/nested_{how}", floors=[1, 2], rooms=["a", "b"], log=[])
    assert sorted(story.variables["log"]) == ["1a", "1b", "2a", "2b"]
    assert story.open() == ["After"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "nested", "executed", point="1.1")
def test_the_inner_collection_belongs_to_the_outer_member(story: Story):
    story.starts(f"{MI}/item_inner_mi", floors=[{"rooms": ["a"]}, {"rooms": ["b", "c"]}])
    for left in (3, 2, 1):
        assert len(story.tasks()) == left
        done(story, story.tasks()[0])
    assert story.open() == ["After"]


# -- what ends it -------------------------------------------------------------------------------------------------


@pytest.mark.shows("multiInstanceLoopCharacteristics", "boundary event, interrupting", "executed", point="1.1")
@pytest.mark.parametrize("model", ["boundary_timer", "boundary_timer_in_turn"])
def test_a_timer_withdraws_all_items(story: Story, model: str):
    answered(story.starts(f"{MI}/{model}", persons=THREE), "ada").waits(days=1)
    assert (story.ended_with, left_open(story)) == ("Too late", NOTHING)


@pytest.mark.shows("multiInstanceLoopCharacteristics", "boundary event, non-interrupting", "executed", point="1.1")
def test_a_timer_beside_runs_for_all_items_together(story: Story):
    story.starts(f"{MI}/boundary_beside", persons=THREE).waits(days=1)
    assert story.open() == ["Remind", "Work", "Work", "Work"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "boundary event", "executed", point="1.1")
def test_when_all_items_are_done_the_timer_is_withdrawn(story: Story):
    answered(story.starts(f"{MI}/boundary_timer", persons=THREE), *THREE).completes("After")
    assert (story.ended_with, left_open(story)) == ("Done", NOTHING)


@pytest.mark.shows("errorEventDefinition", "boundary of a multi-instance", "executed", point="G")
def test_an_error_in_one_item_ends_them_all(story: Story):
    answered(story.starts(f"{MI}/boundary_error", persons=THREE, broken=False), "ada")
    answered(story, "cleo", broken=True)
    assert (story.ended_with, left_open(story)) == ("Mended", NOTHING)


@pytest.mark.shows("terminateEventDefinition", "in a multi-instance", "executed", point="E")
def test_a_terminate_end_ends_its_item_only(story: Story):
    story.starts(f"{MI}/item_terminates", persons=THREE)
    for person in THREE:
        (task,) = [task for task in story.tasks() if task.assignee == person and task.name == "Ask"]
        done(story, task, by=Actor(person, person))
        assert person not in assignees(story)
    assert story.open() == ["After"]


@pytest.mark.shows("boundaryEvent", "within an item of a multi-instance", "executed", point="1.1")
def test_an_event_within_an_item_interrupts_that_item_only(story: Story):
    story.starts(f"{MI}/item_interrupted", persons=THREE, log=[]).hears("Revoked", "bea")
    assert story.variables["log"] == ["bea"]
    assert story.hears("Reply", "ada").open() == []
    assert story.hears("Reply", "cleo").open() == ["After"]


# -- jobs ---------------------------------------------------------------------------------------------------------


@pytest.mark.shows("multiInstanceLoopCharacteristics", "asyncBefore", "executed", point="3")
@pytest.mark.parametrize(("how", "first"), [("at_once", THREE), ("in_turn", ["ada"])])
def test_each_item_may_begin_with_a_job(story: Story, how: str, first: list[str]):
    assert assignees(story.starts(f"{MI}/async_{how}", persons=THREE)) == []
    assert assignees(story.works()) == first
    for person in THREE:
        answered(story, person).works()
    assert story.open() == ["After"]
