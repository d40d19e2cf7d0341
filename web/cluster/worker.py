# SPDX-License-Identifier: EUPL-1.2
"""What a worker of the queue does: claim the job it is told of, run it, and tell the queue what follows."""

import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread
from typing import Any, Protocol

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown

from engine.db import Database
from engine.dispatch import take_all_back, take_back
from engine.incidents import reason_of
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


class Workshop:
    """The towns in which one process of a worker works.

    Each process opens them itself: connections must not be shared with the one that it was forked from.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._towns: Towns | None = None

    def open(self, **signal: Any) -> None:
        """Begin, and take over from processes of this machine that were killed in the middle of a job."""
        self._towns = towns_of(self._settings)
        self._towns.start_jobs(of_all=False)
        # Who waits for the process to report gives up after some seconds, and there may be many towns.
        Thread(target=self._take_over, args=(self._towns,), daemon=True).start()

    def town_of(self, name: str) -> Platform:
        """A town by its name; may raise TenantUnknown."""
        assert self._towns is not None, "A process opens its workshop before it takes a job."
        return self._towns.named(name)

    def close(self, **signal: Any) -> None:
        """Finish what is in hand."""
        if self._towns is not None:
            self._towns.close()

    def _take_over(self, towns: Towns) -> None:
        """What the dead were at is free; what they had been told and not begun is told again.

        Redis gives back only after a long while what a killed worker had taken from it.
        """
        for town in towns.all():
            try:
                free_jobs_of_the_dead(town.db)
                take_all_back(town.db)
            except Exception as trouble:
                logger.error("Jobs of the dead stay where they are for some minutes: %s", reason_of(trouble))


def work(settings: Settings, lines: Sequence[str], concurrency: int | None) -> None:
    """Work for the queue until the process is told to stop; jobs in hand are finished first."""
    queue = make_queue(settings.broker_url, settings.broker_prefix)
    workshop = Workshop(settings)
    register(queue, workshop.town_of)
    worker_process_init.connect(workshop.open, weak=False)
    worker_process_shutdown.connect(workshop.close, weak=False)
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
