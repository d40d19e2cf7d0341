# SPDX-License-Identifier: EUPL-1.2
"""Timers at activities, and timers that begin cases: durations, dates, cycles and cron expressions."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import StepFailed
from engine.models import CaseRow, JobRow
from tests.engine.begun import begun, deployed, replaced
from tests.engine.story import Story, rows

NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(story: Story, moment: datetime) -> Story:
    """The clock shows a certain moment, and a worker does what is due."""
    story.clock.set(moment)
    return story.works()


def monday(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment in the week that begins on the 23rd of November, 0 being Monday."""
    return datetime(2026, 11, 23, hour - 1, minute, tzinfo=UTC) + timedelta(days=day)


# -- that interrupt ----------------------------------------------------------------------------------------------


@pytest.mark.shows("timerEventDefinition", "boundary, interrupting, duration", "executed", point="1.3")
def test_a_deadline_takes_the_task_away(story: Story):
    story.starts("timer_events/interrupt_after_a_duration").waits(hours=9)
    assert story.open() == ["Ask"]
    assert story.waits(hours=1).open() == ["Close"]


@pytest.mark.shows("timerEventDefinition", "boundary, interrupting, date", "executed", point="1.3")
def test_a_day_takes_the_task_away(story: Story):
    story.starts("timer_events/interrupt_at_a_date")
    assert at(story, NINE - MINUTE).open() == ["Ask"]
    assert at(story, NINE).open() == ["Close"]


@pytest.mark.shows("timerEventDefinition", "boundary, interrupting, cycle", "executed", point="F")
def test_a_cycle_takes_the_task_away_at_its_first_time(story: Story):
    assert story.starts("timer_events/interrupt_by_a_cycle").waits(hours=10).open() == ["Close"]


@pytest.mark.shows("timerEventDefinition", "boundary, interrupting, cycle", "executed", point="1.3")
def test_a_cycle_that_took_the_task_away_is_over(story: Story):
    story.starts("timer_events/interrupt_by_a_cycle").waits(hours=10).waits(hours=10).waits(hours=10)
    assert story.open() == ["Close"]
    assert rows(story.db, JobRow) == 0


@pytest.mark.shows("timerEventDefinition", "boundary, interrupting, at a subprocess", "executed")
def test_a_deadline_of_a_subprocess_counts_from_its_beginning(story: Story):
    story.starts("timer_events/timer_at_subprocess").waits(days=2).completes("One")
    assert story.open() == ["Two"]
    assert story.waits(days=1).open() == ["Close"]


@pytest.mark.shows("timerEventDefinition", "boundary, interrupting, in a loop", "executed")
def test_a_deadline_begins_anew_each_time_the_task_is_reached(story: Story):
    story.starts("timer_events/timer_in_a_loop").waits(hours=9).completes("Ask").waits(hours=9)
    assert story.open() == ["Ask"]
    assert story.waits(hours=1).ended_with == "Closed"


# -- that go beside ----------------------------------------------------------------------------------------------


@pytest.mark.shows("timerEventDefinition", "boundary, non-interrupting, duration", "executed", point="1.3")
def test_a_reminder_after_a_duration_comes_once(story: Story):
    story.starts("timer_events/remind_after_a_duration").waits(hours=10).waits(hours=10)
    assert story.open() == ["Ask", "Remind"]


@pytest.mark.shows("timerEventDefinition", "boundary, non-interrupting, date", "executed", point="1.3")
def test_a_reminder_on_a_day_comes_once(story: Story):
    story.starts("timer_events/remind_at_a_date")
    assert at(story, NINE - MINUTE).open() == ["Ask"]
    assert at(story, NINE).waits(days=1).open() == ["Ask", "Remind"]


@pytest.mark.shows("timerEventDefinition", "boundary, non-interrupting, cycle R3", "executed", point="1.3")
def test_three_reminders_come_at_their_distance(story: Story):
    story.starts("timer_events/remind_three_times")
    counted = [story.waits(hours=5).open().count("Remind") for _ in range(6)]
    assert counted == [0, 1, 1, 2, 2, 3]


@pytest.mark.shows("timerEventDefinition", "boundary, non-interrupting, cycle R3", "executed")
def test_after_three_reminders_there_is_no_fourth(story: Story):
    story.starts("timer_events/remind_three_times")
    for _ in range(5):
        story.waits(hours=10)
    assert story.open() == ["Ask", "Remind", "Remind", "Remind"]
    assert rows(story.db, JobRow) == 0


@pytest.mark.shows("timerEventDefinition", "boundary, non-interrupting, cycle R", "executed", point="7")
def test_reminders_without_a_number_come_again_and_again(story: Story):
    story.starts("timer_events/remind_forever")
    for _ in range(7):
        story.waits(hours=10)
    assert story.open().count("Remind") == 7


@pytest.mark.shows("timerEventDefinition", "boundary, non-interrupting, cycle R", "executed", point="7")
def test_reminders_end_with_their_task(story: Story):
    story.starts("timer_events/remind_forever").waits(hours=10).completes("Ask").completes("Remind")
    assert (story.ended_with, rows(story.db, JobRow)) == ("Reminded", 0)


@pytest.mark.shows("timerEventDefinition", "boundary, non-interrupting, cycle R", "executed", point="7")
def test_reminders_that_are_over_leave_nothing_behind(story: Story):
    story.starts("timer_events/remind_forever")
    sizes = [len(story.waits(hours=10).completes("Remind").state()) for _ in range(20)]
    assert sizes[-1] <= sizes[1] + 20


@pytest.mark.shows("timerEventDefinition", "cycle with a beginning", "executed", point="7")
def test_a_cycle_with_a_beginning_is_first_due_then(story: Story):
    story.starts("timer_events/remind_from_a_moment")
    assert at(story, NINE - MINUTE).open() == ["Ask"]
    assert at(story, NINE).open() == ["Ask", "Remind"]
    assert story.waits(hours=10).open() == ["Ask", "Remind", "Remind"]


@pytest.mark.shows("timerEventDefinition", "cycle of months", "executed", point="7")
def test_a_cycle_of_months_keeps_the_day_of_the_month(story: Story):
    story.starts("timer_events/remind_as_computed", rhythm="R/P1M")
    noons = [datetime(year, month, 22, 11, 0, tzinfo=UTC) for year, month in ((2026, 12), (2027, 1), (2027, 2))]
    counted = [
        (at(story, noon - MINUTE).open().count("Remind"), at(story, noon).open().count("Remind")) for noon in noons
    ]
    assert counted == [(0, 1), (1, 2), (2, 3)]


@pytest.mark.shows("timerEventDefinition", "cycle by expression", "executed")
def test_a_cycle_may_be_computed(story: Story):
    story.starts("timer_events/remind_as_computed", rhythm="R2/PT1H").waits(hours=1).waits(hours=1).waits(hours=1)
    assert story.open() == ["Ask", "Remind", "Remind"]


@pytest.mark.shows("timerEventDefinition", "unusable cycle", "refused", point="7")
@pytest.mark.parametrize("rhythm", ["often", "R3", "R3/-PT1H", "R/PT0S", "0 0 25 * * ?", None])
def test_a_computed_cycle_that_is_none_fails_the_step(story: Story, rhythm: str | None):
    with pytest.raises(StepFailed):
        story.starts("timer_events/remind_as_computed", rhythm=rhythm)


@pytest.mark.shows("timerEventDefinition", "cron, six fields", "executed", point="7")
def test_cron_reminds_at_nine_in_the_town(story: Story):
    story.starts("timer_events/remind_on_weekdays")
    assert at(story, monday(0) - MINUTE).open() == ["Ask"]
    assert at(story, monday(0)).open() == ["Ask", "Remind"]


@pytest.mark.shows("timerEventDefinition", "cron, six fields", "executed", point="7")
def test_cron_leaves_the_weekend_out(story: Story):
    story.starts("timer_events/remind_on_weekdays")
    counted = [at(story, monday(day)).open().count("Remind") for day in range(8)]
    assert counted == [1, 2, 3, 4, 5, 5, 5, 6]


@pytest.mark.shows("timerEventDefinition", "cron, seven fields", "executed", point="7")
def test_cron_waits_for_its_year(story: Story):
    story.starts("timer_events/remind_in_one_year_only")
    assert at(story, datetime(2026, 12, 31, 9, 0, tzinfo=UTC)).open() == ["Ask"]
    assert at(story, datetime(2027, 1, 1, 8, 0, tzinfo=UTC)).open() == ["Ask", "Remind"]


@pytest.mark.shows("timerEventDefinition", "boundary, several at one activity", "executed")
def test_each_of_several_timers_at_a_task_comes_at_its_own_time(story: Story):
    story.starts("timer_events/several_timers")
    assert story.waits(days=1).open() == ["Ask", "Remind"]
    assert story.waits(days=1).open() == ["Ask", "Remind", "Remind again"]
    assert story.waits(days=1).open() == ["Close", "Remind", "Remind again"]


@pytest.mark.shows("timerEventDefinition", "boundary, several at one activity", "executed")
def test_completing_the_task_ends_all_its_timers(story: Story):
    story.starts("timer_events/several_timers").waits(days=1).completes("Ask")
    assert story.waits(days=5).open() == ["Remind"]


# -- that begin cases --------------------------------------------------------------------------------------------


@pytest.mark.shows("timerEventDefinition", "start, duration", "executed", point="1.3")
def test_a_case_begins_a_while_after_the_deployment(story: Story):
    deployed(story, "timer_events/begin_after_a_duration").waits(hours=9)
    assert rows(story.db, CaseRow) == 0
    story.waits(hours=1)
    assert [case.open() for case in begun(story, "begin_after_a_duration")] == [["Handle"]]


@pytest.mark.shows("timerEventDefinition", "start, duration", "executed")
def test_a_duration_begins_one_case_only(story: Story):
    deployed(story, "timer_events/begin_after_a_duration").waits(hours=10).waits(hours=10)
    assert rows(story.db, CaseRow) == 1


@pytest.mark.shows("timerEventDefinition", "start, date", "executed", point="1.3")
def test_a_case_begins_at_a_certain_moment(story: Story):
    deployed(story, "timer_events/begin_at_a_date")
    at(story, NINE - MINUTE)
    assert rows(story.db, CaseRow) == 0
    at(story, NINE)
    assert rows(story.db, CaseRow) == 1


@pytest.mark.shows("timerEventDefinition", "start, cycle", "executed", point="1.3")
def test_three_cases_begin_at_their_distance(story: Story):
    deployed(story, "timer_events/begin_three_times")
    counted = []
    for _ in range(5):
        story.waits(hours=10)
        counted.append(rows(story.db, CaseRow))
    assert counted == [1, 2, 3, 3, 3]


@pytest.mark.shows("timerEventDefinition", "start, cron", "executed", point="7")
def test_a_case_begins_on_each_weekday(story: Story):
    deployed(story, "timer_events/begin_on_weekdays")
    counted = []
    for day in range(4, 8):
        at(story, monday(day))
        counted.append(len(begun(story, "begin_on_weekdays")))
    assert [count - counted[0] for count in counted] == [0, 0, 0, 1]


@pytest.mark.shows("timerEventDefinition", "start, newest version", "executed")
def test_a_model_deployed_twice_unchanged_begins_its_cases_once(story: Story):
    deployed(story, "timer_events/begin_after_a_duration", "timer_events/begin_after_a_duration").waits(hours=10)
    assert rows(story.db, CaseRow) == 1


@pytest.mark.shows("timerEventDefinition", "start, newest version", "executed")
def test_a_newer_version_without_the_timer_begins_no_cases_by_itself(story: Story):
    deployed(story, "timer_events/begin_three_times").waits(hours=10)
    replaced(story, "begin_three_times").waits(hours=10)
    assert rows(story.db, CaseRow) == 1
