# SPDX-License-Identifier: EUPL-1.2
"""Telling a queue of jobs: each once, again when it was lost, and never more than workers can be at."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

import pytest

from engine import dispatch
from engine.db import Database, unit_of_work
from engine.dispatch import LOST_AFTER, Call, Dispatcher, take_calls
from engine.jobs import enqueue
from engine.leading import TERM, lead, step_down
from engine.leases import claim_job
from tests.engine.story import Story


@dataclass
class Listener:
    """A queue that remembers what it was told, and may be away."""

    heard: list[Call] = field(default_factory=list)
    is_away: bool = False

    def __call__(self, call: Call) -> None:
        if self.is_away:
            raise ConnectionError("Nobody is there.")
        self.heard.append(call)


@pytest.fixture
def queue() -> Listener:
    return Listener()


@pytest.fixture
def dispatcher(story: Story, queue: Listener) -> Dispatcher:
    return Dispatcher(story.db, story.services, queue)


@pytest.fixture
def free_job(story: Story) -> Callable[..., str]:
    def leave(text: str = "x", **options: object) -> str:
        with unit_of_work(story.db) as session:
            return enqueue(session, story.services, "probe.ring", {"text": text}, **options)  # type: ignore[arg-type]  # as they come

    return leave


def test_a_due_job_is_told_once(dispatcher: Dispatcher, queue: Listener, free_job: Callable[..., str]):
    job_id = free_job()
    dispatcher.look()
    dispatcher.look()
    assert queue.heard == [Call(job_id, "operation", "probe.ring")]


def test_a_job_that_is_due_later_is_told_then(
    dispatcher: Dispatcher, queue: Listener, free_job: Callable[..., str], story: Story
):
    free_job(due_at=story.clock.now() + timedelta(hours=1))
    dispatcher.look()
    assert queue.heard == []
    story.clock.advance(timedelta(hours=1))
    dispatcher.look()
    assert len(queue.heard) == 1


def test_a_job_that_the_queue_has_lost_is_told_again(
    dispatcher: Dispatcher, queue: Listener, free_job: Callable[..., str], story: Story
):
    free_job()
    dispatcher.look()
    story.clock.advance(LOST_AFTER + timedelta(seconds=1))
    dispatcher.look()
    assert len(queue.heard) == 2


def test_what_a_dispatcher_did_not_live_to_tell_is_told_by_the_next(
    queue: Listener, free_job: Callable[..., str], story: Story
):
    job_id = free_job()
    assert [call.job_id for call in take_calls(story.db, story.clock)] == [job_id]
    Dispatcher(story.db, story.services, queue).look()
    assert [call.job_id for call in queue.heard] == [job_id]


def test_a_job_that_a_worker_is_at_is_not_told_again(
    dispatcher: Dispatcher, queue: Listener, free_job: Callable[..., str], story: Story
):
    job_id = free_job()
    dispatcher.look()
    story.clock.advance(LOST_AFTER)
    assert claim_job(story.db, story.services, "worker", job_id) is not None
    story.clock.advance(timedelta(seconds=1))
    dispatcher.look()
    assert len(queue.heard) == 1


def test_what_is_told_twice_is_claimed_once(free_job: Callable[..., str], story: Story):
    job_id = free_job()
    assert claim_job(story.db, story.services, "one", job_id) is not None
    assert claim_job(story.db, story.services, "two", job_id) is None


def test_of_exclusive_jobs_of_a_case_the_second_is_told_when_the_first_is_done(
    dispatcher: Dispatcher, queue: Listener, story: Story
):
    story.starts("jobs/exclusive_jobs")
    assert claim_job(story.db, story.services, "worker") is not None
    dispatcher.look()
    assert queue.heard == []


def test_what_could_not_be_told_is_told_when_the_queue_is_back(
    dispatcher: Dispatcher, queue: Listener, free_job: Callable[..., str]
):
    free_job()
    queue.is_away = True
    dispatcher.look()
    queue.is_away = False
    dispatcher.look()
    assert len(queue.heard) == 1


def test_a_queue_that_was_away_is_told_all_again(dispatcher: Dispatcher, queue: Listener, free_job: Callable[..., str]):
    first = free_job()
    dispatcher.look()
    queue.is_away = True
    free_job()
    dispatcher.look()
    queue.is_away = False
    dispatcher.look()
    dispatcher.look()
    assert Counter(call.job_id for call in queue.heard)[first] == 2


def test_an_absence_of_the_queue_is_said_once(
    dispatcher: Dispatcher, queue: Listener, free_job: Callable[..., str], caplog: pytest.LogCaptureFixture
):
    free_job()
    queue.is_away = True
    for _ in range(3):
        dispatcher.look()
    queue.is_away = False
    dispatcher.look()
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_the_queue_stays_short(
    dispatcher: Dispatcher, queue: Listener, free_job: Callable[..., str], monkeypatch: pytest.MonkeyPatch, story: Story
):
    monkeypatch.setattr(dispatch, "MOST_QUEUED", 2)
    for _ in range(3):
        free_job()
    dispatcher.look()
    dispatcher.look()
    assert len(queue.heard) == 2
    claim_job(story.db, story.services, "worker", queue.heard[0].job_id)
    dispatcher.look()
    assert len(queue.heard) == 3


def test_two_dispatchers_tell_each_job_once(story: Story, free_job: Callable[..., str]):
    told = [free_job(), free_job()]
    one, two = take_calls(story.db, story.clock), take_calls(story.db, story.clock)
    assert sorted(call.job_id for call in [*one, *two]) == sorted(told)


def test_the_dispatcher_is_woken_by_a_commit(story: Story, queue: Listener, free_job: Callable[..., str]):
    heard = Event()

    def hear(call: Call) -> None:
        queue(call)
        heard.set()

    dispatcher = Dispatcher(story.db, story.services, hear)
    dispatcher.start()
    try:
        free_job()
        dispatcher.wake()
        assert heard.wait(10)
    finally:
        dispatcher.stop()


# -- one leads --------------------------------------------------------------------------------------------------


def test_one_leads_and_the_other_stands_by(db: Database, story: Story):
    assert lead(db, story.clock, "beat", "one")
    assert not lead(db, story.clock, "beat", "two")
    assert lead(db, story.clock, "beat", "one")


def test_whoever_stands_by_follows_a_leader_that_is_silent(db: Database, story: Story):
    lead(db, story.clock, "beat", "one")
    story.clock.advance(TERM + timedelta(seconds=1))
    assert lead(db, story.clock, "beat", "two")
    assert not lead(db, story.clock, "beat", "one")


def test_a_leader_that_steps_down_is_followed_at_once(db: Database, story: Story):
    lead(db, story.clock, "beat", "one")
    step_down(db, story.clock, "beat", "one")
    assert lead(db, story.clock, "beat", "two")
