# SPDX-License-Identifier: EUPL-1.2
"""Multi-instance: an activity for each member of a collection, all at once or one after the other."""

from typing import Any

import pytest

from engine.errors import StepFailed
from tests.engine.items import answered, assignees, done
from tests.engine.probes import Bell
from tests.engine.story import Story

MI = "multi_instance"
THREE = ["ada", "bea", "cleo"]
HOW = pytest.mark.parametrize("how", ["at_once", "in_turn"])


# -- every kind of activity ---------------------------------------------------------------------------------------


@pytest.mark.shows("multiInstanceLoopCharacteristics", "parallel user task", "executed", point="1.1")
def test_a_task_is_open_for_each_member(story: Story):
    assert assignees(story.starts(f"{MI}/user_at_once", persons=THREE)) == THREE


@pytest.mark.shows("multiInstanceLoopCharacteristics", "parallel user task", "executed", point="1.1")
def test_the_case_goes_on_when_all_tasks_are_done(story: Story):
    story.starts(f"{MI}/user_at_once", persons=THREE)
    assert answered(story, "cleo", "ada").open() == ["Work"]
    assert answered(story, "bea").open() == ["After"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "sequential user task", "executed", point="1.1")
def test_a_task_is_open_for_one_member_after_the_other(story: Story):
    story.starts(f"{MI}/user_in_turn", persons=THREE)
    for person in THREE:
        assert assignees(story) == [person]
        answered(story, person)
    assert story.open() == ["After"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "script task", "executed", point="1.1")
@HOW
def test_a_script_is_run_for_each_member(story: Story, how: str):
    assert story.starts(f"{MI}/script_{how}", persons=THREE, log=[]).variables["log"] == THREE


@pytest.mark.shows("multiInstanceLoopCharacteristics", "service task in the transaction", "executed", point="A")
@HOW
def test_items_see_what_the_items_before_have_written(story: Story, how: str):
    assert story.starts(f"{MI}/add_{how}", numbers=[1, 2, 3], sum=10).variables["sum"] == 16


@pytest.mark.shows("multiInstanceLoopCharacteristics", "service task as a job", "executed", point="1.1")
@HOW
def test_a_job_is_done_for_each_member(story: Story, bell: Bell, how: str):
    story.starts(f"{MI}/job_{how}", persons=THREE, rang=[])
    assert story.open() == []
    assert story.works().open() == ["After"]
    assert (sorted(bell.rings), sorted(story.variables["rang"])) == (THREE, THREE)


@pytest.mark.shows("multiInstanceLoopCharacteristics", "sequential service task as a job", "executed", point="1.1")
def test_jobs_may_follow_each_other_in_the_order_of_the_members(story: Story, bell: Bell):
    story.starts(f"{MI}/job_in_turn", persons=THREE, rang=[]).works()
    assert bell.rings == THREE


@pytest.mark.shows("multiInstanceLoopCharacteristics", "external task", "executed", point="1.1")
@HOW
def test_a_program_elsewhere_works_for_each_member(story: Story, how: str):
    story.starts(f"{MI}/external_{how}", persons=THREE)
    for _ in THREE:
        assert story.open() == []
        # What the worker has fetched and not done is free again after a while.
        story.delivers("meter.read").waits(minutes=2)
    assert story.open() == ["After"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "parallel subProcess", "executed", point="1.1")
def test_a_subprocess_is_run_for_each_member(story: Story):
    story.starts(f"{MI}/subprocess_at_once", persons=THREE, log=[])
    assert assignees(story) == THREE
    answered(story, "cleo", "bea", "ada")
    assert (story.open(), story.variables["log"]) == (["After"], ["cleo", "bea", "ada"])


@pytest.mark.shows("multiInstanceLoopCharacteristics", "sequential subProcess", "executed", point="1.1")
def test_a_subprocess_is_run_for_one_member_after_the_other(story: Story):
    story.starts(f"{MI}/subprocess_in_turn", persons=THREE, log=[])
    for person in THREE:
        assert assignees(story) == [person]
        answered(story, person)
    assert (story.open(), story.variables["log"]) == (["After"], THREE)


@pytest.mark.shows("multiInstanceLoopCharacteristics", "receiveTask", "executed", point="1.3")
@pytest.mark.parametrize(("how", "order"), [("at_once", ["bea", "ada", "cleo"]), ("in_turn", THREE)])
def test_each_member_has_a_message_of_its_own(story: Story, how: str, order: list[str]):
    story.starts(f"{MI}/receive_{how}", persons=THREE)
    for person in order:
        assert story.open() == []
        story.hears("Reply", person)
    assert story.open() == ["After"]


# -- how many -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopCardinality", "executed", point="1.1")
def test_a_model_says_how_many(story: Story):
    assert story.starts(f"{MI}/cardinality_literal").open() == ["Work", "Work", "Work"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopCardinality, expression", "executed", point="1.1")
@pytest.mark.parametrize(("how", "opened"), [("at_once", 3), ("in_turn", 1)])
def test_a_variable_says_how_many(story: Story, how: str, opened: int):
    story.starts(f"{MI}/cardinality_{how}", count=3)
    assert len(story.tasks()) == opened
    for _ in range(3):
        done(story, story.tasks()[0])
    assert story.open() == ["After"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopCardinality, nought", "executed", point="1.1")
@HOW
def test_none_at_all_goes_on_at_once(story: Story, how: str):
    assert story.starts(f"{MI}/cardinality_{how}", count=0).open() == ["After"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "empty collection", "executed", point="1.1")
@HOW
def test_an_empty_collection_goes_on_at_once(story: Story, how: str):
    assert story.starts(f"{MI}/user_{how}", persons=[]).open() == ["After"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopCardinality, refused value", "executed", point="1.1")
@pytest.mark.parametrize("count", [-1, "many", None, 2.5])
@HOW
def test_a_number_that_is_none_fails_the_step(story: Story, how: str, count: Any):
    with pytest.raises(StepFailed) as failed:
        story.starts(f"{MI}/cardinality_{how}", count=count)
    assert failed.value.element_id == "work"


@pytest.mark.shows("multiInstanceLoopCharacteristics", "collection, refused value", "executed", point="1.1")
@pytest.mark.parametrize("persons", [None, "ada", {"name": "ada"}])
@HOW
def test_a_collection_that_is_none_fails_the_step(story: Story, how: str, persons: Any):
    with pytest.raises(StepFailed) as failed:
        story.starts(f"{MI}/user_{how}", persons=persons)
    assert failed.value.element_id == "work"


@pytest.mark.shows("multiInstanceLoopCharacteristics", "collection that is not there", "executed", point="1.1")
def test_a_collection_that_is_not_there_fails_the_step(story: Story):
    with pytest.raises(StepFailed) as failed:
        story.starts(f"{MI}/user_at_once")
    assert failed.value.element_id == "work"


# -- of what ------------------------------------------------------------------------------------------------------


@pytest.mark.shows("multiInstanceLoopCharacteristics", "collection, JUEL expression", "executed", point="3")
def test_an_expression_gives_the_collection(story: Story):
    story.starts(f"{MI}/collection_expression", family={"children": THREE}, log=[])
    assert story.variables["log"] == THREE


@pytest.mark.shows("multiInstanceLoopCharacteristics", "collection, FEEL expression", "executed", point="3")
def test_the_collection_may_be_computed(story: Story):
    story.starts(f"{MI}/collection_feel", persons=["Ada", "Bea", "Ben"], log=[])
    assert story.variables["log"] == ["Bea", "Ben"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "loopDataInputRef, inputDataItem", "executed", point="1.1")
def test_collection_and_member_may_be_named_as_the_standard_does(story: Story):
    story.starts(f"{MI}/collection_by_reference", persons=THREE, log=[])
    assert story.variables["log"] == THREE


@pytest.mark.shows("multiInstanceLoopCharacteristics", "empty member", "executed", point="1.1")
@HOW
def test_a_member_may_be_empty(story: Story, how: str):
    story.starts(f"{MI}/script_{how}", persons=["ada", None, "cleo"], log=[])
    assert (story.open(), story.variables["log"]) == (["After"], ["ada", None, "cleo"])


@pytest.mark.shows("multiInstanceLoopCharacteristics", "elementVariable", "executed", point="A")
@HOW
def test_the_member_is_seen_by_its_item_only(story: Story, how: str):
    story.starts(f"{MI}/script_{how}", persons=THREE, log=[], person="nobody")
    assert story.variables["person"] == "nobody"


@pytest.mark.shows("multiInstanceLoopCharacteristics", "elementVariable", "executed", point="A")
@HOW
def test_member_and_counters_are_gone_behind_it(story: Story, how: str):
    assert set(story.starts(f"{MI}/script_{how}", persons=THREE, log=[]).variables) == {"persons", "log"}
