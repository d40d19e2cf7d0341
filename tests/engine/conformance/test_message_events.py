# SPDX-License-Identifier: EUPL-1.2
"""Messages that arrive: at catch events, receive tasks, boundary events, and where they begin a case."""

from datetime import timedelta

import pytest

from engine.errors import NobodyWaits, SeveralWait, StepFailed
from engine.models import CaseRow
from engine.spiff.beginning import SeveralBeginnings
from tests.engine.begun import another, begun, deployed, opened, replaced
from tests.engine.story import Story, rows

CATCH = "message_events/catch_message"
BY_NAME = "message_events/catch_without_key"


@pytest.mark.shows("messageEventDefinition", "intermediate catch", "executed", point="1.3")
def test_a_message_lets_the_waiting_case_go_on(story: Story):
    assert story.starts(CATCH, key="k1").open() == []
    assert story.hears("Reply", "k1").open() == ["Read"]


@pytest.mark.shows("messageEventDefinition", "payload", "executed")
def test_outputs_of_the_catching_event_see_the_payload(story: Story):
    story.starts(CATCH, key="k1").hears("Reply", "k1", colour="red")
    assert story.variables["colour"] == "red"


@pytest.mark.shows("messageEventDefinition", "payload", "executed")
def test_the_payload_fills_the_variable_that_is_named_for_it(story: Story):
    story.starts(CATCH, key="k1").hears("Reply", "k1", colour="red")
    assert story.variables["reply"] == {"colour": "red"}


@pytest.mark.shows("messageEventDefinition", "payload", "executed", point="7")
def test_a_payload_overwrites_no_variable_of_the_same_name(story: Story):
    story.starts(CATCH, key="k1", role="clerk").hears("Reply", "k1", role="admin", colour="red")
    assert story.variables["role"] == "clerk"


@pytest.mark.shows("messageEventDefinition", "correlation by key", "executed", point="7")
def test_the_first_message_of_a_case_needs_the_right_key_too(story: Story):
    story.starts(CATCH, key="k1")
    with pytest.raises(NobodyWaits):
        story.hears("Reply", "k2")


@pytest.mark.shows("messageEventDefinition", "correlation by key", "executed")
def test_of_two_waiting_cases_the_one_with_the_key_goes_on(story: Story):
    story.starts(CATCH, key="k1")
    other = another(story).starts_deployed("catch_message", key="k2")
    other.hears("Reply", "k2")
    assert (story.open(), other.open()) == ([], ["Read"])


@pytest.mark.shows("messageEventDefinition", "correlation by business key", "executed", point="7")
def test_a_message_finds_its_case_by_business_key(story: Story):
    story.business_key = "BK-1"
    story.starts(BY_NAME)
    other = another(story)
    other.business_key = "BK-2"
    other.starts_deployed("catch_without_key")
    story.correlates("Reply", business_key="BK-1")
    assert (story.open(), other.open()) == (["Read"], [])


@pytest.mark.shows("messageEventDefinition", "correlation by business key", "executed", point="7")
def test_a_business_key_that_no_waiting_case_has_reaches_nobody(story: Story):
    story.business_key = "BK-1"
    story.starts(BY_NAME)
    with pytest.raises(NobodyWaits):
        story.correlates("Reply", business_key="BK-2")


@pytest.mark.shows("messageEventDefinition", "correlation by variables", "executed", point="7")
def test_a_message_finds_its_case_by_equal_variables(story: Story):
    story.starts(BY_NAME, year=2026, number=7)
    other = another(story).starts_deployed("catch_without_key", year=2026, number=8)
    story.correlates("Reply", correlation_keys={"year": 2026, "number": 7})
    assert (story.open(), other.open()) == (["Read"], [])


@pytest.mark.shows("messageEventDefinition", "correlation by variables", "executed", point="7")
def test_one_equal_variable_of_two_is_not_enough(story: Story):
    story.starts(BY_NAME, year=2026, number=7)
    with pytest.raises(NobodyWaits):
        story.correlates("Reply", correlation_keys={"year": 2026, "number": 8})


@pytest.mark.shows("messageEventDefinition", "correlation by case", "executed")
def test_a_message_finds_its_case_by_the_id_of_the_case(story: Story):
    story.starts(BY_NAME)
    other = another(story).starts_deployed("catch_without_key")
    story.correlates("Reply", case_id=other.case_id)
    assert (story.open(), other.open()) == ([], ["Read"])


@pytest.mark.shows("messageEventDefinition", "correlation by name", "executed")
def test_a_name_alone_is_enough_where_one_case_waits(story: Story):
    story.starts(BY_NAME).correlates("Reply")
    assert story.open() == ["Read"]


@pytest.mark.shows("messageEventDefinition", "correlation by name", "executed")
def test_a_name_alone_reaches_none_of_two_waiting_cases(story: Story):
    story.starts(BY_NAME)
    another(story).starts_deployed("catch_without_key")
    with pytest.raises(SeveralWait):
        story.correlates("Reply")
    assert opened(story, "catch_without_key") == []


@pytest.mark.shows("messageEventDefinition", "variables", "executed")
def test_variables_of_a_message_are_written_into_the_case(story: Story):
    story.starts(BY_NAME, state="open").correlates("Reply", variables={"state": "paid"})
    assert story.variables["state"] == "paid"


@pytest.mark.shows("messageEventDefinition", "name by expression", "executed")
def test_the_name_of_an_awaited_message_may_be_computed(story: Story):
    story.starts("message_events/catch_named_by_expression", number=7).correlates("Reply-7")
    assert story.open() == ["Read"]


@pytest.mark.shows("messageEventDefinition", "intermediate catch", "executed", point="1.3")
def test_two_catchers_of_one_case_do_not_share_a_message(story: Story):
    story.starts("message_events/two_catchers", key="k1")
    with pytest.raises(SeveralWait):
        story.hears("Reply", "k1")
    assert story.open() == []


@pytest.mark.shows("receiveTask", "activity", "executed", point="1.1")
def test_a_receive_task_waits_for_its_message(story: Story):
    assert story.starts("message_events/receive_task", key="k1").open() == []
    assert story.hears("Reply", "k1", text="yes").open() == ["Read"]
    assert story.variables["reply"] == {"text": "yes"}


@pytest.mark.shows("receiveTask", "multi-instance", "executed")
def test_a_receive_task_for_each_awaits_a_message_from_each(story: Story):
    story.starts("message_events/receive_for_each", people=["ada", "bob"]).hears("Reply", "bob")
    assert story.open() == []
    assert story.hears("Reply", "ada").open() == ["Read"]


@pytest.mark.shows("messageEventDefinition", "boundary, interrupting", "executed", point="1.3")
def test_an_interrupting_message_takes_the_task_away(story: Story):
    story.starts("message_events/boundary_message_ends", key="k1").hears("Reply", "k1", reason="moved")
    assert (story.open(), story.ended_with) == ([], "Gone")
    assert story.variables["why"] == {"reason": "moved"}


@pytest.mark.shows("messageEventDefinition", "boundary, non-interrupting", "executed", point="1.3")
def test_a_message_beside_a_task_is_taken_as_often_as_it_comes(story: Story):
    story.starts("message_events/boundary_message_adds", key="k1")
    for _ in range(3):
        story.hears("Reply", "k1")
    assert story.open() == ["Ask", "Look", "Look", "Look"]


@pytest.mark.shows("messageEventDefinition", "boundary, non-interrupting", "executed")
def test_a_message_beside_a_completed_task_reaches_nobody(story: Story):
    story.starts("message_events/boundary_message_adds", key="k1").hears("Reply", "k1").completes("Ask")
    with pytest.raises(NobodyWaits):
        story.hears("Reply", "k1")
    assert story.open() == ["Look"]


@pytest.mark.shows("messageEventDefinition", "boundary, interrupting", "executed")
def test_a_message_at_a_subprocess_takes_all_its_tasks_away(story: Story):
    story.starts("message_events/boundary_message_at_subprocess", key="k1")
    assert story.open() == ["One", "Two"]
    assert story.hears("Reply", "k1").ended_with == "Gone"
    assert story.open() == []


@pytest.mark.shows("messageEventDefinition", "start", "executed", point="1.3")
def test_a_message_that_nobody_waits_for_begins_a_case(story: Story):
    deployed(story, "message_events/start_by_message")
    info = story.correlates("Order")
    assert info is not None
    assert [case.case_id for case in begun(story, "start_by_message")] == [info.id]
    assert opened(story, "start_by_message") == ["Handle"]


@pytest.mark.shows("messageEventDefinition", "start", "executed")
def test_a_case_begun_by_a_message_has_its_variables_and_payload(story: Story):
    deployed(story, "message_events/start_by_message").correlates(
        "Order", payload={"goods": "bicycle"}, variables={"n": 2}
    )
    (case,) = begun(story, "start_by_message")
    assert case.variables == {"n": 2, "order": {"goods": "bicycle"}}


@pytest.mark.shows("messageEventDefinition", "start", "executed")
def test_of_two_start_events_the_one_whose_message_came_begins(story: Story):
    deployed(story, "message_events/start_by_two_messages").correlates("Return")
    assert opened(story, "start_by_two_messages") == ["Take back"]


@pytest.mark.shows("messageEventDefinition", "start", "executed")
def test_whoever_waits_is_served_before_a_case_is_begun(story: Story):
    deployed(story, "message_events/start_and_catch")
    story.correlates("Order")
    story.correlates("Order")
    assert rows(story.db, CaseRow) == 1
    assert opened(story, "start_and_catch") == ["Handle"]


@pytest.mark.shows("messageEventDefinition", "start", "executed")
def test_a_message_begins_no_case_of_a_version_that_was_replaced(story: Story):
    deployed(story, "message_events/start_by_message")
    replaced(story, "start_by_message")
    with pytest.raises(NobodyWaits):
        story.correlates("Order")


@pytest.mark.shows("receiveTask", "start (instantiate)", "executed", point="1.1")
def test_a_receive_task_at_the_beginning_begins_a_case(story: Story):
    deployed(story, "message_events/start_by_receive_task").correlates("Order")
    assert opened(story, "start_by_receive_task") == ["Handle"]


@pytest.mark.shows("messageEventDefinition", "kept", "executed")
def test_a_message_that_nobody_awaits_yet_can_be_kept(story: Story):
    assert story.correlates("Reply", key="k1", payload={"colour": "red"}, keep_for=timedelta(days=1)) is None
    assert story.starts(CATCH, key="k1").works().open() == ["Read"]
    assert story.variables["colour"] == "red"


@pytest.mark.shows("messageEventDefinition", "kept", "executed")
def test_a_kept_message_is_taken_by_one_case_only(story: Story):
    story.correlates("Reply", key="k1", keep_for=timedelta(days=1))
    story.starts(CATCH, key="k1").works()
    assert another(story).starts_deployed("catch_message", key="k1").works().open() == []


@pytest.mark.shows("messageEventDefinition", "kept", "executed")
def test_a_kept_message_is_forgotten_after_its_time(story: Story):
    story.correlates("Reply", key="k1", keep_for=timedelta(days=1))
    story.waits(days=1, seconds=1)
    assert story.starts(CATCH, key="k1").works().open() == []


@pytest.mark.shows("messageEventDefinition", "kept", "executed")
def test_a_message_to_be_kept_is_delivered_at_once_where_somebody_waits(story: Story):
    story.starts(CATCH, key="k1")
    info = story.correlates("Reply", key="k1", keep_for=timedelta(days=1))
    assert info is not None
    assert story.open() == ["Read"]


@pytest.mark.shows("messageEventDefinition", "start, several, by hand", "executed")
def test_by_hand_it_is_not_clear_which_of_two_messages_has_come(story: Story):
    with pytest.raises(StepFailed) as failed:
        story.starts("message_events/start_by_two_messages")
    assert isinstance(failed.value.cause, SeveralBeginnings)


@pytest.mark.shows("messageEventDefinition", "throw, without a message", "executed")
def test_a_message_that_is_not_named_is_not_sent(story: Story):
    assert story.starts("message_events/throw_nothing").ended_with == "Done"
    assert story.works().incidents() == []
