# SPDX-License-Identifier: EUPL-1.2
"""Events without a definition: a case begins, passes and ends at them."""

import pytest

from tests.engine.story import Story


@pytest.mark.shows("noneEvent", "start", "executed", point="1.3")
def test_a_case_begins_at_the_start_event_without_a_trigger(story: Story):
    assert story.starts("none_events/none_throw").passed() == ["start"]


@pytest.mark.shows("noneEvent", "intermediate throw", "executed", point="1.3")
def test_an_event_without_a_meaning_is_passed_and_remembered(story: Story):
    story.starts("none_events/none_throw").completes("Ask")
    assert story.open() == ["Read"]
    assert "marked" in story.passed()


@pytest.mark.shows("noneEvent", "end", "executed", point="1.3")
@pytest.mark.parametrize(("granted", "end"), [(True, "Granted"), (False, "Refused")])
def test_a_case_goes_by_the_end_that_it_reached(story: Story, granted: bool, end: str):
    assert story.starts("none_events/two_ends").completes("Ask", granted=granted).ended_with == end


@pytest.mark.shows("noneEvent", "end, several", "executed", point="1.3")
def test_a_case_goes_on_while_one_branch_has_not_ended(story: Story):
    story.starts("none_events/two_ends_in_parallel").completes("One")
    assert (story.info.state, story.open()) == ("active", ["Two"])


@pytest.mark.shows("noneEvent", "end, several", "executed")
def test_a_case_goes_by_the_end_that_was_reached_last(story: Story):
    story.starts("none_events/two_ends_in_parallel").completes("Two").completes("One")
    assert (story.info.state, story.ended_with) == ("completed", "First end")


@pytest.mark.shows("noneEvent", "end, without a name", "executed")
def test_an_end_without_a_name_goes_by_its_id(story: Story):
    assert story.starts("none_events/end_without_a_name").completes("Ask").ended_with == "finished"


@pytest.mark.shows("noneEvent", "end, in a subprocess", "executed")
def test_a_subprocess_goes_on_after_the_last_of_its_ends(story: Story):
    story.starts("none_events/ends_in_subprocess").completes("One")
    assert story.ended_with is None
    assert story.completes("Two").ended_with == "Over"
