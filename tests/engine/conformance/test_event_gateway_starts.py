# SPDX-License-Identifier: EUPL-1.2
"""Event-based gateways that begin a case: by whichever event comes first, with or without awaiting the others."""

import pytest

from engine.errors import NobodyWaits
from tests.engine.begun import begun, deployed, opened
from tests.engine.story import Story

EITHER = "event_gateway_starts/begin_by_either"
BOTH = "event_gateway_starts/begin_by_one_and_await_the_other"


@pytest.mark.shows("eventBasedGateway", "start, exclusive", "executed", point="1.2")
@pytest.mark.parametrize(("message", "task"), [("Order", "Handle"), ("Payment", "Book")])
def test_whichever_message_comes_first_begins_the_case_behind_it(story: Story, message: str, task: str):
    deployed(story, EITHER).correlates(message, variables={"number": 7})
    assert opened(story, "begin_by_either") == [task]


@pytest.mark.shows("eventBasedGateway", "start, exclusive", "executed", point="1.2")
def test_a_case_begun_by_one_message_does_not_await_the_other(story: Story):
    deployed(story, EITHER).correlates("Order", variables={"number": 7})
    story.correlates("Payment", variables={"number": 7})
    assert [case.open() for case in begun(story, "begin_by_either")] in ([["Handle"], ["Book"]], [["Book"], ["Handle"]])


@pytest.mark.shows("eventBasedGateway", "start, parallel", "executed", point="1.2")
def test_a_case_begun_by_one_of_all_messages_awaits_the_other(story: Story):
    deployed(story, BOTH).correlates("Order", variables={"number": 7})
    (case,) = begun(story, "begin_by_one_and_await_the_other")
    assert case.open() == ["Handle"]
    assert case.completes("Handle").info.state == "active"
    assert case.hears("Payment", "7").completes("Book").ended_with == "Booked"


@pytest.mark.shows("eventBasedGateway", "start, parallel", "executed", point="1.2")
def test_a_message_with_another_key_begins_another_case(story: Story):
    deployed(story, BOTH).correlates("Order", variables={"number": 7})
    story.correlates("Payment", key="8", variables={"number": 8})
    assert opened(story, "begin_by_one_and_await_the_other") == ["Book", "Handle"]
    assert len(begun(story, "begin_by_one_and_await_the_other")) == 2


@pytest.mark.shows("eventBasedGateway", "start, by hand", "executed", point="1.2")
def test_begun_by_hand_it_awaits_whichever_message_comes_first(story: Story):
    story.starts(EITHER, number=7).hears("Order", "7")
    assert story.open() == ["Handle"]
    with pytest.raises(NobodyWaits):
        story.correlates("Payment", key="7", case_id=story.case_id)


@pytest.mark.shows("eventBasedGateway", "start, by hand", "executed", point="1.2")
def test_begun_by_hand_it_awaits_all_messages_where_it_is_a_parallel_one(story: Story):
    story.starts(BOTH, number=7).hears("Order", "7").hears("Payment", "7")
    assert story.open() == ["Book", "Handle"]
