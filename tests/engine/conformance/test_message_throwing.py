# SPDX-License-Identifier: EUPL-1.2
"""Messages that a case sends: by throw events, end events and send tasks."""

import pytest

from tests.engine.begun import another, begun, deployed
from tests.engine.probes import Bell
from tests.engine.story import Story


def listening(story: Story, **variables: object) -> Story:
    """Another case that waits for the reply."""
    return another(story).starts("message_events/catch_message", key="k1", **variables)


@pytest.mark.shows("messageEventDefinition", "intermediate throw", "executed", point="1.3")
def test_a_thrown_message_reaches_the_case_that_waits_for_it(story: Story):
    listener = listening(story)
    story.starts("message_events/throw_message", other="k1", words="hello").works()
    assert listener.open() == ["Read"]


@pytest.mark.shows("messageEventDefinition", "intermediate throw", "executed")
def test_a_thrown_message_leaves_after_the_commit(story: Story):
    listener = listening(story)
    story.starts("message_events/throw_message", other="k1", words="hello")
    assert listener.open() == []


@pytest.mark.shows("messageEventDefinition", "intermediate throw", "executed")
def test_whoever_throws_a_message_goes_on_without_waiting(story: Story):
    listening(story)
    assert story.starts("message_events/throw_message", other="k1", words="hello").ended_with == "Said"


@pytest.mark.shows("messageEventDefinition", "payload", "executed", point="7")
def test_a_thrown_message_carries_the_inputs_of_its_event_and_nothing_else(story: Story):
    listener = listening(story)
    story.starts("message_events/throw_message", other="k1", words="hello", secret="private").works()
    assert listener.variables["reply"] == {"text": "hello"}
    assert "secret" not in listener.variables


@pytest.mark.shows("messageEventDefinition", "intermediate throw", "executed")
def test_a_thrown_message_reaches_no_case_with_another_key(story: Story):
    listener = listening(story)
    story.starts("message_events/throw_message", other="k2", words="hello").works()
    assert listener.open() == []


@pytest.mark.shows("messageEventDefinition", "intermediate throw", "executed")
def test_a_thrown_message_finds_its_case_by_business_key(story: Story):
    listener = another(story)
    listener.business_key = "BK-1"
    listener.starts("message_events/catch_without_key")
    story.starts("message_events/throw_message_by_business_key", other="BK-1").works()
    assert listener.open() == ["Read"]


@pytest.mark.shows("messageEventDefinition", "intermediate throw, to its own case", "executed", point="1.3")
def test_a_case_can_send_a_message_to_itself(story: Story):
    story.starts("message_events/throw_to_itself", key="k1").works()
    assert story.ended_with == "Heard"


@pytest.mark.shows("messageEventDefinition", "intermediate throw, starts a case", "executed")
def test_a_thrown_message_begins_a_case_of_another_process(story: Story):
    deployed(story, "message_events/start_by_message").starts("message_events/throw_order").works()
    (case,) = begun(story, "start_by_message")
    assert case.open() == ["Handle"]
    assert case.variables == {"order": {"goods": "bicycle"}}


@pytest.mark.shows("messageEventDefinition", "intermediate throw, kept", "executed")
def test_a_thrown_message_waits_for_its_catcher_where_the_model_says_so(story: Story):
    story.starts("message_events/throw_kept_message", other="k1", words="hello").works()
    assert listening(story).works().open() == ["Read"]


@pytest.mark.shows("messageEventDefinition", "intermediate throw, kept", "executed")
def test_a_thrown_message_waits_no_longer_than_the_model_says(story: Story):
    story.starts("message_events/throw_kept_message", other="k1", words="hello").works().waits(days=1, seconds=1)
    assert listening(story).works().open() == []


@pytest.mark.shows("messageEventDefinition", "intermediate throw, nobody waits", "executed", point="7")
def test_a_thrown_message_that_never_finds_its_case_is_reported(story: Story):
    story.starts("message_events/throw_message", other="k1", words="hello").works()
    for _ in range(8):
        story.waits(hours=2)
    assert [incident.element_id for incident in story.incidents()] == ["tell"]


@pytest.mark.shows("messageEventDefinition", "intermediate throw, by operation", "executed")
def test_an_operation_sends_what_a_throw_event_names(story: Story, bell: Bell):
    story.starts("message_events/throw_by_operation").works()
    assert (bell.rings, story.ended_with) == (["hello"], "Said")


@pytest.mark.shows("messageEventDefinition", "intermediate throw, by expression", "executed", point="1.3")
def test_the_result_of_a_sending_expression_becomes_a_variable(story: Story):
    story.starts("message_events/throw_by_expression", number=6)
    assert (story.variables["sent"], story.ended_with) == (7, "Said")


@pytest.mark.shows("messageEventDefinition", "end", "executed", point="1.3")
def test_an_end_event_sends_its_message(story: Story):
    listener = listening(story)
    story.starts("message_events/end_message", other="k1", words="goodbye").works()
    assert story.ended_with == "Told"
    assert listener.variables["reply"] == {"text": "goodbye"}


@pytest.mark.shows("messageEventDefinition", "end, by operation", "executed")
def test_an_operation_sends_what_an_end_event_names(story: Story, bell: Bell):
    story.starts("message_events/end_message_by_operation").works()
    assert (bell.rings, story.ended_with) == (["goodbye"], "Told")


@pytest.mark.shows("sendTask", "activity", "executed", point="1.1")
def test_a_send_task_sends_its_message(story: Story):
    listener = listening(story)
    story.starts("message_events/send_task", other="k1", words="hello").works()
    assert story.ended_with == "Said"
    assert listener.variables["reply"] == {"text": "hello"}


@pytest.mark.shows("sendTask", "activity, by operation", "executed", point="1.1")
def test_an_operation_does_what_a_send_task_names(story: Story, bell: Bell):
    story.starts("message_events/send_task_by_operation").works()
    assert (bell.rings, story.ended_with) == (["letter"], "Said")
