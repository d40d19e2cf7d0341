# SPDX-License-Identifier: EUPL-1.2
"""What cases wait for and what withdraws it: timers, messages, boundary events, the terminate end."""

from datetime import date

import pytest

from engine.cases import cancel_case
from engine.counters import next_number
from engine.db import unit_of_work
from engine.errors import NobodyWaits
from engine.models import CandidateRow, JobRow, SubscriptionRow, TaskRow
from tests.engine.probes import Bell
from tests.engine.story import ANNA, Story, rows


def left_open(story: Story) -> dict[str, int]:
    """Rows of everything that a case can wait for."""
    return {table.__tablename__: rows(story.db, table) for table in (TaskRow, CandidateRow, JobRow, SubscriptionRow)}


NOTHING = {"tasks": 0, "task_candidates": 0, "jobs": 0, "event_subscriptions": 0}


@pytest.mark.shows("timerEventDefinition", "catching, duration", "executed", point="1.3")
def test_a_timer_waits_for_its_duration_and_no_longer(story: Story):
    story.starts("timer_catch", day=date(2026, 11, 24)).waits(hours=23, minutes=59)
    assert "wait" not in story.passed()
    assert "wait" in story.waits(minutes=1).passed()


@pytest.mark.shows("timerEventDefinition", "catching, a day", "executed", point="7")
def test_a_day_as_timer_means_its_end_in_the_town(story: Story):
    # It is noon in Berlin on the 22nd; the 24th ends there 59 hours and 59:59 minutes later.
    story.starts("timer_catch", day=date(2026, 11, 24)).waits(days=2, hours=11, minutes=59)
    assert story.ended_with is None
    assert story.waits(minutes=1).ended_with == "Over"


@pytest.mark.shows("receiveTask", "payload", "executed", point="7")
def test_a_message_fills_its_declared_variable_and_no_other(story: Story):
    story.starts("receive", key="k1", role="clerk").hears("Reply", "k1", role="admin", key="k2")
    assert story.variables == {"key": "k1", "role": "clerk", "reply": {"role": "admin", "key": "k2"}}


@pytest.mark.shows("timerEventDefinition", "boundary, interrupting", "executed", point="1.3")
def test_an_interrupting_timer_withdraws_its_task(story: Story):
    story.starts("boundary_timer").waits(days=2)
    assert story.ended_with == "Too late"
    assert left_open(story) == NOTHING


@pytest.mark.shows("timerEventDefinition", "boundary, in time", "executed")
def test_a_task_completed_in_time_withdraws_its_timer(story: Story):
    story.starts("boundary_timer").completes("Ask")
    assert story.ended_with == "Answered"
    assert left_open(story) == NOTHING


@pytest.mark.shows("timerEventDefinition", "boundary, interrupting, history", "executed")
def test_an_interrupted_task_is_cancelled_in_the_history_and_not_completed(story: Story):
    story.starts("boundary_timer").waits(days=2)
    assert "ask" in story.passed("cancelled")
    assert "ask" not in story.passed("completed")


@pytest.mark.shows("timerEventDefinition", "boundary, non-interrupting", "executed", point="1.3")
def test_a_timer_beside_leaves_its_task_open(story: Story):
    assert story.starts("boundary_timer_beside").waits(days=1).open() == ["Ask", "Remind"]


@pytest.mark.shows("timerEventDefinition", "boundary, non-interrupting, once", "executed")
def test_a_timer_beside_fires_once(story: Story):
    story.starts("boundary_timer_beside").waits(days=1).waits(days=10)
    assert story.open() == ["Ask", "Remind"]
    assert rows(story.db, JobRow) == 0


@pytest.mark.shows("timerEventDefinition", "boundary, non-interrupting, branch", "executed")
def test_what_a_timer_beside_began_outlives_the_task(story: Story):
    story.starts("boundary_timer_beside").waits(days=1).completes("Ask")
    assert story.open() == ["Remind"]
    assert story.completes("Remind").ended_with == "Reminded"


@pytest.mark.shows("messageEventDefinition", "boundary, interrupting", "executed", point="1.3")
def test_an_interrupting_message_withdraws_its_task(story: Story):
    story.starts("boundary_message", key="k1").hears("Reply", "k1", reason="changed my mind")
    assert story.ended_with == "Gone"
    assert story.variables["why"] == {"reason": "changed my mind"}
    assert left_open(story) == NOTHING


@pytest.mark.shows("messageEventDefinition", "boundary, non-interrupting", "executed", point="1.3")
def test_a_message_beside_may_come_several_times(story: Story):
    story.starts("boundary_message_beside", key="k1", notes=[])
    story.hears("Reply", "k1", text="one").hears("Reply", "k1", text="two").hears("Reply", "k1", text="three")
    assert story.variables["notes"] == ["one", "two", "three"]
    assert story.open() == ["Ask"]


@pytest.mark.shows("messageEventDefinition", "boundary, non-interrupting, withdrawn", "executed")
def test_a_message_beside_is_withdrawn_with_its_task(story: Story):
    story.starts("boundary_message_beside", key="k1", notes=[]).hears("Reply", "k1", text="one").completes("Ask")
    with pytest.raises(NobodyWaits):
        story.hears("Reply", "k1", text="late")
    assert left_open(story) == NOTHING


@pytest.mark.shows("timerEventDefinition", "boundary of a job", "executed")
def test_an_interrupting_timer_withdraws_its_job(story: Story, bell: Bell):
    bell.fails(OSError("bell is away"))
    story.starts("boundary_at_job").works().waits(seconds=5)
    assert story.ended_with == "Given up"
    assert left_open(story) == NOTHING
    assert bell.rings == ["late"]


@pytest.mark.shows("serviceTask", "operation as a job", "executed", point="1.1")
def test_a_job_done_in_time_withdraws_its_timer(story: Story):
    story.starts("boundary_at_job").works()
    assert story.ended_with == "Rung"
    assert left_open(story) == NOTHING


@pytest.mark.shows("boundaryEvent", "two at a receive task", "executed")
def test_two_boundary_events_at_one_activity(story: Story):
    story.starts("boundary_at_receive", key="k1").waits(days=1)
    assert story.passed() == ["start", "remind", "reminded"]
    story.waits(days=2)
    assert story.ended_with == "Expired"
    assert left_open(story) == NOTHING


@pytest.mark.shows("boundaryEvent", "two, one interrupts", "executed")
def test_an_interrupting_event_withdraws_the_other_events_of_its_activity(story: Story):
    story.starts("boundary_two", key="k1").waits(days=2)
    assert story.ended_with == "Too late"
    assert left_open(story) == NOTHING


@pytest.mark.shows("terminateEventDefinition", "end", "executed", point="1.3")
def test_a_terminate_end_withdraws_tasks_jobs_timers_and_messages(story: Story):
    story.starts("terminate", key="k1")
    assert left_open(story) == {"tasks": 2, "task_candidates": 2, "jobs": 2, "event_subscriptions": 1}
    story.completes("Stop")
    assert story.ended_with == "Stopped"
    assert left_open(story) == NOTHING


@pytest.mark.shows("terminateEventDefinition", "end, tokens at a join", "executed")
def test_a_terminate_end_takes_tokens_that_wait_at_a_join(story: Story):
    story.starts("terminate", key="k1").completes("Other").hears("Reply", "k1").completes("Stop")
    assert story.ended_with == "Stopped"


@pytest.mark.shows("step loop", "branch cancelled by a terminate end", "executed", point="E")
def test_a_sibling_cancelled_before_its_turn_does_not_run(story: Story):
    story.starts("terminate_first").completes("Go")
    assert story.ended_with == "Stopped"
    with unit_of_work(story.db) as session:
        assert next_number(session, "siblings") == 1


@pytest.mark.shows("process", "cancelled from outside", "executed", point="8")
def test_cancelling_a_case_withdraws_everything(story: Story):
    story.starts("terminate", key="k1").completes("Other")
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.case_id, "applied twice", by=ANNA)
    assert (story.info.state, story.info.ended_with) == ("cancelled", None)
    assert left_open(story) == NOTHING


def test_a_cancelled_case_says_why_and_by_whom(story: Story):
    story.starts("boundary_timer")
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.case_id, "applied twice", by=ANNA)
    line = next(line for line in story.history if line.kind == "case_cancelled")
    assert (line.actor, line.details["reason"]) == ("anna", "applied twice")
