# SPDX-License-Identifier: EUPL-1.2
"""Compensation: what has been done is undone, the latest first, by whatever the model draws for it."""

import pytest

from engine.errors import StepFailed
from tests.engine.begun import takes_one
from tests.engine.items import done
from tests.engine.probes import Bell
from tests.engine.story import Story

COMP = "compensation"


def booked(story: Story, model: str, *, names: tuple[str, ...] = ("Hotel", "Flight")) -> Story:
    """A case in which the bookings are done."""
    story.starts(f"{COMP}/{model}", log=[], amount=4)
    for name in names:
        story.completes(name)
    return story


@pytest.mark.shows("compensateEventDefinition", "boundary", "executed", point="1.3")
def test_what_undoes_is_not_run_by_itself(story: Story):
    assert story.starts(f"{COMP}/by_people", log=[]).completes("Hotel").open() == ["Flight"]


@pytest.mark.shows("compensateEventDefinition", "intermediate throw, activityRef", "executed", point="1.3")
def test_one_activity_is_undone_by_its_name(story: Story):
    assert booked(story, "by_name").variables["log"] == ["undo_hotel"]
    assert story.open() == ["After"]


@pytest.mark.shows("compensateEventDefinition", "intermediate throw", "executed", point="1.3")
def test_all_of_a_scope_is_undone_the_latest_first(story: Story):
    assert booked(story, "all").variables["log"] == ["undo_flight", "undo_hotel"]
    assert story.open() == ["After"]


@pytest.mark.shows("compensateEventDefinition", "end", "executed", point="1.3")
def test_an_end_undoes_all_of_its_scope(story: Story):
    assert booked(story, "at_the_end").variables["log"] == ["undo_flight", "undo_hotel"]
    assert story.ended_with == "Undone"


@pytest.mark.shows("compensateEventDefinition", "intermediate throw", "executed", point="1.3")
def test_the_thrower_waits_until_all_is_undone(story: Story):
    booked(story, "by_people")
    for name in ("Undo flight", "Undo hotel"):
        assert "After" not in story.open()
        story.completes(name)
    assert story.open() == ["After"]


@pytest.mark.shows("compensateEventDefinition", "throw, waitForCompletion false", "executed", point="1.3")
def test_a_thrower_that_need_not_wait_goes_on_at_once(story: Story):
    booked(story, "not_waiting", names=("Hotel",))
    assert story.open() == ["After", "Undo hotel"]
    assert story.completes("After").info.state == "active"
    assert story.completes("Undo hotel").info.state == "completed"


@pytest.mark.shows("compensateEventDefinition", "not completed", "executed", point="1.3")
def test_what_is_still_open_is_not_undone(story: Story):
    booked(story, "not_done", names=("Hotel", "Regret"))
    assert (story.variables["log"], story.open()) == (["undo_hotel"], ["Flight"])


@pytest.mark.shows("compensateEventDefinition", "interrupted", "executed", point="1.3")
def test_what_was_interrupted_is_not_undone(story: Story):
    story.starts(f"{COMP}/interrupted", log=[]).waits(days=1)
    assert (story.ended_with, story.variables["log"]) == ("Undone", [])


@pytest.mark.shows("compensateEventDefinition", "several runs", "executed", point="1.3")
def test_each_run_of_an_activity_is_undone(story: Story):
    story.starts(f"{COMP}/several_runs", log=[], n=0)
    assert (story.variables["log"], story.ended_with) == (["undone", "undone", "undone"], "Done")


@pytest.mark.shows("compensateEventDefinition", "multi-instance", "executed", point="1.3")
def test_each_item_of_a_multi_instance_is_undone(story: Story):
    story.starts(f"{COMP}/each_item", log=[])
    for task in story.tasks():
        done(story, task)
    assert (story.variables["log"], story.ended_with) == (["undone", "undone"], "Done")


@pytest.mark.shows("compensateEventDefinition", "multi-instance, not complete", "executed")
def test_a_multi_instance_is_undone_only_when_all_of_it_is_done(story: Story):
    story.starts(f"{COMP}/each_item_by_people")
    takes_one(takes_one(story, "Book"), "Book").completes("Regret")
    assert story.open() == ["Book"]
    assert story.completes("Book").info.state == "completed"


@pytest.mark.shows("compensateEventDefinition", "several handlers wait", "executed")
def test_people_may_undo_at_the_same_time(story: Story):
    story.starts(f"{COMP}/each_item_by_people")
    for _ in range(3):
        takes_one(story, "Book")
    assert story.completes("Regret").open() == ["Cancel", "Cancel", "Cancel"]
    for _ in range(3):
        takes_one(story, "Cancel")
    assert story.ended_with == "Undone"


@pytest.mark.shows("compensateEventDefinition", "several handlers wait", "executed")
def test_who_undoes_what_came_before_need_not_wait(story: Story):
    assert booked(story, "by_people").open() == ["Undo flight", "Undo hotel"]
    assert story.completes("Undo hotel").completes("Undo flight").open() == ["After"]


@pytest.mark.shows("compensateEventDefinition", "within an event subprocess", "executed")
def test_an_event_subprocess_undoes_its_own_work_first(story: Story):
    story.starts(f"{COMP}/event_subprocess_of_its_own", log=[])
    assert story.variables["log"] == ["hotel", "letter", "undo_letter", "undo_hotel"]
    assert story.ended_with == "Undone"


@pytest.mark.shows("compensateEventDefinition", "twice", "executed", point="1.3")
def test_what_is_undone_is_not_undone_again(story: Story):
    assert booked(story, "only_once", names=("Hotel",)).variables["log"] == ["undo_hotel"]
    assert story.ended_with == "Done"


# -- what undoes ------------------------------------------------------------------------------------------------------


@pytest.mark.shows("compensateEventDefinition", "handler is a job", "executed", point="1.3")
def test_an_operation_with_an_effect_undoes(story: Story, bell: Bell):
    booked(story, "operation", names=("Hotel",))
    assert story.open() == []
    assert story.works().open() == ["After"]
    assert bell.rings == ["cancelled"]


@pytest.mark.shows("compensateEventDefinition", "handler is a subprocess", "executed", point="1.3")
def test_a_subprocess_undoes(story: Story):
    assert booked(story, "subprocess_handler", names=("Hotel",)).open() == ["Call the hotel"]
    assert story.completes("Call the hotel").open() == ["After"]
    assert story.variables["log"] == ["called"]


@pytest.mark.shows("compensateEventDefinition", "boundary of a call activity", "executed", point="1.3")
def test_a_completed_call_is_undone(story: Story):
    story.starts(f"{COMP}/call", log=[]).works()
    assert (story.variables["log"], story.ended_with) == (["undo_order"], "Done")


# -- subprocesses -------------------------------------------------------------------------------------------------


@pytest.mark.shows("compensateEventDefinition", "completed subprocess", "executed", point="1.3")
def test_a_subprocess_is_undone_by_undoing_what_was_done_in_it(story: Story):
    booked(story, "whole_subprocess").completes("Regret")
    assert (story.variables["log"], story.open()) == (["undo_flight", "undo_hotel"], ["After"])


@pytest.mark.shows("compensateEventDefinition", "completed subprocess", "executed", point="1.3")
def test_all_of_a_scope_includes_its_completed_subprocesses(story: Story):
    booked(story, "from_outside", names=("Car", "Hotel", "Flight", "Regret"))
    assert story.variables["log"] == ["undo_flight", "undo_hotel", "undo_car"]


@pytest.mark.shows("compensateEventDefinition", "completed subprocess, nested", "executed", point="1.3")
def test_what_was_done_in_depth_is_undone_from_outside(story: Story):
    booked(story, "nested_deep", names=("Hotel", "Flight", "Regret"))
    assert (story.variables["log"], story.ended_with) == (["undo_flight", "undo_hotel"], "Done")


@pytest.mark.shows("compensateEventDefinition", "throw in a subprocess", "executed", point="1.3")
def test_a_thrower_in_a_subprocess_undoes_nothing_outside_of_it(story: Story):
    booked(story, "own_scope", names=("Car", "Hotel"))
    assert (story.variables["log"], story.open()) == (["undo_hotel"], ["After"])


@pytest.mark.shows("compensateEventDefinition", "completed subprocess, variables", "executed", point="1.3")
def test_a_subprocess_is_undone_with_its_variables_as_they_were(story: Story):
    booked(story, "snapshot", names=("Hotel",)).completes("Regret", amount=100)
    assert story.variables["log"] == [8]


@pytest.mark.shows("compensateEventDefinition", "completed subprocess, several runs", "executed", point="1.3")
def test_each_run_of_a_subprocess_is_undone_with_its_own_variables(story: Story):
    story.starts(f"{COMP}/subprocess_runs", log=[], n=0)
    assert (story.variables["log"], story.ended_with) == ([3, 2, 1], "Done")


@pytest.mark.shows("compensateEventDefinition", "interrupted subprocess", "executed", point="1.3")
def test_what_was_done_in_an_interrupted_subprocess_is_not_undone(story: Story):
    booked(story, "interrupted_subprocess", names=("Hotel",)).waits(days=1)
    assert (story.ended_with, story.variables["log"]) == ("Undone", [])


@pytest.mark.shows("compensateEventDefinition", "boundary of a subprocess", "executed", point="1.3")
def test_a_subprocess_with_a_handler_is_undone_by_that(story: Story):
    booked(story, "subprocess_with_handler").completes("Regret")
    assert (story.variables["log"], story.ended_with) == (["undo_trip"], "Done")


@pytest.mark.shows("compensateEventDefinition", "event subprocess", "executed", point="1.4")
def test_a_compensation_event_subprocess_undoes_in_place_of_the_handlers(story: Story):
    booked(story, "event_subprocess").completes("Regret")
    assert (story.variables["log"], story.open()) == (["apology"], ["After"])


@pytest.mark.shows("compensateEventDefinition", "throw in an event subprocess", "executed", point="1.4")
def test_a_compensation_event_subprocess_may_undo_single_activities(story: Story):
    booked(story, "event_subprocess_throws").completes("Regret")
    assert (story.variables["log"], story.open()) == (["apology", "undo_hotel"], ["After"])


@pytest.mark.shows("compensateEventDefinition", "event subprocess", "executed", point="1.4")
def test_a_compensation_event_subprocess_does_not_begin_by_itself(story: Story):
    assert story.starts(f"{COMP}/event_subprocess_alone", log=[]).open() == ["Hotel"]
    assert story.completes("Hotel").completes("Flight").open() == ["After"]


# -- after something went wrong -----------------------------------------------------------------------------------


@pytest.mark.shows("compensateEventDefinition", "after an error", "executed", point="1.4")
def test_an_error_handler_undoes_what_was_done_before(story: Story):
    assert booked(story, "after_error").variables["log"] == ["undo_flight", "undo_hotel"]
    assert story.open() == ["Apologise"]


@pytest.mark.shows("compensateEventDefinition", "behind a boundary event", "executed", point="1.3")
def test_behind_a_boundary_event_what_was_done_before_is_undone(story: Story):
    booked(story, "after_boundary", names=("Hotel",)).waits(days=1)
    assert (story.variables["log"], story.ended_with) == (["undo_hotel"], "Undone")


@pytest.mark.shows("compensateEventDefinition", "completed subprocess, multi-instance", "executed", point="1.3")
def test_each_item_is_undone_with_its_own_member(story: Story):
    story.starts(f"{COMP}/each_item_subprocess", log=[], persons=["ada", "bea"]).completes("Regret")
    assert (story.variables["log"], story.ended_with) == (["bea", "ada"], "Done")


@pytest.mark.shows("compensateEventDefinition", "handler fails", "executed", point="8")
def test_when_what_undoes_fails_nothing_is_undone(story: Story):
    booked(story, "throw_failing")
    with pytest.raises(StepFailed) as failed:
        story.completes("Regret")
    assert (failed.value.element_id, story.open(), story.variables["log"]) == ("undo_flight", ["Regret"], [])
