# SPDX-License-Identifier: EUPL-1.2
"""Terminate end events: end everything in their own scope at once, and nothing outside of it."""

import pytest

from engine.models import JobRow, SubscriptionRow
from tests.engine.begun import deployed, takes_one
from tests.engine.story import Story, rows


@pytest.mark.shows("terminateEventDefinition", "end", "executed", point="E")
def test_a_sibling_that_was_ended_before_its_turn_does_not_run(story: Story):
    story.starts("terminate_events/terminate_before_sibling").completes("Go")
    assert story.ended_with == "Stopped"
    assert "counted" not in story.variables


@pytest.mark.shows("terminateEventDefinition", "end", "executed", point="1.3")
def test_all_that_is_waited_for_is_ended(story: Story):
    story.starts("terminate_events/terminate_waiting_work", key="k1").completes("Go")
    assert (story.open(), rows(story.db, JobRow), rows(story.db, SubscriptionRow)) == ([], 0, 0)
    assert story.ended_with == "Stopped"


@pytest.mark.shows("terminateEventDefinition", "end, in a subprocess", "executed", point="1.3")
def test_a_subprocess_that_is_ended_lets_its_process_go_on(story: Story):
    story.starts("terminate_events/terminate_in_subprocess").completes("Go")
    assert story.open() == ["After", "Beside"]


@pytest.mark.shows("terminateEventDefinition", "end, in a subprocess", "executed", point="1.3")
def test_a_case_goes_by_its_own_end_and_not_by_that_of_a_subprocess(story: Story):
    story.starts("terminate_events/terminate_in_subprocess").completes("Beside").completes("Go").completes("After")
    assert story.ended_with == "Over"


@pytest.mark.shows("terminateEventDefinition", "end, in a nested subprocess", "executed", point="1.3")
def test_the_outer_subprocess_goes_on_when_the_inner_one_is_ended(story: Story):
    story.starts("terminate_events/terminate_in_nested_subprocess").completes("Go")
    assert story.open() == ["After", "Beside"]


@pytest.mark.shows("terminateEventDefinition", "end, in a multi-instance", "executed", point="1.3")
def test_only_the_item_that_is_ended_ends(story: Story):
    story.starts("terminate_events/terminate_one_of_many", people=["ada", "bob"])
    assert takes_one(story, "Go").open() == ["Go", "Other"]


@pytest.mark.shows("terminateEventDefinition", "end, in a multi-instance", "executed", point="1.3")
def test_a_multi_instance_goes_on_when_all_items_were_ended(story: Story):
    story.starts("terminate_events/terminate_one_of_many", people=["ada", "bob"])
    assert takes_one(takes_one(story, "Go"), "Go").ended_with == "Over"


@pytest.mark.shows("terminateEventDefinition", "end, in a called process", "executed", point="1.3")
def test_a_called_process_that_is_ended_lets_the_calling_one_go_on(story: Story):
    deployed(story, "terminate_events/terminate_called").starts("terminate_events/terminate_calling")
    (called,) = story.called()
    called.completes("Go")
    assert story.works().open() == ["After", "Beside"]
    assert called.ended_with == "Stopped"
