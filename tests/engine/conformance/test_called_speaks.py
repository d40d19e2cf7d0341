# SPDX-License-Identifier: EUPL-1.2
"""What comes out of a called case before or instead of its end: escalations, errors, signals, and what it knows."""

import pytest

from tests.engine.begun import deployed
from tests.engine.story import Story


def asked(story: Story, how: str) -> Story:
    """A case that has called another one, which tells something in this way."""
    return deployed(story, "call_activities/speaks_up").starts("call_activities/listens", how=how, known=42)


@pytest.mark.shows("escalationEventDefinition", "boundary at a call activity, at once", "executed")
def test_an_escalation_at_once_ends_the_called_case(story: Story):
    assert asked(story, "escalates").open() == ["Help"]
    (called,) = story.called()
    assert (called.info.state, called.open()) == ("cancelled", [])


@pytest.mark.shows("callActivity", "camunda:out, with an escalation", "executed")
def test_with_an_escalation_comes_what_the_called_case_knows(story: Story):
    assert asked(story, "escalates").variables["heard"] == 42


@pytest.mark.shows("callActivity", "camunda:out, with an error", "executed")
def test_with_an_error_comes_what_the_called_case_knows(story: Story):
    assert asked(story, "fails").open() == ["Repair"]
    assert story.variables["heard"] == 42


@pytest.mark.shows("signalEventDefinition", "heard by the calling case", "executed")
def test_the_calling_case_hears_the_signal_with_which_a_called_case_ends(story: Story):
    """A job would tell it too late: it would be over by then."""
    (called,) = asked(story, "signals").called()
    called.completes("Look")
    assert (story.open(), story.variables["heard"]) == (["Leave"], 42)
    assert story.works().open() == ["Leave"]
