# SPDX-License-Identifier: EUPL-1.2
"""Events with several definitions: any of them is enough, or all are needed (parallel multiple), or all are thrown."""

import pytest

from engine.db import unit_of_work
from engine.errors import NobodyWaits
from engine.models import JobRow, SubscriptionRow
from engine.signals import evaluate_conditions
from tests.engine.begun import another, begun, deployed, opened
from tests.engine.story import Story, rows


@pytest.mark.shows("multiple", "intermediate catch", "executed", point="1.3")
def test_the_message_alone_is_enough_for_any(story: Story):
    assert story.starts("multiple_events/catch_any", key="k1").hears("Note", "k1", text="hi").open() == ["Read"]
    assert story.variables["note"] == {"text": "hi"}


@pytest.mark.shows("multiple", "intermediate catch", "executed", point="1.3")
def test_the_signal_alone_is_enough_for_any(story: Story):
    assert story.starts("multiple_events/catch_any", key="k1").signals("Alarm").open() == ["Read"]


@pytest.mark.shows("multiple", "intermediate catch", "executed", point="1.3")
def test_the_timer_alone_is_enough_for_any(story: Story):
    assert story.starts("multiple_events/catch_any", key="k1").waits(days=1).open() == ["Read"]


@pytest.mark.shows("multiple", "intermediate catch", "executed")
def test_after_one_of_several_events_the_others_are_not_awaited(story: Story):
    story.starts("multiple_events/catch_any", key="k1").signals("Alarm")
    with pytest.raises(NobodyWaits):
        story.hears("Note", "k1")
    assert (story.waits(days=1).open(), rows(story.db, JobRow), rows(story.db, SubscriptionRow)) == (["Read"], 0, 0)


@pytest.mark.shows("parallelMultiple", "intermediate catch", "executed", point="1.3")
def test_one_event_alone_is_not_enough_for_all(story: Story):
    assert story.starts("multiple_events/catch_all", key="k1").hears("Note", "k1").open() == []


@pytest.mark.shows("parallelMultiple", "intermediate catch", "executed", point="1.3")
def test_all_events_together_let_the_case_go_on_in_either_order(story: Story):
    other = another(story).starts("multiple_events/catch_all", key="k2").hears("Note", "k2")
    story.starts_deployed("catch_all", key="k1").signals("Alarm").hears("Note", "k1", text="hi")
    assert (story.open(), other.works().open()) == (["Read"], ["Read"])


@pytest.mark.shows("parallelMultiple", "intermediate catch", "executed")
def test_the_same_event_twice_does_not_stand_for_the_other(story: Story):
    assert story.starts("multiple_events/catch_all", key="k1").signals("Alarm").signals("Alarm").open() == []


@pytest.mark.shows("multiple", "boundary, interrupting", "executed", point="1.3")
def test_any_event_takes_the_task_away(story: Story):
    other = another(story).starts("multiple_events/boundary_any_ends", key="k2")
    story.starts_deployed("boundary_any_ends", key="k1").hears("Note", "k1")
    assert (story.open(), other.signals("Alarm").open()) == (["Look"], ["Look"])


@pytest.mark.shows("multiple", "boundary, non-interrupting", "executed", point="1.3")
def test_any_event_beside_a_task_is_taken_as_often_as_it_comes(story: Story):
    story.starts("multiple_events/boundary_any_adds", key="k1")
    story.hears("Note", "k1").signals("Alarm").signals("Alarm").hears("Note", "k1")
    assert story.open() == ["Ask", "Look", "Look", "Look", "Look"]


@pytest.mark.shows("parallelMultiple", "boundary, interrupting", "executed", point="1.3")
def test_only_all_events_take_the_task_away(story: Story):
    assert story.starts("multiple_events/boundary_all_ends", key="k1").signals("Alarm").open() == ["Ask"]
    assert story.hears("Note", "k1").open() == ["Look"]


@pytest.mark.shows("parallelMultiple", "boundary, non-interrupting", "executed", point="1.3")
def test_all_events_beside_a_task_are_gathered_anew_each_time(story: Story):
    story.starts("multiple_events/boundary_all_adds", key="k1").signals("Alarm").hears("Note", "k1")
    assert story.open() == ["Ask", "Look"]
    assert story.hears("Note", "k1").open() == ["Ask", "Look"]
    assert story.signals("Alarm").open() == ["Ask", "Look", "Look"]


@pytest.mark.shows("multiple", "start", "executed", point="1.3")
def test_any_event_begins_a_case(story: Story):
    deployed(story, "multiple_events/start_any").signals("Alarm")
    story.correlates("Note")
    assert opened(story, "start_any") == ["Handle", "Handle"]


@pytest.mark.shows("parallelMultiple", "start", "executed", point="1.3")
def test_only_all_events_begin_a_case(story: Story):
    deployed(story, "multiple_events/start_all").signals("Alarm")
    assert opened(story, "start_all") == []
    assert opened(story.signals("Drill"), "start_all") == ["Handle"]


@pytest.mark.shows("parallelMultiple", "start", "executed", point="1.3")
def test_after_all_events_have_begun_a_case_they_are_gathered_anew(story: Story):
    deployed(story, "multiple_events/start_all").signals("Alarm").signals("Drill").signals("Drill")
    assert opened(story, "start_all") == ["Handle"]
    assert opened(story.signals("Alarm"), "start_all") == ["Handle", "Handle"]


@pytest.mark.shows("parallelMultiple", "start, messages", "executed", point="1.3")
def test_a_case_begun_by_all_messages_has_what_each_of_them_brought(story: Story):
    deployed(story, "multiple_events/start_all_by_messages")
    assert story.correlates("Note", payload={"text": "hi"}, variables={"n": 1}) is None
    info = story.correlates("Order", payload={"goods": "bicycle"}, variables={"m": 2})
    assert info is not None
    (case,) = begun(story, "start_all_by_messages")
    assert case.variables == {"n": 1, "m": 2, "note": {"text": "hi", "goods": "bicycle"}}


@pytest.mark.shows("parallelMultiple", "start, message and signal", "executed", point="1.3")
def test_what_a_message_brought_is_kept_until_the_signal_comes(story: Story):
    deployed(story, "multiple_events/start_all_by_message_and_signal")
    story.correlates("Note", payload={"text": "hi"})
    story.signals("Alarm", floor=4)
    (case,) = begun(story, "start_all_by_message_and_signal")
    assert case.variables == {"floor": 4, "note": {"text": "hi"}}


@pytest.mark.shows("parallelMultiple", "start, with a timer", "executed", point="1.3")
def test_a_case_begins_when_the_day_has_passed_and_the_signal_has_come(story: Story):
    deployed(story, "multiple_events/start_all_with_timer").waits(days=1)
    assert opened(story, "start_all_with_timer") == []
    assert opened(story.signals("Alarm"), "start_all_with_timer") == ["Handle"]


@pytest.mark.shows("multiple", "start, with a condition", "executed", point="1.3")
def test_a_case_may_begin_by_a_signal_or_a_condition(story: Story):
    deployed(story, "multiple_events/start_any_with_condition").signals("Alarm")
    with unit_of_work(story.db) as session:
        evaluate_conditions(session, story.services, {"level": 6})
    assert opened(story, "start_any_with_condition") == ["Handle", "Handle"]


@pytest.mark.shows("multiple", "intermediate catch, with a condition", "executed", point="1.3")
def test_a_condition_among_several_events_is_enough_for_any(story: Story):
    assert story.starts("multiple_events/catch_any_with_condition", level=1).open() == []
    assert story.changes(level=6).open() == ["Read"]


@pytest.mark.shows("parallelMultiple", "intermediate catch, with a condition", "executed", point="1.3")
def test_a_condition_that_has_been_true_counts_for_all(story: Story):
    story.starts("multiple_events/catch_all_with_timer_and_condition", level=6).changes(level=1)
    assert story.waits(days=1).open() == ["Read"]


@pytest.mark.shows("multiple", "event subprocess, interrupting", "executed", point="1.4")
@pytest.mark.parametrize("event", ["Note", "Alarm"])
def test_any_event_interrupts_the_case(story: Story, event: str):
    story.starts("multiple_events/subprocess_any_ends", key="k1")
    happens(story, event)
    assert story.open() == ["Look"]


@pytest.mark.shows("multiple", "event subprocess, non-interrupting", "executed", point="1.4")
def test_any_event_begins_work_beside_the_case(story: Story):
    story.starts("multiple_events/subprocess_any_adds", key="k1").hears("Note", "k1").signals("Alarm")
    assert story.open() == ["Ask", "Look", "Look"]


@pytest.mark.shows("parallelMultiple", "event subprocess, interrupting", "executed", point="1.4")
def test_only_all_events_interrupt_the_case(story: Story):
    assert story.starts("multiple_events/subprocess_all_ends", key="k1").hears("Note", "k1").open() == ["Ask"]
    assert story.signals("Alarm").open() == ["Look"]


@pytest.mark.shows("parallelMultiple", "event subprocess, non-interrupting", "executed", point="1.4")
def test_only_all_events_begin_work_beside_the_case(story: Story):
    assert story.starts("multiple_events/subprocess_all_adds", key="k1").signals("Alarm").open() == ["Ask"]
    assert story.hears("Note", "k1").open() == ["Ask", "Look"]


@pytest.mark.shows("multiple", "intermediate throw", "executed", point="1.3")
def test_a_throw_event_throws_all_it_names(story: Story):
    note = another(story).starts("multiple_events/hear_note", key="k1")
    alarm = another(story).starts("multiple_events/hear_alarm")
    story.starts("multiple_events/throw_all", other="k1").works()
    assert (note.open(), alarm.open(), story.open()) == (["Read"], ["Leave"], ["Sit down"])


@pytest.mark.shows("multiple", "end", "executed", point="1.3")
def test_an_end_event_throws_all_it_names(story: Story):
    note = another(story).starts("multiple_events/hear_note", key="k1")
    alarm = another(story).starts("multiple_events/hear_alarm")
    story.starts("multiple_events/end_all", other="k1").works()
    assert (note.open(), alarm.open(), story.ended_with) == (["Read"], ["Leave"], "Told")


@pytest.mark.shows("multiple", "end, in a subprocess", "executed", point="1.3")
def test_a_subprocess_ends_with_all_that_its_end_event_names(story: Story):
    alarm = another(story).starts("multiple_events/hear_alarm")
    story.starts("multiple_events/end_signal_and_escalation").completes("Go").works()
    assert (story.open(), alarm.open()) == (["Help"], ["Leave"])
    assert "work" in story.passed()


def happens(story: Story, event: str) -> None:
    """The message or the signal of that name."""
    if event == "Note":
        story.hears("Note", "k1")
    else:
        story.signals(event)
