# SPDX-License-Identifier: EUPL-1.2
"""Event-based gateways: whatever happens first takes the token, and nothing else is waited for any more."""

from datetime import timedelta

import pytest

from engine.errors import ModelRefused, NobodyWaits
from engine.models import JobRow, SubscriptionRow
from tests.engine.story import Story, rows

RACERS = ["alarm", "full", "late", "letter", "reply"]


@pytest.mark.shows("eventBasedGateway", "two timers", "executed", point="1.2")
@pytest.mark.parametrize(
    ("first", "hours", "end"),
    [(timedelta(hours=1), 1, "By short"), (timedelta(hours=3), 2, "By long")],
)
def test_each_of_two_timers_at_a_gateway_has_its_own_due_date(story: Story, first: timedelta, hours: int, end: str):
    story.starts("gateways/race_two_timers", first=first).waits(hours=hours - 1, minutes=59)
    assert story.info.state == "active"
    assert story.waits(minutes=1).ended_with == end


@pytest.mark.shows("eventBasedGateway", "timer that lost", "executed")
def test_the_slower_timer_is_withdrawn(story: Story):
    story.starts("gateways/race_two_timers", first=timedelta(hours=1)).waits(hours=1)
    assert rows(story.db, JobRow) == 0


@pytest.mark.shows("eventBasedGateway", "all branches armed", "executed", point="1.2")
def test_an_event_gateway_arms_all_its_branches(story: Story):
    story.starts("gateways/race_all_kinds", key="k1", places=3)
    assert story.armed() == RACERS
    assert story.standing() == ["race"]


@pytest.mark.shows("eventBasedGateway", "message", "executed")
def test_a_message_may_win(story: Story):
    assert story.starts("gateways/race_all_kinds", key="k1", places=3).hears("Reply", "k1").ended_with == "By message"


@pytest.mark.shows("eventBasedGateway", "signal", "executed")
def test_a_signal_may_win(story: Story):
    assert story.starts("gateways/race_all_kinds", key="k1", places=3).signals("Alarm").ended_with == "By signal"


@pytest.mark.shows("eventBasedGateway", "conditional event", "executed")
def test_a_condition_may_win(story: Story):
    assert story.starts("gateways/race_all_kinds", key="k1", places=3).changes(places=0).ended_with == "By condition"


@pytest.mark.shows("eventBasedGateway", "condition that is true at once", "executed")
def test_a_condition_that_is_true_already_wins_at_once(story: Story):
    assert story.starts("gateways/race_all_kinds", key="k1", places=0).ended_with == "By condition"


@pytest.mark.shows("eventBasedGateway", "receive task", "executed")
def test_a_receive_task_may_win(story: Story):
    assert story.starts("gateways/race_all_kinds", key="k1", places=3).hears("Letter", "k1").ended_with == "By letter"


@pytest.mark.shows("eventBasedGateway", "timer", "executed")
def test_a_timer_may_win(story: Story):
    assert story.starts("gateways/race_all_kinds", key="k1", places=3).waits(days=1).ended_with == "By timer"


@pytest.mark.shows("eventBasedGateway", "losers withdrawn", "executed")
def test_what_lost_the_race_is_no_longer_waited_for(story: Story):
    story.starts("gateways/race_all_kinds", key="k1", places=3).hears("Letter", "k1")
    assert (rows(story.db, JobRow), rows(story.db, SubscriptionRow)) == (0, 0)


@pytest.mark.shows("eventBasedGateway", "losers in the history", "executed")
def test_only_the_winner_is_completed_in_the_history(story: Story):
    story.starts("gateways/race_all_kinds", key="k1", places=3).signals("Alarm")
    assert [element for element in story.passed() if element in RACERS] == ["alarm"]


@pytest.mark.shows("eventBasedGateway", "second message", "executed")
def test_the_second_of_two_messages_finds_nobody(story: Story):
    story.starts("gateways/race_two_messages", key="k1").hears("Yes", "k1")
    assert story.open() == ["Agreed"]
    with pytest.raises(NobodyWaits):
        story.hears("No", "k1")


@pytest.mark.shows("eventBasedGateway", "in a loop", "executed", point="1.2")
def test_an_event_gateway_in_a_loop_waits_anew_each_round(story: Story):
    story.starts("gateways/race_loop", key="k1", n=0)
    for _ in range(3):
        story.waits(minutes=59).hears("Reply", "k1")
    assert (story.variables["n"], story.info.state) == (3, "active")
    assert story.waits(hours=1).ended_with == "Silent"


@pytest.mark.shows("eventBasedGateway", "two side by side", "executed")
def test_two_event_gateways_side_by_side_do_not_disturb_each_other(story: Story):
    story.starts("gateways/race_beside_race", key="k1").hears("First", "k1")
    assert story.armed() == ["late_two", "reply_two"]


@pytest.mark.shows("eventBasedGateway", "after a store and load", "executed", point="1.2")
def test_a_race_goes_on_after_the_case_was_stored_and_loaded(story: Story):
    story.starts("gateways/race_two_timers", first=timedelta(hours=3))
    story.services.live_cases.clear()
    assert story.waits(hours=2).ended_with == "By long"


@pytest.mark.shows("eventBasedGateway", "flow to an element that waits for no event", "refused")
def test_an_event_gateway_that_leads_to_a_user_task_is_refused(story: Story):
    with pytest.raises(ModelRefused, match="event-based gateway"):
        story.starts("gateways/race_to_a_task")
