# SPDX-License-Identifier: EUPL-1.2
"""Timers that a token waits for: what may be written as duration, date and cycle, and when it is due."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.db import unit_of_work
from engine.definitions import deploy
from engine.errors import ModelRefused, StepFailed
from engine.models import JobRow
from tests.engine.drawing import between, bundle_of
from tests.engine.story import Story, no_findings

#: Nine o'clock in the town on a day in winter.
NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(story: Story, moment: datetime) -> Story:
    """The clock shows a certain moment, and a worker does what is due."""
    story.clock.set(moment)
    return story.works()


def due_exactly(story: Story, moment: datetime) -> bool:
    """Whether the case waits until a moment and no longer."""
    before = at(story, moment - MINUTE).ended_with
    return before is None and at(story, moment).ended_with == "Over"


@pytest.mark.shows("timerEventDefinition", "intermediate catch, duration", "executed", point="1.3")
def test_a_duration_is_written_in_the_model(story: Story):
    story.starts("timer_events/wait_for_a_duration")
    assert due_exactly(story, story.clock.now() + timedelta(hours=5))


@pytest.mark.shows("timerEventDefinition", "duration by expression", "executed", point="7")
@pytest.mark.parametrize("period", ["PT5H", timedelta(hours=5)])
def test_a_duration_from_a_variable_is_text_or_a_duration(story: Story, period: Any):
    story.starts("timer_events/wait_for_a_computed_duration", period=period)
    assert due_exactly(story, story.clock.now() + timedelta(hours=5))


@pytest.mark.shows("timerEventDefinition", "duration by expression", "executed", point="7")
def test_a_duration_may_be_named_as_in_camunda_7(story: Story):
    story.starts("timer_events/wait_for_a_duration_of_java", period="PT5H")
    assert due_exactly(story, story.clock.now() + timedelta(hours=5))


@pytest.mark.shows("timerEventDefinition", "duration by expression", "executed", point="7")
def test_feel_computes_a_duration(story: Story):
    story.starts("timer_events/wait_for_a_feel_duration", hours=5)
    assert due_exactly(story, story.clock.now() + timedelta(hours=5))


@pytest.mark.shows("timerEventDefinition", "duration by expression", "executed")
def test_a_duration_is_computed_when_the_token_arrives(story: Story):
    story.starts("timer_events/timer_after_a_task", period="PT1H").waits(hours=3).completes("Ask", period="PT5H")
    assert due_exactly(story, story.clock.now() + timedelta(hours=5))


@pytest.mark.shows("timerEventDefinition", "duration of months", "executed", point="7")
def test_a_month_is_a_month_of_the_calendar(story: Story):
    story.starts("timer_events/wait_for_a_computed_duration", period="P1M")
    assert due_exactly(story, datetime(2026, 12, 22, 11, 0, tzinfo=UTC))


@pytest.mark.shows("timerEventDefinition", "duration of months", "executed", point="7")
def test_a_month_after_the_31st_ends_with_the_shorter_month(story: Story):
    story.clock.set(datetime(2027, 1, 31, 12, 0))
    story.starts("timer_events/wait_for_a_computed_duration", period="P1M")
    assert due_exactly(story, datetime(2027, 2, 28, 11, 0, tzinfo=UTC))


@pytest.mark.shows("timerEventDefinition", "duration of months", "executed", point="7")
def test_a_month_into_summer_time_ends_at_the_same_hour_of_the_town(story: Story):
    story.clock.set(datetime(2027, 3, 15, 12, 0))
    story.starts("timer_events/wait_for_a_computed_duration", period="P1M")
    assert due_exactly(story, datetime(2027, 4, 15, 10, 0, tzinfo=UTC))


@pytest.mark.shows("timerEventDefinition", "duration of months and days", "executed")
def test_a_duration_may_mix_months_days_and_hours(story: Story):
    story.starts("timer_events/wait_for_months_and_days")
    assert due_exactly(story, datetime(2026, 12, 23, 13, 0, tzinfo=UTC))


@pytest.mark.shows("timerEventDefinition", "intermediate catch, date", "executed", point="1.3")
def test_a_date_without_an_offset_is_in_the_time_of_the_town(story: Story):
    story.starts("timer_events/wait_for_a_date")
    assert due_exactly(story, NINE)


@pytest.mark.shows("timerEventDefinition", "date by expression", "executed", point="7")
@pytest.mark.parametrize(
    "day", ["2026-11-24T09:00:00", "2026-11-24T08:00:00Z", "2026-11-24T11:00:00+03:00", NINE, datetime(2026, 11, 24, 9)]
)
def test_a_date_from_a_variable_is_text_or_a_moment(story: Story, day: Any):
    story.starts("timer_events/wait_for_a_computed_date", day=day)
    assert due_exactly(story, NINE)


@pytest.mark.shows("timerEventDefinition", "date by expression", "executed")
@pytest.mark.parametrize("day", ["2026-11-24", date(2026, 11, 24)])
def test_a_day_alone_means_its_end(story: Story, day: Any):
    story.starts("timer_events/wait_for_a_computed_date", day=day)
    assert due_exactly(story, datetime(2026, 11, 24, 23, 0, tzinfo=UTC))


@pytest.mark.shows("timerEventDefinition", "date by expression", "executed", point="7")
def test_feel_computes_a_date(story: Story):
    story.starts("timer_events/wait_for_a_feel_date")
    assert due_exactly(story, NINE + timedelta(hours=1))


@pytest.mark.shows("timerEventDefinition", "date, summer time", "executed", point="7")
def test_a_time_in_july_that_is_set_in_winter_is_summer_time(story: Story):
    story.starts("timer_events/wait_for_a_computed_date", day="2027-07-01T09:00:00")
    assert due_exactly(story, datetime(2027, 7, 1, 7, 0, tzinfo=UTC))


@pytest.mark.shows("timerEventDefinition", "date, summer time", "executed", point="7")
def test_a_time_in_january_that_is_set_in_summer_is_winter_time(story: Story):
    story.clock.set(datetime(2027, 7, 1, 12, 0))
    story.starts("timer_events/wait_for_a_computed_date", day="2028-01-10T09:00:00")
    assert due_exactly(story, datetime(2028, 1, 10, 8, 0, tzinfo=UTC))


@pytest.mark.shows("timerEventDefinition", "date in the past", "executed")
def test_a_date_that_has_passed_is_due_at_once(story: Story):
    assert story.starts("timer_events/wait_for_a_computed_date", day="2026-11-01T09:00:00").works().ended_with == "Over"


@pytest.mark.shows("timerEventDefinition", "intermediate catch, cycle", "executed", point="1.3")
def test_a_catch_event_waits_for_the_first_time_of_a_cycle_only(story: Story):
    story.starts("timer_events/wait_for_the_first_of_a_cycle").waits(hours=9)
    assert story.ended_with is None
    assert story.waits(hours=1).ended_with == "Over"
    assert story.waits(hours=10).passed().count("wait") == 1


@pytest.mark.shows("timerEventDefinition", "unusable duration", "refused", point="7")
@pytest.mark.parametrize("period", ["-PT1H", timedelta(hours=-1), "P", "soon", "", None, 5])
def test_a_computed_duration_that_is_none_fails_the_step(story: Story, period: Any):
    with pytest.raises(StepFailed) as failed:
        story.starts("timer_events/wait_for_a_computed_duration", period=period)
    assert failed.value.element_id == "wait"


@pytest.mark.shows("timerEventDefinition", "unusable duration", "refused", point="7")
def test_a_timer_that_cannot_be_set_leaves_the_task_before_it_open(story: Story):
    story.starts("timer_events/timer_after_a_task")
    with pytest.raises(StepFailed):
        story.completes("Ask", period="soon")
    assert story.open() == ["Ask"]
    assert story.completes("Ask", period="PT1H").waits(hours=1).ended_with == "Over"


@pytest.mark.shows("timerEventDefinition", "unusable date", "refused", point="7")
@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", None])
def test_a_computed_date_that_is_none_fails_the_step(story: Story, day: Any):
    with pytest.raises(StepFailed):
        story.starts("timer_events/wait_for_a_computed_date", day=day)


@pytest.mark.shows("timerEventDefinition", "unusable literal", "refused", point="7")
@pytest.mark.parametrize(
    "timer",
    [
        "<timeDuration>-PT1H</timeDuration>",
        "<timeDuration>P</timeDuration>",
        "<timeDuration>one hour</timeDuration>",
        "<timeDate>2026-02-30T09:00:00</timeDate>",
        "<timeCycle>R3</timeCycle>",
        "<timeCycle>R3/-PT1H</timeCycle>",
        "<timeCycle>0 0 25 * * ?</timeCycle>",
        "",
    ],
)
def test_a_timer_that_can_never_be_set_is_refused(story: Story, timer: str):
    waiting = f'<intermediateCatchEvent id="wait"><timerEventDefinition>{timer}</timerEventDefinition>'
    bundle = bundle_of(*between(waiting + "</intermediateCatchEvent>", first="wait", last="wait"))
    with unit_of_work(story.db) as session, pytest.raises(ModelRefused) as refused:
        deploy(session, story.services, bundle, form_check=no_findings)
    assert "wait" in {finding.element_id for finding in refused.value.findings}


@pytest.mark.shows("timerEventDefinition", "behind an event-based gateway", "executed", point="1.2")
def test_of_two_timers_behind_a_gateway_each_has_its_own_time(story: Story):
    story.starts("timer_events/two_timers_behind_a_gateway").waits(hours=23)
    assert story.ended_with is None
    assert story.waits(hours=1).ended_with == "By the short one"


@pytest.mark.shows("timerEventDefinition", "behind an event-based gateway", "executed", point="7")
def test_it_is_known_when_the_timers_behind_a_gateway_are_due(story: Story):
    story.starts("timer_events/two_timers_behind_a_gateway")
    with story.db.reading() as session:
        due = session.scalars(select(JobRow.due_at).order_by(JobRow.due_at)).all()
    assert due == [story.clock.now() + timedelta(days=1), story.clock.now() + timedelta(days=3)]


@pytest.mark.shows("timerEventDefinition", "in parallel branches", "executed")
def test_timers_of_parallel_branches_are_due_one_after_the_other(story: Story):
    assert story.starts("timer_events/two_timers_in_parallel").waits(days=1).open() == ["Early"]
    assert story.waits(days=2).open() == ["Early", "Late"]
