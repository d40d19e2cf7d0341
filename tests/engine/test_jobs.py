# SPDX-License-Identifier: EUPL-1.2
"""What leaves the house: jobs run after the commit, at least once, and what they bring back is recorded once."""

import socket
import subprocess
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select

from engine.cases import cancel_case, start_case
from engine.counters import next_number
from engine.db import Database, unit_of_work
from engine.errors import ConnectorUnavailable, OperationUnknown
from engine.jobs import enqueue, run_job
from engine.leases import LEASE, PAUSES, claim_job, next_due
from engine.models import DocumentRow, IncidentRow, JobRow
from engine.operations import NotYet
from engine.queries.cases import incidents
from engine.services import Services
from engine.worker import Worker, free_jobs_of_the_dead
from tests.engine.probes import Bell
from tests.engine.story import ANNA, Story, deploy_model, rows
from tests.engine.together import PATIENCE, Racers


class PowerCut(BaseException):
    """Ends a worker at once; nothing is caught, nothing is written down."""


def cut() -> None:
    raise PowerCut


def free_job(db: Database, services: Services, text: str, **options: object) -> str:
    """A job that stands on its own."""
    with unit_of_work(db) as session:
        return enqueue(session, services, "probe.ring", {"text": text}, **options)  # type: ignore[arg-type]  # options as they come


def count_of(db: Database, circle: str) -> int:
    """How many numbers of a circle have been given out."""
    with unit_of_work(db) as session:
        return next_number(session, circle) - 1


# -- after the commit ---------------------------------------------------------------------------------------------


def test_an_effect_waits_for_the_worker(story: Story, bell: Bell):
    story.starts("ring", text="hello")
    assert bell.rings == []
    assert story.works().variables["rang"] == {"text": "hello", "times": 1}


def test_a_step_that_is_rolled_back_has_no_effect(story: Story, bell: Bell):
    deploy_model(story.db, story.services, "ring")
    with pytest.raises(PowerCut), unit_of_work(story.db) as session:
        start_case(session, story.services, "ring", {"text": "hello"}, by=ANNA)
        raise PowerCut
    story.works()
    assert bell.rings == []


def test_a_job_is_recorded_as_an_act_of_the_system(story: Story):
    story.starts("ring", text="hello").works()
    assert {line.actor for line in story.history if line.element_id == "ring"} == {"system"}


def test_two_jobs_of_one_case_both_come_back(story: Story):
    story.starts("two_rings").works()
    assert story.ended_with == "Over"
    assert {story.variables["first"]["text"], story.variables["second"]["text"]} == {"first", "second"}


def test_two_jobs_of_one_case_recorded_at_once_lose_nothing(story: Story, racers: Racers):
    story.starts("two_rings")
    first = claim_job(story.db, story.services, "one")
    second = claim_job(story.db, story.services, "two")
    assert first is not None
    assert second is not None
    racers.run(lambda: run_job(story.db, story.services, first), lambda: run_job(story.db, story.services, second))
    assert story.ended_with == "Over"


def test_the_worker_is_woken_by_the_commit_and_not_before(story: Story, bell: Bell):
    woken: list[str] = []
    services = Services(story.clock, story.services.connectors, wake=lambda: woken.append("woken"))
    with unit_of_work(story.db) as session:
        enqueue(session, services, "probe.ring", {"text": "x"})
        assert woken == []
    assert woken == ["woken"]


# -- failing ------------------------------------------------------------------------------------------------------


def test_a_failing_job_is_tried_again_after_each_pause(story: Story, bell: Bell):
    bell.fails(*[OSError("away")] * len(PAUSES))
    story.starts("ring", text="x").works()
    for pause in PAUSES:
        before = len(bell.rings)
        story.waits(seconds=pause.total_seconds() - 1)
        assert len(bell.rings) == before
        story.waits(seconds=1)
        assert len(bell.rings) == before + 1
    assert story.open() == ["Read"]


def test_a_job_that_keeps_failing_becomes_an_incident(story: Story, bell: Bell):
    bell.fails(*[OSError("away")] * 99)
    story.starts("ring", text="x").works()
    for _ in range(20):
        story.waits(hours=2)
    assert len(bell.rings) == len(PAUSES) + 1
    with story.db.reading() as session:
        (incident,) = incidents(session)
    assert (incident.case_id, incident.element_id, incident.kind) == (story.case_id, "ring", "job_failed")


def test_an_incident_does_not_repeat_what_a_foreign_error_says(
    story: Story, bell: Bell, caplog: pytest.LogCaptureFixture
):
    bell.fails(*[ValueError("Ada Lovelace, 10 May Road")] * 9)
    story.starts("ring", text="x").works()
    for _ in PAUSES:
        story.waits(hours=2)
    with story.db.reading() as session:
        (incident,) = incidents(session)
    assert incident.reason == "ValueError"
    assert "Ada" not in caplog.text


def test_an_incident_repeats_our_own_sentences(story: Story, bell: Bell):
    bell.fails(*[ConnectorUnavailable("The bell has no rope.")] * 9)
    story.starts("ring", text="x").works()
    for _ in PAUSES:
        story.waits(hours=2)
    with story.db.reading() as session:
        (incident,) = incidents(session)
    assert incident.reason == "ConnectorUnavailable: The bell has no rope."


def test_a_failing_step_after_a_job_names_itself_in_the_incident(story: Story, bell: Bell):
    story.starts("ring_then_fail", name="Ada").works()
    for _ in PAUSES:
        story.waits(hours=2)
    with story.db.reading() as session:
        (incident,) = incidents(session)
    assert (incident.element_id, incident.reason) == ("fail", "ValueError")
    assert len(set(bell.keys)) == 1


def test_looking_again_later_does_not_count_as_failing(story: Story, bell: Bell):
    bell.fails(*[NotYet(timedelta(minutes=1))] * 20, OSError("away"))
    story.starts("ring", text="x").works()
    for _ in range(21):
        story.waits(minutes=1)
    assert rows(story.db, IncidentRow) == 0
    assert story.open() == ["Read"]


def test_looking_again_later_waits_as_long_as_it_says(story: Story, bell: Bell):
    bell.fails(NotYet(timedelta(minutes=5)))
    story.starts("ring", text="x").works().waits(minutes=4)
    assert len(bell.rings) == 1
    story.waits(minutes=1)
    assert len(bell.rings) == 2


def test_a_case_with_an_incident_can_be_cancelled(story: Story, bell: Bell):
    bell.fails(*[OSError("away")] * 9)
    story.starts("ring", text="x").works()
    for _ in PAUSES:
        story.waits(hours=2)
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.case_id, "given up", by=ANNA)
    assert rows(story.db, JobRow) == 0


# -- dying --------------------------------------------------------------------------------------------------------


def test_a_claimed_job_is_left_alone_while_its_lease_runs(story: Story, bell: Bell):
    story.starts("ring", text="x")
    assert claim_job(story.db, story.services, "dead") is not None
    story.waits(seconds=LEASE.total_seconds() - 1)
    assert bell.rings == []


def test_a_job_of_a_dead_worker_is_run_when_its_lease_has_run_out(story: Story, bell: Bell):
    story.starts("ring", text="x")
    claim_job(story.db, story.services, "dead")
    story.waits(seconds=LEASE.total_seconds() + 1)
    assert bell.rings == ["x"]
    assert story.open() == ["Read"]


def test_a_worker_that_begins_frees_the_jobs_of_the_dead_on_its_machine(story: Story, bell: Bell):
    story.starts("ring", text="x")
    with subprocess.Popen(["true"]) as gone:
        pass
    assert claim_job(story.db, story.services, f"{socket.gethostname()}:{gone.pid}") is not None
    worker = Worker(story.db, story.services)
    free_jobs_of_the_dead(story.db)
    worker.run_until_idle()
    assert bell.rings == ["x"]


def test_a_worker_that_begins_leaves_the_jobs_of_other_machines_alone(story: Story, bell: Bell):
    story.starts("ring", text="x")
    assert claim_job(story.db, story.services, "elsewhere:1") is not None
    worker = Worker(story.db, story.services)
    free_jobs_of_the_dead(story.db)
    assert worker.run_until_idle() == 0


def test_an_effect_repeated_after_a_crash_carries_the_same_key(story: Story, bell: Bell):
    story.starts("ring", text="x")
    bell.next.append(cut)
    with pytest.raises(PowerCut):
        story.works()
    story.waits(seconds=LEASE.total_seconds() + 1)
    assert len(bell.keys) == 2
    assert len(set(bell.keys)) == 1


def test_a_job_of_which_every_worker_dies_becomes_an_incident_and_others_are_done(story: Story, bell: Bell):
    story.starts("ring", text="deadly")
    bell.next.extend([cut] * 99)
    for _ in range(len(PAUSES) + 1):
        with pytest.raises(PowerCut):
            story.works()
        story.clock.advance(LEASE + timedelta(seconds=1))
    bell.next.clear()
    free_job(story.db, story.services, "harmless")
    story.works().waits(days=1)
    assert bell.rings == ["deadly"] * (len(PAUSES) + 1) + ["harmless"]
    with story.db.reading() as session:
        (incident,) = incidents(session)
    assert (incident.element_id, incident.reason.split(":")[0]) == ("ring", "WorkersDied")


def test_different_jobs_carry_different_keys(story: Story, bell: Bell):
    story.starts("two_rings").works()
    assert len(set(bell.keys)) == 2


def test_a_second_worker_does_not_take_a_job_in_hand(story: Story, bell: Bell):
    story.starts("ring", text="x")
    second = Worker(story.db, story.services)
    idle: list[int] = []
    bell.next.append(lambda: idle.append(second.run_until_idle()))
    story.works()
    assert idle == [0]
    assert bell.rings == ["x"]


def test_two_workers_on_one_job_record_it_once(story: Story, bell: Bell):
    story.starts("ring", text="x")
    second = Worker(story.db, story.services)

    def overtake() -> None:
        story.clock.advance(LEASE + timedelta(seconds=1))
        second.run_until_idle()

    bell.next.append(overtake)
    story.works()
    assert bell.rings == ["x", "x"]
    assert story.passed().count("ring") == 1
    assert story.open() == ["Read"]


def test_two_workers_on_one_job_keep_one_document(story: Story, bell: Bell):
    story.starts("letter", text="Dear Ada")
    second = Worker(story.db, story.services)

    def overtake() -> None:
        story.clock.advance(LEASE + timedelta(seconds=1))
        second.run_until_idle()

    bell.next.append(overtake)
    story.works()
    assert rows(story.db, DocumentRow) == 1


def test_a_late_failure_does_not_free_the_job_that_another_holds(story: Story, bell: Bell):
    story.starts("ring", text="x")

    def overtaken() -> None:
        story.clock.advance(LEASE + timedelta(seconds=1))
        assert claim_job(story.db, story.services, "second") is not None
        raise OSError("away")

    bell.next.append(overtaken)
    story.works().waits(seconds=PAUSES[0].total_seconds())
    assert bell.rings == ["x"]


# -- withdrawn meanwhile ------------------------------------------------------------------------------------------


def cancel(story: Story) -> None:
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.case_id, "meanwhile", by=ANNA)


def test_a_job_of_a_case_cancelled_meanwhile_records_nothing(story: Story, bell: Bell):
    story.starts("ring", text="x")
    bell.next.append(lambda: cancel(story))
    before = len(story.works().history)
    assert story.info.state == "cancelled"
    assert "ring" not in story.passed()
    assert len(story.works().history) == before


def test_a_job_overtaken_by_its_deadline_records_nothing(story: Story, bell: Bell):
    story.starts("boundary_at_job")
    second = Worker(story.db, story.services)

    def deadline() -> None:
        story.clock.advance(timedelta(seconds=5))
        second.run_until_idle()

    bell.next.append(deadline)
    story.works()
    assert story.ended_with == "Given up"
    assert "rang" not in story.variables


def test_a_document_of_a_withdrawn_job_is_not_kept(story: Story, bell: Bell):
    story.starts("letter", text="Dear Ada")
    bell.next.append(lambda: cancel(story))
    story.works()
    assert "document_added" not in [line.kind for line in story.history]


def test_a_withdrawn_job_that_fails_leaves_no_incident(story: Story, bell: Bell):
    bell.fails(*[OSError("away")] * len(PAUSES))
    story.starts("ring", text="x").works()
    for _ in PAUSES[:-1]:
        story.waits(hours=2)

    def cancelled_and_failing() -> None:
        cancel(story)
        raise OSError("away")

    bell.next.append(cancelled_and_failing)
    story.waits(hours=2)
    assert story.info.state == "cancelled"
    assert rows(story.db, IncidentRow) == 0


def test_cancelling_a_case_while_its_job_is_recorded_does_not_lock_up(story: Story, racers: Racers):
    story.starts("ring", text="x")
    job = claim_job(story.db, story.services, "worker")
    assert job is not None
    outcomes = racers.cross(
        lambda: run_job(story.db, story.services, job), "FROM cases", lambda: cancel(story), "DELETE FROM jobs"
    )
    assert outcomes in (["done", None], ["done", "CaseHasEnded"])
    assert rows(story.db, JobRow) == 0


# -- jobs on their own --------------------------------------------------------------------------------------------


def test_a_job_on_its_own_is_recorded_by_its_operation(story: Story):
    free_job(story.db, story.services, "x", then="probe.remember")
    story.works()
    assert count_of(story.db, "remembered/x/x") == 1


def test_a_job_on_its_own_leaves_nothing_behind(story: Story, bell: Bell):
    free_job(story.db, story.services, "x")
    story.works().waits(days=1)
    assert bell.rings == ["x"]
    assert rows(story.db, JobRow) == 0


def test_a_job_on_its_own_may_wait_for_its_time(story: Story, bell: Bell):
    free_job(story.db, story.services, "x", due_at=story.clock.now() + timedelta(hours=1))
    story.waits(minutes=59)
    assert bell.rings == []
    story.waits(minutes=1)
    assert bell.rings == ["x"]


def test_a_job_on_its_own_knows_the_case_it_belongs_to(story: Story, bell: Bell):
    story.starts("one_task", topic="bicycles")
    job_id = free_job(story.db, story.services, "x", case_id=story.case_id)
    story.works()
    assert bell.keys == [job_id]


@pytest.mark.parametrize(("operation", "then"), [("probe.gone", None), ("probe.ring", "probe.gone")])
def test_a_job_for_an_unknown_operation_is_refused_at_once(story: Story, operation: str, then: str | None):
    with pytest.raises(OperationUnknown), unit_of_work(story.db) as session:
        enqueue(session, story.services, operation, {}, then=then)


def test_an_input_of_the_wrong_type_is_an_incident_that_names_the_input(story: Story):
    with unit_of_work(story.db) as session:
        enqueue(session, story.services, "probe.ring", {"text": ["Ada"]})
    story.works()
    for _ in PAUSES:
        story.waits(hours=2)
    with story.db.reading() as session:
        (incident,) = incidents(session)
    assert incident.reason == "InputRefused: The input text is not a str."


# -- timers and the order of things -------------------------------------------------------------------------------


def test_what_is_due_first_is_done_first(story: Story, bell: Bell):
    now = story.clock.now()
    for text, hours in (("third", 3), ("first", 1), ("second", 2)):
        story.clock.advance(timedelta(minutes=1))
        free_job(story.db, story.services, text, due_at=now + timedelta(hours=hours))
    story.waits(hours=5)
    assert bell.rings == ["first", "second", "third"]


def test_the_worker_sleeps_until_the_next_thing_is_due(story: Story):
    now = story.clock.now()
    free_job(story.db, story.services, "later", due_at=now + timedelta(hours=3))
    story.starts("event_gateway", key="k1")
    assert next_due(story.db) == now + timedelta(hours=1)


def test_nothing_is_due_in_an_empty_town(db: Database):
    assert next_due(db) is None


def test_a_working_thread_does_the_job_that_a_commit_left(story: Story, bell: Bell):
    rung = Event()
    bell.next.append(rung.set)
    services = Services(story.clock, story.services.connectors, wake=lambda: worker.wake())
    worker = Worker(story.db, services)
    worker.start()
    Story(story.db, services, story.clock).starts("ring", text="x")
    assert rung.wait(PATIENCE)
    worker.stop()
    with story.db.reading() as session:
        assert session.scalars(select(JobRow)).all() == []
