# SPDX-License-Identifier: EUPL-1.2
"""Standard loops: an activity is done again while a condition holds."""

from dataclasses import replace

import pytest

from engine.errors import StepFailed
from engine.spiff.host import Limits
from tests.engine.conformance.test_events import NOTHING, left_open
from tests.engine.probes import Bell
from tests.engine.story import Story

LOOP = "standard_loop"


@pytest.mark.shows("standardLoopCharacteristics", "user task", "executed", point="1.1")
def test_a_task_is_opened_again_while_the_condition_holds(story: Story):
    story.starts(f"{LOOP}/user")
    assert story.completes("Work", again=True).open() == ["Work"]
    assert story.completes("Work", again=True).open() == ["Work"]
    assert story.completes("Work", again=False).open() == ["After"]


@pytest.mark.shows("standardLoopCharacteristics", "script task", "executed", point="1.1")
def test_a_script_is_run_again_while_the_condition_holds(story: Story):
    assert story.starts(f"{LOOP}/script", n=0).variables["n"] == 3
    assert story.open() == ["After"]


@pytest.mark.shows("standardLoopCharacteristics", "testBefore false", "executed", point="1.1")
def test_there_is_a_first_round_even_if_the_condition_does_not_hold(story: Story):
    assert story.starts(f"{LOOP}/script", n=7).variables["n"] == 8


@pytest.mark.shows("standardLoopCharacteristics", "testBefore", "executed", point="1.1")
@pytest.mark.parametrize(("first", "last"), [(0, 3), (7, 7)])
def test_the_condition_may_be_asked_before_each_round(story: Story, first: int, last: int):
    assert story.starts(f"{LOOP}/before", n=first).variables["n"] == last
    assert story.open() == ["After"]


@pytest.mark.shows("standardLoopCharacteristics", "loopMaximum", "executed", point="1.1")
def test_a_maximum_ends_a_loop_whose_condition_still_holds(story: Story):
    assert story.starts(f"{LOOP}/maximum", n=0).variables["n"] == 4
    assert story.open() == ["After"]


@pytest.mark.shows("standardLoopCharacteristics", "loopMaximum, testBefore", "executed", point="1.1")
def test_a_maximum_ends_a_loop_that_is_asked_before(story: Story):
    assert story.starts(f"{LOOP}/before_maximum", n=0).variables["n"] == 2


@pytest.mark.shows("standardLoopCharacteristics", "loopMaximum alone", "executed", point="1.1")
def test_without_a_condition_a_loop_has_as_many_rounds_as_the_maximum_says(story: Story):
    assert story.starts(f"{LOOP}/maximum_alone", n=0).variables["n"] == 3


@pytest.mark.shows("standardLoopCharacteristics", "loopCounter", "executed", point="1.1")
def test_rounds_are_counted_from_nought(story: Story):
    story.starts(f"{LOOP}/counter_task")
    assert story.sees("Work")["loopCounter"] == 0
    assert story.completes("Work", again=True).sees("Work")["loopCounter"] == 1


@pytest.mark.shows("standardLoopCharacteristics", "loopCounter", "executed", point="1.1")
@pytest.mark.parametrize("model", ["counter", "counter_before"])
def test_the_condition_sees_how_many_rounds_are_done(story: Story, model: str):
    assert story.starts(f"{LOOP}/{model}", log=[]).variables["log"] == [0, 1, 2]


@pytest.mark.shows("standardLoopCharacteristics", "loopCounter", "executed", point="A")
def test_the_counter_of_a_loop_stays_with_it(story: Story):
    assert story.starts(f"{LOOP}/counter", log=[]).variables == {"log": [0, 1, 2]}


@pytest.mark.shows("standardLoopCharacteristics", "subProcess", "executed", point="1.1")
def test_each_round_of_a_subprocess_has_a_fresh_scope(story: Story):
    story.starts(f"{LOOP}/subprocess")
    assert story.completes("Inner", again=True).sees("Inner")["tries"] == 1
    assert story.completes("Inner", again=False).open() == ["After"]


@pytest.mark.shows("standardLoopCharacteristics", "service task", "executed", point="1.1")
def test_a_job_is_left_again_for_each_round(story: Story, bell: Bell):
    assert story.starts(f"{LOOP}/job").works().open() == ["After"]
    assert bell.rings == ["ding", "ding", "ding"]


@pytest.mark.shows("standardLoopCharacteristics", "callActivity", "executed", point="1.1")
def test_each_round_calls_a_case_of_its_own(story: Story):
    story.starts(f"{LOOP}/called")
    story.called()[0].completes("Inner", again=True)
    story.works().called()[1].completes("Inner", again=False)
    assert (story.works().open(), len(story.called())) == (["After"], 2)


@pytest.mark.shows("standardLoopCharacteristics", "nested", "executed", point="1.1")
def test_loops_may_be_nested(story: Story):
    assert story.starts(f"{LOOP}/nested", outer=0, log=[]).variables["log"] == ["1:2", "2:2"]


@pytest.mark.shows("standardLoopCharacteristics", "loopCondition", "executed", point="1.1")
def test_a_condition_that_is_neither_true_nor_false_fails_the_step(story: Story):
    story.starts(f"{LOOP}/text")
    with pytest.raises(StepFailed) as failed:
        story.completes("Work", again="perhaps")
    assert (failed.value.element_id, story.open()) == ("work", ["Work"])


@pytest.mark.shows("standardLoopCharacteristics", "boundary event, interrupting", "executed", point="1.1")
def test_a_timer_withdraws_the_loop(story: Story):
    story.starts(f"{LOOP}/timer").completes("Work", again=True).waits(days=1)
    assert (story.ended_with, left_open(story)) == ("Too late", NOTHING)


@pytest.mark.shows("standardLoopCharacteristics", "boundary event, non-interrupting", "executed", point="1.1")
def test_a_timer_beside_runs_for_all_rounds_together(story: Story):
    story.starts(f"{LOOP}/timer_beside").waits(hours=20)
    assert story.completes("Work", again=True).waits(hours=4).open() == ["Remind", "Work"]


@pytest.mark.shows("standardLoopCharacteristics", "without end", "executed", point="C")
def test_a_loop_without_end_fails_instead_of_hanging(story: Story):
    story.services = replace(story.services, limits=Limits(steps_without_waiting=500))
    story.starts(f"{LOOP}/endless", n=0)
    with pytest.raises(StepFailed):
        story.completes("Begin")
    assert story.open() == ["Begin"]
