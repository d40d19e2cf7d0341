# SPDX-License-Identifier: EUPL-1.2
"""Signals: heard by everybody who waits, in the same case and in others, and thrown by cases."""

import pytest

from engine.models import CaseRow
from tests.engine.begun import another, begun, deployed, opened, replaced
from tests.engine.story import Story, rows


def listening(story: Story, /, **variables: object) -> Story:
    """Another case that waits for the signal."""
    return another(story).starts("signal_events/catch_signal", **variables)


@pytest.mark.shows("signalEventDefinition", "intermediate catch", "executed", point="1.3")
def test_a_signal_lets_the_waiting_case_go_on(story: Story):
    assert story.starts("signal_events/catch_signal").open() == []
    assert story.signals("Alarm").open() == ["Leave"]


@pytest.mark.shows("signalEventDefinition", "intermediate catch", "executed")
def test_a_signal_of_another_name_is_not_heard(story: Story):
    assert story.starts("signal_events/catch_signal").signals("Lunch").open() == []


@pytest.mark.shows("signalEventDefinition", "intermediate catch", "executed")
def test_a_signal_that_came_before_anybody_listened_is_lost(story: Story):
    story.starts("signal_events/catch_signal_after_task").signals("Alarm").completes("Ask")
    assert story.works().ended_with is None


@pytest.mark.shows("signalEventDefinition", "across cases", "executed", point="1.3")
def test_a_signal_reaches_all_waiting_cases(story: Story):
    other = listening(story)
    story.starts_deployed("catch_signal").signals("Alarm")
    assert (story.works().open(), other.open()) == (["Leave"], ["Leave"])


@pytest.mark.shows("signalEventDefinition", "intermediate catch, twice in a case", "executed", point="1.3")
def test_a_signal_reaches_all_catchers_of_a_case(story: Story):
    assert story.starts("signal_events/catch_signal_twice").signals("Alarm").open() == ["Leave", "Lock"]


@pytest.mark.shows("signalEventDefinition", "variables", "executed")
def test_variables_of_a_signal_are_written_into_the_case(story: Story):
    story.starts("signal_events/catch_signal", floor=1).signals("Alarm", floor=4)
    assert story.variables["floor"] == 4


@pytest.mark.shows("signalEventDefinition", "name by expression", "executed")
def test_the_name_of_an_awaited_signal_may_be_computed(story: Story):
    story.starts("signal_events/catch_signal_of_area", area="north")
    assert story.signals("Alarm-south").open() == []
    assert story.signals("Alarm-north").open() == ["Leave"]


@pytest.mark.shows("signalEventDefinition", "name by expression", "executed")
def test_the_name_of_a_thrown_signal_may_be_computed(story: Story):
    north = another(story).starts("signal_events/catch_signal_of_area", area="north")
    south = another(story).starts_deployed("catch_signal_of_area", area="south")
    story.starts("signal_events/throw_signal_of_area", area="north").works()
    assert (north.open(), south.open()) == (["Leave"], [])


@pytest.mark.shows("signalEventDefinition", "boundary, interrupting", "executed", point="1.3")
def test_an_interrupting_signal_takes_the_task_away(story: Story):
    assert story.starts("signal_events/boundary_signal_ends").signals("Alarm").open() == ["Leave"]


@pytest.mark.shows("signalEventDefinition", "boundary, interrupting", "executed")
def test_a_signal_takes_a_subprocess_away_wherever_it_stands(story: Story):
    story.starts("signal_events/boundary_signal_at_subprocess").completes("One").signals("Alarm")
    assert story.open() == ["Leave"]


@pytest.mark.shows("signalEventDefinition", "boundary, interrupting", "executed")
def test_a_signal_after_the_task_does_nothing(story: Story):
    story.starts("signal_events/boundary_signal_ends").completes("Ask").signals("Alarm")
    assert (story.open(), story.ended_with) == ([], "Answered")


@pytest.mark.shows("signalEventDefinition", "boundary, non-interrupting", "executed", point="1.3")
def test_a_signal_beside_a_task_is_heard_as_often_as_it_comes(story: Story):
    story.starts("signal_events/boundary_signal_adds")
    for _ in range(3):
        story.signals("Alarm")
    assert story.open() == ["Ask", "Look", "Look", "Look"]


@pytest.mark.shows("signalEventDefinition", "start", "executed", point="1.3")
def test_a_signal_begins_a_case(story: Story):
    deployed(story, "signal_events/start_by_signal").signals("Alarm")
    assert opened(story, "start_by_signal") == ["Handle"]


@pytest.mark.shows("signalEventDefinition", "start", "executed")
def test_each_signal_begins_a_case_of_its_own(story: Story):
    deployed(story, "signal_events/start_by_signal").signals("Alarm").signals("Alarm")
    assert opened(story, "start_by_signal") == ["Handle", "Handle"]


@pytest.mark.shows("signalEventDefinition", "start", "executed")
def test_a_case_begun_by_a_signal_has_its_variables(story: Story):
    deployed(story, "signal_events/start_by_signal").signals("Alarm", floor=4)
    (case,) = begun(story, "start_by_signal")
    assert case.variables == {"floor": 4}


@pytest.mark.shows("signalEventDefinition", "start", "executed", point="1.3")
def test_a_signal_begins_a_case_although_others_wait_for_it(story: Story):
    listener = listening(story)
    deployed(story, "signal_events/start_by_signal").signals("Alarm")
    assert (listener.works().open(), opened(story, "start_by_signal")) == (["Leave"], ["Handle"])


@pytest.mark.shows("signalEventDefinition", "start", "executed")
def test_a_signal_begins_no_case_of_a_version_that_was_replaced(story: Story):
    deployed(story, "signal_events/start_by_signal")
    replaced(story, "start_by_signal").signals("Alarm")
    assert rows(story.db, CaseRow) == 0


@pytest.mark.shows("signalEventDefinition", "intermediate throw", "executed", point="1.3")
def test_a_thrown_signal_reaches_other_cases(story: Story):
    listener = listening(story)
    story.starts("signal_events/throw_signal").works()
    assert listener.open() == ["Leave"]


@pytest.mark.shows("signalEventDefinition", "intermediate throw", "executed")
def test_a_thrown_signal_reaches_other_cases_after_the_commit(story: Story):
    listener = listening(story)
    story.starts("signal_events/throw_signal")
    assert listener.open() == []


@pytest.mark.shows("signalEventDefinition", "intermediate throw", "executed")
def test_a_signal_that_nobody_hears_stops_nobody(story: Story):
    assert story.starts("signal_events/throw_signal").works().open() == ["Sit down"]
    assert story.incidents() == []


@pytest.mark.shows("signalEventDefinition", "intermediate throw, starts a case", "executed")
def test_a_thrown_signal_begins_a_case_of_another_process(story: Story):
    deployed(story, "signal_events/start_by_signal").starts("signal_events/throw_signal").works()
    assert opened(story, "start_by_signal") == ["Handle"]


@pytest.mark.shows("signalEventDefinition", "intermediate throw, own catcher", "executed", point="1.3")
def test_a_thrown_signal_reaches_a_catcher_of_its_own_case_at_once(story: Story):
    story.starts("signal_events/throw_signal_to_itself").completes("Ready")
    assert story.open() == ["Leave", "Sit down"]


@pytest.mark.shows("signalEventDefinition", "intermediate throw, own catcher", "executed", point="1.3")
def test_a_signal_that_its_own_case_hears_reaches_other_cases_too(story: Story):
    listener = listening(story)
    story.starts("signal_events/throw_signal_to_itself").completes("Ready").works()
    assert listener.open() == ["Leave"]


@pytest.mark.shows("signalEventDefinition", "intermediate throw, own catcher", "executed", point="1.3")
def test_a_case_hears_its_own_signal_only_once(story: Story):
    story.starts("signal_events/throw_signal_beside_itself").completes("Ready").works()
    assert story.open() == ["Ask", "Look", "Sit down"]


@pytest.mark.shows("signalEventDefinition", "intermediate throw, own catcher", "executed", point="E")
def test_a_signal_may_take_away_the_subprocess_that_throws_it(story: Story):
    assert story.starts("signal_events/throw_signal_out_of_its_activity").open() == ["Leave"]


@pytest.mark.shows("signalEventDefinition", "end", "executed", point="F")
def test_an_end_event_throws_its_signal(story: Story):
    listener = listening(story)
    assert story.starts("signal_events/end_signal").works().ended_with == "Alarmed"
    assert listener.open() == ["Leave"]


@pytest.mark.shows("signalEventDefinition", "end", "executed", point="F")
def test_a_signal_of_an_end_event_interrupts_a_task_of_its_own_case(story: Story):
    assert story.starts("signal_events/end_signal_to_itself").completes("Ready").open() == ["Leave"]


@pytest.mark.shows("signalEventDefinition", "payload", "executed")
def test_a_thrown_signal_hands_over_what_is_named_and_nothing_else(story: Story):
    listener = listening(story)
    story.starts("signal_events/throw_signal_with_payload", floor=4, people=2, secret="private").works()
    assert listener.variables == {"where": 4, "many": 3}


@pytest.mark.shows("signalEventDefinition", "payload", "executed", point="7")
def test_a_thrown_signal_without_payload_hands_over_nothing(story: Story):
    listener = listening(story)
    story.starts("signal_events/throw_signal", secret="private").works()
    assert listener.variables == {}


@pytest.mark.shows("signalEventDefinition", "payload", "executed")
def test_a_thrown_signal_may_hand_over_all_variables(story: Story):
    listener = listening(story)
    story.starts("signal_events/throw_signal_with_everything", floor=4, people=2).works()
    assert listener.variables == {"floor": 4, "people": 2}


@pytest.mark.shows("signalEventDefinition", "payload", "executed")
def test_a_case_begun_by_a_thrown_signal_has_its_payload(story: Story):
    deployed(story, "signal_events/start_by_signal")
    story.starts("signal_events/throw_signal_with_payload", floor=4, people=2).works()
    (case,) = begun(story, "start_by_signal")
    assert case.variables == {"where": 4, "many": 3}


@pytest.mark.shows("signalEventDefinition", "business key", "executed")
def test_a_case_that_a_signal_begins_takes_the_business_key_that_comes_with_it(story: Story):
    deployed(story, "signal_events/start_by_signal")
    story.business_key = "BK-1"
    story.starts("signal_events/throw_signal_with_key").works()
    (case,) = begun(story, "start_by_signal")
    assert case.info.business_key == "BK-1"
