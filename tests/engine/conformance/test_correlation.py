# SPDX-License-Identifier: EUPL-1.2
"""How a message finds the one that waits for it: by key, by business key, by variables; and what if nobody waits."""

from datetime import timedelta
from typing import Any

import pytest

from engine.db import unit_of_work
from engine.errors import NobodyWaits, SeveralWait
from engine.messages import correlate
from engine.models import CaseRow
from tests.engine.story import Story, deploy_model, rows

HOUR = timedelta(hours=1)


def cases_of(story: Story, model: str, *given: dict[str, Any]) -> list[str]:
    """Several cases of a model, one for each set of variables; ids in this order."""
    deploy_model(story.db, story.services, model)
    key = model.rpartition("/")[2]
    return [story.starts_deployed(key, **variables).case_id for variables in given]


def ends(story: Story, case_ids: list[str]) -> list[str | None]:
    """With what each of these cases has ended."""
    found = []
    for story.case_id in case_ids:
        found.append(story.ended_with)
    return found


# -- by key -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("messageEventDefinition", "correlation by key, a number", "executed")
def test_a_key_may_be_a_number(story: Story):
    assert story.starts("correlation/by_key", key=4711).hears("Reply", "4711").ended_with == "Heard"


@pytest.mark.shows("messageEventDefinition", "correlation by key, two in one case", "executed", point="7")
def test_a_message_finds_the_branch_with_its_key(story: Story):
    story.starts("correlation/two_keys", first="k1", second="k2").hears("Reply", "k2")
    assert story.open() == ["After two"]


@pytest.mark.shows("messageEventDefinition", "another name", "executed")
def test_a_message_of_another_name_finds_nobody(story: Story):
    story.starts("correlation/by_key", key="k1")
    with pytest.raises(NobodyWaits):
        story.hears("Other", "k1")


@pytest.mark.shows("messageEventDefinition", "the same message twice", "executed")
def test_a_message_that_comes_twice_is_taken_once(story: Story):
    story.starts("correlation/by_key", key="k1").hears("Reply", "k1")
    with pytest.raises(NobodyWaits):
        story.hears("Reply", "k1")


# -- several ----------------------------------------------------------------------------------------------------


@pytest.mark.shows("messageEventDefinition", "several cases wait", "executed", point="7")
def test_a_message_for_which_two_cases_wait_is_delivered_to_neither(story: Story):
    cases = cases_of(story, "correlation/by_key", {"key": "k1"}, {"key": "k1"})
    with pytest.raises(SeveralWait):
        story.hears("Reply", "k1")
    assert ends(story, cases) == [None, None]


# -- without a key ----------------------------------------------------------------------------------------------


@pytest.mark.shows("messageEventDefinition", "correlation by variables, several", "executed")
def test_equal_variables_of_two_cases_are_not_enough(story: Story):
    cases_of(story, "correlation/without_key", {"zone": 3}, {"zone": 3})
    with pytest.raises(SeveralWait):
        story.correlates("Reply", correlation_keys={"zone": 3})


@pytest.mark.shows("messageEventDefinition", "correlation by variables, of another type", "executed")
def test_a_text_is_not_equal_to_a_number(story: Story):
    story.starts("correlation/without_key", zone=3)
    with pytest.raises(NobodyWaits):
        story.correlates("Reply", correlation_keys={"zone": "3"})


@pytest.mark.shows("messageEventDefinition", "correlation by variables, one that is missing", "executed")
def test_a_variable_that_a_case_does_not_have_is_not_equal(story: Story):
    story.starts("correlation/without_key", zone=3)
    with pytest.raises(NobodyWaits):
        story.correlates("Reply", correlation_keys={"zone": 3, "plate": "UL-A 1"})


@pytest.mark.shows("messageEventDefinition", "correlation by business key, several", "executed")
def test_two_cases_with_the_same_business_key_are_not_told_apart(story: Story):
    story.business_key = "BK-1"
    cases_of(story, "correlation/without_key", {}, {})
    with pytest.raises(SeveralWait):
        story.correlates("Reply", business_key="BK-1")


@pytest.mark.shows("messageEventDefinition", "correlation by business key and variables", "executed", point="7")
def test_business_key_and_variables_together_tell_two_cases_apart(story: Story):
    story.business_key = "BK-1"
    _, second = cases_of(story, "correlation/without_key", {"zone": 3}, {"zone": 4})
    story.correlates("Reply", business_key="BK-1", correlation_keys={"zone": 4}, payload={"text": "Hello"})
    assert (story.case_id, story.open()) == (second, ["After"])


@pytest.mark.shows("messageEventDefinition", "correlation by key, catcher without one", "executed")
def test_a_message_with_a_key_does_not_reach_a_case_that_asked_for_none(story: Story):
    story.starts("correlation/without_key")
    with pytest.raises(NobodyWaits):
        story.hears("Reply", "k1", text="Hello")


# -- kept for a while -------------------------------------------------------------------------------------------


@pytest.mark.shows("messageEventDefinition", "nobody waits, not kept", "executed")
def test_a_message_that_nobody_waits_for_is_not_kept_by_itself(story: Story):
    story.starts("correlation/later", key="k1")
    with pytest.raises(NobodyWaits):
        story.hears("Reply", "k1")
    assert story.completes("Before").works().open() == []


@pytest.mark.shows("messageEventDefinition", "kept, delivered once", "executed")
def test_a_kept_message_is_delivered_once(story: Story):
    story.starts("correlation/later", key="k1")
    keep(story, "k1", text="early")
    story.completes("Before").works().completes("Between").works()
    assert (story.ended_with, story.info.state) == (None, "active")


@pytest.mark.shows("messageEventDefinition", "kept, in the order of arrival", "executed")
def test_kept_messages_are_delivered_in_the_order_of_their_arrival(story: Story):
    story.starts("correlation/later", key="k1")
    keep(story, "k1", text="one")
    story.clock.advance(timedelta(minutes=1))
    keep(story, "k1", text="two")
    assert story.completes("Before").works().variables["seen"] == "one"
    assert story.completes("Between").works().ended_with == "Heard"


@pytest.mark.shows("messageEventDefinition", "kept for another key", "executed")
def test_a_kept_message_is_not_delivered_to_another_key(story: Story):
    story.starts("correlation/later", key="k1")
    keep(story, "k2")
    assert story.completes("Before").works().open() == []


@pytest.mark.shows("messageEventDefinition", "kept for a case that is not there yet", "executed")
def test_a_kept_message_reaches_a_case_that_begins_later(story: Story):
    keep(story, "k1")
    assert story.starts("correlation/by_key", key="k1").works().ended_with == "Heard"


# -- beginning a case -------------------------------------------------------------------------------------------


@pytest.mark.shows("messageEventDefinition", "start event, case waits", "executed")
def test_whoever_waits_goes_before_a_new_case(story: Story):
    deploy_model(story.db, story.services, "correlation/begins_and_waits")
    with unit_of_work(story.db) as session:
        begun = correlate(session, story.services, "Reply", business_key="BK-9")
    assert begun is not None
    story.case_id = begun.id
    story.completes("Work").correlates("Reply", business_key="BK-9")
    assert (story.ended_with, rows(story.db, CaseRow)) == ("Heard", 1)


def keep(story: Story, key: str, **payload: Any) -> None:
    """A message arrives before its time and is kept for an hour."""
    with unit_of_work(story.db) as session:
        assert correlate(session, story.services, "Reply", key, payload, keep_for=HOUR) is None
