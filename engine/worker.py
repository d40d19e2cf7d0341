# SPDX-License-Identifier: EUPL-1.2
"""The embedded worker: one thread that runs due jobs and timers, woken by the commit that left them.

Between them it does the chores.
"""

import logging
import os
import socket
from collections.abc import Iterable
from datetime import timedelta
from time import monotonic

from engine.chores import Chore, Housekeeping
from engine.db import Database
from engine.jobs import run_job
from engine.leases import ClaimedJob, claim_job, free_leases, next_due
from engine.rounds import LONGEST_PAUSE, Rounds
from engine.services import Services

logger = logging.getLogger(__name__)

#: So many jobs are run before whoever shares this thread has its turn.
_A_TURN = 50


class Worker:
    """Runs the jobs of one database, and does its chores between them."""

    def __init__(self, db: Database, services: Services, chores: Iterable[Chore] = ()) -> None:
        self._db = db
        self._services = services
        self._housekeeping = Housekeeping(db, services, chores)
        self._name = worker_name()
        self._rounds = Rounds("The worker", self.look)

    def start(self) -> None:
        """Begin working in a thread of its own."""
        free_jobs_of_the_dead(self._db)
        self._rounds.start()

    def stop(self, timeout: float = 30) -> None:
        """Finish the job in hand and stop."""
        self._rounds.stop(timeout)

    def wake(self) -> None:
        """There is something to do."""
        self._rounds.wake()

    def run_until_idle(self, limit: int = 1000) -> int:
        """Run all that is due now, in this thread; returns how many jobs were run."""
        for count in range(limit):
            job = claim_job(self._db, self._services, self._name)
            if job is None:
                return count
            run_and_tell(self._db, self._services, job)
        return limit

    def look(self) -> timedelta:
        """Run some of what is due; returns when it makes sense to look again."""
        self.run_until_idle(_A_TURN)
        self._housekeeping.look()
        due = next_due(self._db)
        # What is due and was not claimed belongs to a case that another worker is at.
        return LONGEST_PAUSE if due is None else due - self._services.clock.now()


def worker_name() -> str:
    """What this process holds jobs by: its machine and its number there."""
    return f"{socket.gethostname()}:{os.getpid()}"


def run_and_tell(db: Database, services: Services, job: ClaimedJob) -> None:
    """Run a job that this process holds; the log says what came of it, and names nobody."""
    began = monotonic()
    outcome = run_job(db, services, job)
    # Names of messages are anybody's; those of operations are ours.
    topic = job.topic if job.kind == "operation" else job.kind
    services.measure("job", topic, outcome, monotonic() - began)
    level = logging.WARNING if outcome == "failed" else logging.INFO
    about = {"job": job.id, "case": job.case_id}
    logger.log(level, "job %s %s for case %s: %s", job.id, job.topic or job.kind, job.case_id, outcome, extra=about)


def free_jobs_of_the_dead(db: Database) -> None:
    """Take over at once what a process of this machine held when it was killed; other machines' leases run out."""
    freed = free_leases(db, _has_died)
    if freed:
        logger.warning("%d jobs of a worker that died are run again", freed)


def _has_died(worker: str) -> bool:
    """Whether a worker of this machine is gone. One of our own name is: we have only just begun."""
    host, _, process = worker.rpartition(":")
    if host != socket.gethostname() or not process.isdecimal():
        return False
    return worker == worker_name() or not _is_running(int(process))


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
