# SPDX-License-Identifier: EUPL-1.2
"""Messages reach exactly one waiting case, once."""

import pytest

from engine.db import unit_of_work
from engine.errors import NobodyWaits, SeveralWait
from engine.messages import correlate
from tests.engine.story import Story
from tests.engine.together import Racers


def deliver(story: Story, text: str) -> None:
    with unit_of_work(story.db) as session:
        correlate(session, story.services, "Reply", "k1", {"text": text})


@pytest.mark.parametrize(("name", "key"), [("Reply", "other"), ("Other", "k1"), ("Reply", "")])
def test_a_message_for_which_nobody_waits_is_told(story: Story, name: str, key: str):
    story.starts("receive", key="k1")
    with pytest.raises(NobodyWaits):
        story.hears(name, key)


def test_a_message_for_which_several_wait_reaches_none(story: Story):
    first = story.starts("receive", key="k1")
    second = Story(story.db, story.services, story.clock).starts_deployed("receive", key="k1")
    with pytest.raises(SeveralWait):
        story.hears("Reply", "k1")
    assert first.open() == second.open() == []


def test_a_message_reaches_the_case_with_its_key(story: Story):
    other = Story(story.db, story.services, story.clock).starts("receive", key="k2")
    story.starts_deployed("receive", key="k1").hears("Reply", "k1")
    assert (story.open(), other.open()) == (["Read"], [])


def test_a_number_is_a_key_too(story: Story):
    assert story.starts("receive", key=4711).hears("Reply", "4711").open() == ["Read"]


def test_a_message_delivered_twice_counts_once(story: Story):
    story.starts("receive", key="k1").hears("Reply", "k1", text="first")
    with pytest.raises(NobodyWaits):
        story.hears("Reply", "k1", text="second")
    assert story.variables["reply"] == {"text": "first"}


def test_a_message_delivered_twice_at_once_counts_once(story: Story, racers: Racers):
    story.starts("receive", key="k1")
    outcomes = racers.run(lambda: deliver(story, "first"), lambda: deliver(story, "second"))
    assert outcomes == [None, NobodyWaits]
    assert story.variables["reply"] == {"text": "first"}


def test_a_message_for_an_ended_case_is_told(story: Story):
    story.starts("boundary_message", key="k1").completes("Ask")
    with pytest.raises(NobodyWaits):
        story.hears("Reply", "k1")


def test_a_payload_without_a_declared_variable_is_dropped(story: Story):
    story.starts("event_gateway", key="k1").hears("Reply", "k1", key="k9", secret=True)
    assert story.variables == {"key": "k1"}


def test_a_message_is_remembered_without_its_payload(story: Story):
    story.starts("receive", key="k1").hears("Reply", "k1", name="Ada")
    (line,) = [line for line in story.history if line.kind == "message_received"]
    assert (line.element_id, line.details) == ("wait", {"name": "Reply"})
