# SPDX-License-Identifier: EUPL-1.2
"""What failed for good is run again, passed over, or given up; each is an operator's act that the history names."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, cancel_case
from engine.db import unit_of_work
from engine.errors import CaseSuspended, IncidentCannotBeSkipped, IncidentNotFound, StepFailed
from engine.incidents import cancel_incident, open_incident, retry_incident, skip_incident
from engine.jobs import enqueue
from engine.models import IncidentRow, JobRow
from engine.modification import CancelAll
from engine.queries.cases import Incident, incidents
from engine.spiff.host import Limits
from engine.spiff.state import stored_state
from engine.suspension import resume_case, suspend_case
from tests.engine.begun import another, begun, deployed
from tests.engine.conformance.test_events import NOTHING, left_open
from tests.engine.probes import Bell
from tests.engine.story import BEN, Story
from tests.engine.test_modification import modified


def given_up(story: Story) -> Story:
    """All attempts that a job has are made."""
    story.works()
    for _ in range(4):
        story.waits(hours=1)
    return story


def the_incident(story: Story) -> Incident:
    """The only one, of a case or of none."""
    with story.db.reading() as session:
        (found,) = incidents(session)
    return found


def skipped(story: Story, **values: Any) -> Story:
    """Ben, an operator, has done by hand what failed."""
    number = the_incident(story).id
    with unit_of_work(story.db) as session:
        skip_incident(session, story.services, number, values, BEN)
    return story


def cancelled(story: Story, **options: Any) -> CaseInfo | None:
    """Ben gives up what failed."""
    number = the_incident(story).id
    with unit_of_work(story.db) as session:
        return cancel_incident(session, story.services, number, BEN, **options)


def cannot_be_skipped(story: Story, **values: Any) -> str:
    """Why; the incident stays open."""
    before = the_incident(story)
    with pytest.raises(IncidentCannotBeSkipped) as no:
        skipped(story, **values)
    assert the_incident(story) == before
    return no.value.message


def open_incidents(story: Story) -> int:
    """How many there are, in all cases."""
    with story.db.reading() as session:
        return len(incidents(session))


def broken(story: Story, bell: Bell, model: str, **variables: Any) -> Story:
    """A case whose bell never rings."""
    bell.fails(*[OSError("gone")] * 50)
    return given_up(story.starts(model, **variables))


# -- skipping -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("serviceTask", "failed job, skipped", "executed", point="8")
def test_an_operation_that_failed_is_left_as_done(story: Story, bell: Bell):
    skipped(broken(story, bell, "operators/ringing"), rang="by hand")
    assert (story.open(), story.variables, open_incidents(story)) == (["After"], {"rang": "by hand"}, 0)
    assert story.completes("After").ended_with == "Done"
    assert left_open(story) == NOTHING


def test_history_names_who_skipped_what_without_values(story: Story, bell: Bell):
    skipped(broken(story, bell, "operators/ringing"), rang="by hand")
    lines = {line.kind: line for line in story.history if line.element_id == "ring"}
    assert (lines["incident_skipped"].actor, lines["incident_skipped"].details) == ("ben", {"names": ["rang"]})
    assert lines["completed"].actor == "ben"


@pytest.mark.shows("serviceTask", "external, failed, skipped", "executed", point="8")
def test_external_work_that_was_given_up_is_left_as_done(story: Story):
    story.starts("external_tasks/one", name="Erika").fails("town.print", "no paper", 0)
    assert skipped(story, pages=3).open() == ["After"]
    assert (story.variables["pages"], story.fetches("town.print")) == (3, [])


@pytest.mark.shows("asyncBefore", "failed, skipped", "executed", point="8")
def test_an_activity_that_waited_for_the_worker_is_passed_over(story: Story):
    given_up(story.starts("jobs/mended", amount=None))
    assert the_incident(story).element_id == "divide"
    assert skipped(story, half=0).ended_with == "Over"
    assert story.variables["half"] == 0


@pytest.mark.shows("asyncBefore", "what follows failed, skipped", "executed", point="8")
def test_only_the_step_that_failed_behind_a_job_is_passed_over(story: Story):
    given_up(story.starts("jobs/failing_behind", n=0))
    assert the_incident(story).element_id == "fail"
    skipped(story)
    assert (story.info.state, story.variables["n"]) == ("completed", 1)


def test_what_fails_behind_the_skipped_step_leaves_all_as_it_was(story: Story):
    given_up(story.starts("jobs/failing_behind", n=0))
    with pytest.raises(StepFailed):
        skipped(story, n={1, 2})  # no case can keep a set
    assert (open_incidents(story), story.info.state) == (1, "active")


@pytest.mark.shows("timerEventDefinition", "what follows failed, skipped", "executed", point="8")
def test_a_deadline_comes_and_what_failed_behind_it_is_passed_over(story: Story):
    given_up(story.starts("operators/late_fails").waits(days=2))
    assert (the_incident(story).element_id, story.open()) == ("fail", ["Ask"])
    assert (skipped(story).open(), story.armed()) == (["After"], [])


@pytest.mark.shows("timerEventDefinition", "failed, skipped", "executed", point="8")
def test_a_timer_that_fails_itself_is_passed_over(story: Story):
    given_up(story.starts("operators/timer_fails", n=0, m=0).waits(hours=1))
    assert the_incident(story).element_id == "pause"
    assert (skipped(story, n=1).open(), story.variables["n"]) == (["Ask"], 1)
    given_up(story.waits(days=9))
    assert the_incident(story).element_id == "late"
    assert (skipped(story, m=1).open(), story.variables["m"]) == (["After"], 1)


@pytest.mark.shows("multiInstanceLoopCharacteristics", "one round failed, skipped", "executed", point="8")
def test_a_round_that_failed_counts_as_done(story: Story, bell: Bell):
    bell.fails(*[OSError("gone")] * 5)
    given_up(story.starts("operators/two_rings_asked", people=["Ada"]))
    assert skipped(story).open() == ["After", "Ask"]


@pytest.mark.shows("endEvent", "message, external, failed, skipped", "executed", point="8")
def test_an_end_that_could_not_tell_ends_all_the_same(story: Story):
    story.starts("external_tasks/message_end").fails("town.post", "no stamps", 0)
    assert skipped(story).ended_with == "Over"


@pytest.mark.shows("messageEventDefinition", "throw, nobody waits, skipped", "executed", point="8")
def test_a_message_that_nobody_awaits_is_not_sent(story: Story):
    given_up(story.starts("operators/nobody_hears", key="k1"))
    incident = the_incident(story)
    assert (incident.element_id, incident.reason) == ("tell", "NobodyWaits: No case waits for this message.")
    assert incident.topic == "Paid"
    assert cannot_be_skipped(story, a=1) == "No activity stands there that could bring values."
    skipped(story)
    another(story).starts("operators/permit", key="k1")
    assert story.waits(days=1).open() == ["After"]
    assert open_incidents(story) == 0


@pytest.mark.shows("timerEventDefinition", "start event, failed, skipped", "executed", point="8")
def test_a_timer_that_could_begin_no_case_goes_on_to_its_next_date(story: Story):
    given_up(deployed(story, "operators/start_fails").waits(days=10))
    skipped(story)
    with story.db.reading() as session:
        (job,) = session.scalars(select(JobRow)).all()
    assert (job.kind, job.state) == ("start", "ready")
    assert timedelta(days=9) < job.due_at - story.clock.now() < timedelta(days=10)
    assert begun(story, "start_fails") == []


def test_work_that_is_done_is_not_skipped_for_what_fails_behind_it(story: Story):
    given_up(story.starts("ring_then_fail", name="Erika"))
    assert cannot_be_skipped(story) == (
        "ring has done its work, and fail behind it fails. Mend that and let the job run again."
    )


def test_a_circle_is_not_skipped(story: Story):
    story.services = replace(story.services, limits=Limits(batch_steps=50, steps_without_waiting=100))
    story.starts("circle", n=0).completes("Begin").works()
    assert cannot_be_skipped(story) == "The case goes round in circles; modify it or cancel it."
    with pytest.raises(IncidentCannotBeSkipped):
        cancelled(story)
    ended = cancelled(story, whole_case=True, reason="drawn wrong")
    assert ended is not None and ended.state == "cancelled"
    assert open_incidents(story) == 0


def test_a_step_that_somebody_failed_at_is_not_skipped(story: Story):
    fail_in_the_foreground(story)
    assert "whoever worked at it tries again" in cannot_be_skipped(story)


def test_a_job_on_its_own_is_not_skipped_but_given_up(story: Story, bell: Bell):
    bell.fails(*[OSError("gone")] * 5)
    with unit_of_work(story.db) as session:
        enqueue(session, story.services, "probe.ring", {"text": "hello"})
    given_up(story)
    assert cannot_be_skipped(story) == "probe.ring stands on its own, and nothing goes on behind it. Cancel it."
    assert cancelled(story) is None
    with story.db.reading() as session:
        assert session.scalars(select(JobRow.id)).all() == []


def test_an_event_based_gateway_is_not_skipped(story: Story, bell: Bell):
    story.starts("operators/race")
    with unit_of_work(story.db) as session:
        about: dict[str, Any] = {"case_id": story.case_id, "element_id": "which", "kind": "job_failed"}
        open_incident(session, story.clock, **about, cause=OSError(), job_id=race_job(session, story))
    assert cannot_be_skipped(story) == "Nothing follows which by itself; modify the case."


def race_job(session: Session, story: Story) -> str:
    """A job of the token at the gateway, as if it had waited for the worker."""
    token = next(str(key) for key, name, *_ in stored_state(story.state())["tokens"] if name == "which")
    now = story.clock.now()
    row = {"kind": "continuation", "state": "failed", "case_id": story.case_id, "token_id": token, "inputs": b""}
    session.add(JobRow(id=token, element_id="which", created_at=now, due_at=now, **row))
    session.flush()
    return token


# -- giving up ----------------------------------------------------------------------------------------------------


@pytest.mark.shows("serviceTask", "failed job, cancelled", "executed", point="8")
def test_the_token_of_a_failed_job_is_taken_off(story: Story, bell: Bell):
    broken(story, bell, "operators/two_rings_asked", people=["Ada"])
    info = cancelled(story)
    assert info is not None and info.state == "active"
    assert (story.open(), open_incidents(story)) == (["Ask"], 0)
    assert [line.actor for line in story.history if line.kind == "incident_cancelled"] == ["ben"]
    assert story.completes("Ask").info.state == "completed"


def test_one_failed_round_is_taken_off_and_another_skipped(story: Story, bell: Bell):
    broken(story, bell, "operators/two_rings_asked", people=["Ada", "Bob"])
    first, second = (incident.id for incident in story.incidents())
    with unit_of_work(story.db) as session:
        cancel_incident(session, story.services, first, BEN)
    assert story.open() == ["Ask"]
    with unit_of_work(story.db) as session:
        skip_incident(session, story.services, second, {}, BEN)
    assert (story.open(), open_incidents(story)) == (["After", "Ask"], 0)


def test_with_the_last_token_the_case_ends_as_cancelled(story: Story, bell: Bell):
    info = cancelled(broken(story, bell, "operators/ringing"), reason="the bell is gone")
    assert info is not None and info.state == "cancelled"
    (line,) = [line for line in story.history if line.kind == "case_cancelled"]
    assert (line.actor, line.details) == ("ben", {"reason": "the bell is gone"})


def test_the_whole_case_is_given_up(story: Story, bell: Bell):
    info = cancelled(broken(story, bell, "operators/two_rings_asked", people=["Ada"]), whole_case=True)
    assert info is not None and info.state == "cancelled"
    assert (story.open(), open_incidents(story)) == ([], 0)


def test_a_deadline_that_fails_is_taken_off_and_the_task_stays(story: Story):
    given_up(story.starts("operators/late_fails").waits(days=2))
    cancelled(story)
    assert (story.open(), story.armed(), open_incidents(story)) == (["Ask"], [], 0)


def test_a_failed_step_in_the_foreground_is_put_away(story: Story):
    fail_in_the_foreground(story)
    assert cancelled(story) is None
    assert (open_incidents(story), story.open()) == (0, ["Begin"])


# -- what settles itself ------------------------------------------------------------------------------------------


def test_what_failed_in_the_foreground_is_settled_when_the_case_ends(story: Story):
    fail_in_the_foreground(story)
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.case_id, "withdrawn", BEN)
    assert open_incidents(story) == 0


def test_an_incident_is_settled_when_its_token_goes_another_way(story: Story, bell: Bell):
    broken(story, bell, "operators/two_rings_asked", people=["Ada"])
    modified(story, CancelAll("ring"))
    assert (story.open(), open_incidents(story)) == (["Ask"], 0)


def test_an_incident_is_settled_with_its_case(story: Story, bell: Bell):
    broken(story, bell, "operators/ringing")
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.case_id, "applied twice", BEN)
    assert open_incidents(story) == 0


@pytest.mark.parametrize("act", [skipped, cancelled])
def test_what_is_settled_is_not_settled_again(story: Story, bell: Bell, act: Any):
    broken(story, bell, "operators/ringing")
    number = the_incident(story).id
    act(story)
    for settle in (
        lambda session: skip_incident(session, story.services, number, {}, BEN),
        lambda session: cancel_incident(session, story.services, number, BEN),
        lambda session: retry_incident(session, story.services, number, BEN),
    ):
        with pytest.raises(IncidentNotFound), unit_of_work(story.db) as session:
            settle(session)


def test_nothing_is_skipped_in_a_suspended_case(story: Story, bell: Bell):
    broken(story, bell, "operators/ringing")
    with unit_of_work(story.db) as session:
        suspend_case(session, story.services, story.case_id, BEN)
    with pytest.raises(CaseSuspended):
        skipped(story)


@pytest.mark.shows("messageEventDefinition", "throw, catcher suspended", "executed")
def test_a_message_to_a_suspended_case_is_tried_again_and_becomes_an_incident(story: Story):
    catcher = another(story).starts("operators/permit", key="k1")
    with unit_of_work(story.db) as session:
        suspend_case(session, story.services, catcher.case_id, BEN)
    given_up(story.starts("operators/nobody_hears", key="k1"))
    assert the_incident(story).reason.startswith("CaseSuspended")
    with unit_of_work(story.db) as session:
        resume_case(session, story.services, catcher.case_id, BEN)
        retry_incident(session, story.services, the_incident(story).id, BEN)
    story.works()
    assert catcher.standing() == ["decide", "join"]


def test_reasons_name_no_person(story: Story):
    given_up(story.starts("jobs/failing_behind", n=0))
    with story.db.reading() as session:
        assert set(session.scalars(select(IncidentRow.reason))) == {"ValueError"}


def fail_in_the_foreground(story: Story) -> None:
    """A step fails while somebody works; whoever serves the page writes it down."""
    story.starts("operators/fails_later")
    with pytest.raises(StepFailed) as failed:
        story.completes("Begin")
    with unit_of_work(story.db) as session:
        about: dict[str, Any] = {"case_id": story.case_id, "element_id": failed.value.element_id, "kind": "step_failed"}
        open_incident(session, story.clock, **about, cause=failed.value.cause)
