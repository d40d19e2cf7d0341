# SPDX-License-Identifier: EUPL-1.2
"""Code that a model hangs to the moments of a case, an element, a flow or a task."""

import pytest

from engine.db import unit_of_work
from engine.errors import NobodyWaits
from engine.signals import trigger
from engine.spiff.state import stored_state
from engine.tasks import claim_task
from tests.engine.story import ANNA, Story


@pytest.mark.shows("executionListener", "process, flow and activity", "executed", point="3")
def test_listeners_run_in_the_order_of_what_happens(story: Story):
    story.starts("listeners/listeners").completes("Ask")
    assert story.variables["seen"] == [
        "process start",
        "take",
        "start",
        "create",
        "complete",
        "end",
        "process end",
    ]


@pytest.mark.shows("taskListener", "delete", "executed", point="3")
def test_a_task_that_is_interrupted_tells_that_it_is_deleted(story: Story):
    seen = story.starts("listeners/listeners").waits(days=1).variables["seen"]
    assert seen[-3:] == ["delete", "end", "process end"]
    assert "complete" not in seen


@pytest.mark.shows("taskListener", "assignment", "executed", point="3")
def test_claiming_a_task_tells_its_listeners(story: Story):
    story.starts("listeners/listeners")
    with unit_of_work(story.db) as session:
        claim_task(session, story.services, story.task("Ask").id, ANNA)
    assert story.variables["seen"][-1] == "assignment"


def token(story: Story) -> str:
    """The id of the only token."""
    ((key, *_),) = stored_state(story.state())["tokens"]
    assert isinstance(key, str)
    return key


@pytest.mark.shows("receiveTask", "without a message", "executed", point="F")
def test_a_receive_task_without_a_message_waits_to_be_told(story: Story):
    story.starts("listeners/told")
    assert story.standing() == ["wait"]
    with unit_of_work(story.db) as session:
        trigger(session, story.services, story.case_id, token(story), {"how": "by hand"}, ANNA)
    assert (story.ended_with, story.variables) == ("Over", {"how": "by hand"})


@pytest.mark.shows("receiveTask", "told twice", "executed", point="7")
def test_what_is_done_cannot_be_told_again(story: Story):
    story.starts("listeners/told")
    other = token(story)[::-1]
    with unit_of_work(story.db) as session, pytest.raises(NobodyWaits):
        trigger(session, story.services, story.case_id, other, {}, ANNA)


@pytest.mark.shows("executionListener", "expression that sets a variable", "executed", point="3")
def test_listeners_set_variables_by_expressions(story: Story):
    story.starts("listeners/setting")
    assert story.variables == {"begun": True, "told": "Ask"}
    assert story.sees("Ask")["own"] == "start"


@pytest.mark.shows("taskListener", "script that asks its task", "executed", point="3")
def test_a_script_of_a_task_listener_asks_the_task(story: Story):
    story.starts("listeners/setting").completes("Ask")
    assert story.variables == {"told": "Ask", "complete": "ask"}
