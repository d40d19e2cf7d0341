# SPDX-License-Identifier: EUPL-1.2
"""Workers that hear of jobs by a real RabbitMQ or a real Redis, and stories in which they do the work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Queue
from uuid import uuid4

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.signals import task_postrun

from conftest import emptied_afterwards
from engine.clock import FrozenClock
from engine.db import Database
from engine.dispatch import Dispatcher
from engine.services import Services
from tests.cluster.story import QueueStory, Town
from tests.engine.conftest import bell, neighbours, racers  # noqa: F401  # fixtures of the stories
from web.cluster.queue import make_queue, teller
from web.cluster.worker import register

BROKERS = [kind for kind in ("amqp", "redis") if os.environ.get(f"AMT_TEST_{kind.upper()}_URL")]


@dataclass(frozen=True)
class Workplace:
    """A worker that listens to one broker, and the towns that it knows."""

    queue: Celery
    prefix: str
    towns: dict[str, Town]
    done: Queue[str]


def broker_url(kind: str) -> str:
    """Where it listens. Each process of tests has lines of its own there."""
    return os.environ[f"AMT_TEST_{kind.upper()}_URL"]


@pytest.fixture(scope="session", params=BROKERS)
def workplace(request: pytest.FixtureRequest) -> Iterator[Workplace]:
    """One worker for many stories."""
    prefix = f"test-{uuid4().hex[:8]}-"
    place = Workplace(make_queue(broker_url(request.param), prefix), prefix, {}, Queue())
    register(place.queue, place.towns.__getitem__)

    def note(task_id: str, **signal: object) -> None:
        place.done.put(task_id)

    task_postrun.connect(note, weak=False)
    lines = list(place.queue.conf.task_queues)
    with start_worker(
        place.queue, pool="solo", perform_ping_check=False, loglevel="ERROR", queues=[line.name for line in lines]
    ):
        yield place
    task_postrun.disconnect(note)
    with place.queue.connection_for_write() as connection, connection.channel() as channel:
        for line in lines:
            line(channel).delete()
    place.queue.close()


@pytest.fixture
def db(migrated_postgres: str) -> Iterator[Database]:
    """Where several machines work there is PostgreSQL."""
    yield from emptied_afterwards(migrated_postgres)


@pytest.fixture
def story(workplace: Workplace, db: Database, services: Services, clock: FrozenClock) -> Iterator[QueueStory]:
    """A case whose jobs are done by workers of a queue."""
    name = f"town-{uuid4().hex[:8]}"
    workplace.towns[name] = Town(db, services)
    dispatcher = Dispatcher(db, services, teller(workplace.queue, name, workplace.prefix))
    yield QueueStory(db, services, clock, dispatcher=dispatcher, done=workplace.done)
    del workplace.towns[name]
