# SPDX-License-Identifier: EUPL-1.2
"""Escalations: reports that go outwards, with a handler that goes beside or interrupts, or with none."""

import pytest

from tests.engine.begun import deployed, takes_one
from tests.engine.story import Story


@pytest.mark.shows("escalationEventDefinition", "intermediate throw", "executed", point="1.3")
def test_whoever_escalates_goes_on_beside_the_handler(story: Story):
    assert story.starts("escalation_events/escalation_adds").completes("Check").open() == ["Go on", "Help"]


@pytest.mark.shows("escalationEventDefinition", "boundary, non-interrupting", "executed", point="1.3")
def test_beside_its_handler_a_subprocess_ends_normally(story: Story):
    story.starts("escalation_events/escalation_adds").completes("Check").completes("Help").completes("Go on")
    assert story.ended_with == "Finished"


@pytest.mark.shows("escalationEventDefinition", "boundary, interrupting", "executed", point="1.3")
def test_an_interrupting_handler_ends_the_subprocess(story: Story):
    assert story.starts("escalation_events/escalation_ends").completes("Check").open() == ["Help"]


@pytest.mark.shows("escalationEventDefinition", "boundary, interrupting", "executed")
def test_a_subprocess_that_an_escalation_ended_does_not_go_on(story: Story):
    story.starts("escalation_events/escalation_ends").completes("Check").completes("Help")
    assert story.ended_with == "Help over"
    assert "work" not in story.passed("completed")


@pytest.mark.shows("escalationEventDefinition", "boundary, precedence", "executed")
def test_a_handler_with_the_code_goes_before_one_for_all_codes(story: Story):
    assert story.starts("escalation_events/escalation_by_code").completes("Check").open() == ["Go on", "Help"]


@pytest.mark.shows("escalationEventDefinition", "boundary, catch-all", "executed")
def test_a_handler_without_a_code_takes_every_escalation(story: Story):
    assert story.starts("escalation_events/escalation_for_all").completes("Check").open() == ["Go on", "Look"]


@pytest.mark.shows("escalationEventDefinition", "escalationCodeVariable", "executed")
def test_the_code_of_a_caught_escalation_becomes_a_variable(story: Story):
    story.starts("escalation_events/escalation_for_all").completes("Check")
    assert story.variables["code"] == "X-SLOW"


@pytest.mark.shows("escalationEventDefinition", "unhandled", "executed", point="1.3")
def test_an_escalation_that_nobody_handles_stops_nobody(story: Story):
    story.starts("escalation_events/escalation_unhandled").completes("Check")
    assert (story.open(), story.incidents()) == (["Go on"], [])


@pytest.mark.shows("escalationEventDefinition", "unhandled", "executed")
def test_an_escalation_that_nobody_handles_is_remembered(story: Story):
    story.starts("escalation_events/escalation_unhandled").completes("Check")
    assert "X-SLOW" in [line.details.get("code") for line in story.history if line.element_id == "report"]


@pytest.mark.shows("escalationEventDefinition", "unhandled", "executed")
def test_an_escalation_passes_a_handler_of_another_code(story: Story):
    assert story.starts("escalation_events/escalation_of_another_code").completes("Check").open() == ["Go on"]


@pytest.mark.shows("escalationEventDefinition", "end, unhandled", "executed", point="1.3")
def test_a_process_may_end_with_an_escalation_that_nobody_handles(story: Story):
    assert story.starts("escalation_events/escalation_end_unhandled").completes("Check").ended_with == "Reported"


@pytest.mark.shows("escalationEventDefinition", "end", "executed", point="1.3")
def test_an_end_event_that_escalates_ends_its_branch_only(story: Story):
    story.starts("escalation_events/escalation_end_adds").completes("Check")
    assert story.open() == ["Help", "Other"]


@pytest.mark.shows("escalationEventDefinition", "end", "executed", point="1.3")
def test_an_end_event_that_escalates_to_an_interrupting_handler_ends_the_subprocess(story: Story):
    story.starts("escalation_events/escalation_end_ends").completes("Check")
    assert story.open() == ["Help"]


@pytest.mark.shows("escalationEventDefinition", "boundary, non-interrupting", "executed", point="1.3")
def test_a_handler_beside_is_called_as_often_as_somebody_escalates(story: Story):
    story.starts("escalation_events/escalation_again", enough=False)
    for _ in range(3):
        story.completes("Check")
    assert story.open() == ["Check", "Help", "Help", "Help"]


@pytest.mark.shows("escalationEventDefinition", "boundary, outwards", "executed")
def test_an_escalation_goes_outwards_to_the_handler_of_its_code(story: Story):
    assert story.starts("escalation_events/escalation_outwards").completes("Check").open() == ["Go on", "Help outside"]


@pytest.mark.shows("escalationEventDefinition", "boundary, outwards", "executed")
def test_an_escalation_stops_at_the_first_handler(story: Story):
    story.starts("escalation_events/escalation_stops_inside").completes("Check")
    assert story.open() == ["Go on", "Help inside"]


@pytest.mark.shows("escalationEventDefinition", "boundary at a multi-instance", "executed")
def test_each_item_of_a_multi_instance_may_escalate(story: Story):
    story.starts("escalation_events/escalation_of_many", people=["ada", "bob"])
    takes_one(takes_one(story, "Check"), "Check")
    assert story.open() == ["Go on", "Go on", "Help", "Help"]


@pytest.mark.shows("escalationEventDefinition", "boundary at a call activity, non-interrupting", "executed")
def test_a_called_process_escalates_and_goes_on(story: Story):
    deployed(story, "escalation_events/escalation_called").starts("escalation_events/escalation_calling_adds")
    (called,) = story.called()
    called.completes("Check")
    assert (story.works().open(), called.open()) == (["Help"], ["Go on"])


@pytest.mark.shows("escalationEventDefinition", "boundary at a call activity, interrupting", "executed")
def test_a_called_process_that_escalates_may_be_ended_by_it(story: Story):
    deployed(story, "escalation_events/escalation_called").starts("escalation_events/escalation_calling_ends")
    (called,) = story.called()
    called.completes("Check")
    assert (story.works().open(), called.open()) == (["Help"], [])
