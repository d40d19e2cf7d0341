# SPDX-License-Identifier: EUPL-1.2
"""The embedded worker: one thread that runs due jobs and timers, woken by the commit that left them."""

import logging
import os
import socket
from datetime import timedelta
from threading import Event, Thread

from engine.db import Database
from engine.incidents import reason_of
from engine.jobs import run_job
from engine.leases import claim_job, free_leases, next_due
from engine.services import Services

logger = logging.getLogger(__name__)

#: Looks at least this often, in case a job was left by another process.
LONGEST_SLEEP = timedelta(seconds=10)
SHORTEST_SLEEP = timedelta(milliseconds=20)


class Worker:
    """Runs the jobs of one database."""

    def __init__(self, db: Database, services: Services) -> None:
        self._db = db
        self._services = services
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._wake = Event()
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin working in a thread of its own."""
        self._stop.clear()
        self.free_jobs_of_the_dead()
        self._thread = Thread(target=self._work, name="amtsfluss-worker", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 30) -> None:
        """Finish the job in hand and stop."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def run_until_idle(self, limit: int = 1000) -> int:
        """Run all that is due now, in this thread; returns how many jobs were run."""
        for count in range(limit):
            job = claim_job(self._db, self._services, self._name)
            if job is None:
                return count
            outcome = run_job(self._db, self._services, job)
            level = logging.WARNING if outcome == "failed" else logging.INFO
            logger.log(level, "job %s %s for case %s: %s", job.id, job.topic or job.kind, job.case_id, outcome)
        return limit

    def free_jobs_of_the_dead(self) -> None:
        """Take over at once what a worker of this machine held when it was killed; other machines' leases run out."""
        freed = free_leases(self._db, self._has_died)
        if freed:
            logger.warning("%d jobs of a worker that died are run again", freed)

    def _has_died(self, worker: str) -> bool:
        """Whether a worker of this machine is gone. One of our own name is: we have only just begun."""
        host, _, process = worker.rpartition(":")
        if host != socket.gethostname() or not process.isdecimal():
            return False
        return worker == self._name or not _is_running(int(process))

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self.run_until_idle()
                pause = self._pause()
            except Exception as trouble:
                # Without this the thread would die of a database that is away for a minute.
                logger.error("The worker could not look for jobs and tries again: %s", reason_of(trouble))
                pause = LONGEST_SLEEP
            if not self._stop.is_set():
                self._wake.wait(pause.total_seconds())

    def _pause(self) -> timedelta:
        due = next_due(self._db)
        if due is None:
            return LONGEST_SLEEP
        # What is due and was not claimed belongs to a case that another worker is at.
        return max(SHORTEST_SLEEP, min(LONGEST_SLEEP, due - self._services.clock.now()))


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
