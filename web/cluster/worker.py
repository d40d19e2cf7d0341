# SPDX-License-Identifier: EUPL-1.2
"""What a worker of the queue does: claim the job it is told of, run it, and tell the queue what follows."""

import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown

from engine.db import Database
from engine.dispatch import take_back
from engine.leases import claim_job
from engine.services import Services
from engine.worker import free_jobs_of_the_dead, run_and_tell, worker_name
from web.bootstrap import Platform
from web.cluster.queue import RUN, make_queue
from web.settings import Settings
from web.tenants.opened import Towns, towns_of
from web.tenants.registry import TenantUnknown

logger = logging.getLogger(__name__)


class Workplace(Protocol):
    """As much of a town as running a job needs."""

    @property
    def db(self) -> Database:
        """Where the job's row stands."""

    @property
    def services(self) -> Services:
        """What the job's operation asks for."""


def register(queue: Celery, town_of: Callable[[str], Workplace]) -> None:
    """Let workers of this queue run jobs of the towns that `town_of` opens."""

    @queue.task(name=RUN, shared=False, Request="web.cluster.acknowledging:Acknowledged")  # type: ignore[untyped-decorator]  # Celery ships no types
    def run(town: str, job_id: str) -> None:
        try:
            place = town_of(town)
        except TenantUnknown:
            logger.error("The queue names a town that is not served here: %s", town)
            return
        run_certain_job(place, job_id)


def run_certain_job(town: Workplace, job_id: str) -> None:
    """Run a job if it is still to be run. One whose case is busy is told again when the case is free."""
    job = claim_job(town.db, town.services, worker_name(), job_id)
    if job is None:
        take_back(town.db, [job_id])
        return
    run_and_tell(town.db, town.services, job)
    # Another job of the same case may have waited for this one.
    town.services.wake()


def work(settings: Settings, lines: Sequence[str], concurrency: int | None) -> None:
    """Work for the queue until the process is told to stop; jobs in hand are finished first."""
    queue = make_queue(settings.broker_url, settings.broker_prefix)
    opened: list[Towns] = []
    begun: set[str] = set()

    def town_of(name: str) -> Platform:
        if not opened:
            opened.append(towns_of(settings))
            opened[0].start_jobs(of_all=False)
        town = opened[0].named(name)
        if name not in begun:
            begun.add(name)
            # A process before us may have been killed in the middle of a job.
            free_jobs_of_the_dead(town.db)
        return town

    def close(**signal: Any) -> None:
        for towns in opened:
            towns.close()
        opened.clear()

    register(queue, town_of)
    # Each process opens its towns itself: connections must not be shared with the one that it was forked from.
    worker_process_init.connect(lambda **signal: opened.clear(), weak=False)
    worker_process_shutdown.connect(close, weak=False)
    worker = queue.Worker(
        pool="prefork",
        concurrency=concurrency,
        queues=[settings.broker_prefix + line for line in lines],
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    with suppress(SystemExit):
        worker.start()
    sys.exit(worker.exitcode or 0)
