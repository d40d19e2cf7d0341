# SPDX-License-Identifier: EUPL-1.2
"""Task completions per second through HTTP, and what one costs the database, beside SpiffWorkflow bare in memory.

The server is the product itself (`amt run`, a process of its own); clerks log in once and complete tasks one after
another, alone and at the same time. Every completion checks the session, the CSRF token and the permission, validates
the form, moves the token, writes state, projections and history, and commits.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from statistics import median

from calls import load, p95, p99, timed
from databases import Counted, counting, databases
from models import form, key, linear_model
from serving import PASSWORD, SECRET, Clerk, csrf_token, server
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import select, text

from engine.cases import start_case
from engine.clock import SystemClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import Actor, add_user
from engine.models import TaskRow
from engine.services import Services
from engine.tasks import complete_task
from forms import check_form
from web import create_app
from web.settings import settings_from_environment

CASES = int(os.environ.get("BENCH_CASES", "60"))
ROUNDS = 3
LENGTHS = (20, 100)
CLERKS = (1, 2, 4)
CLERK = Actor("messung", "Messung", frozenset({"buergerbuero"}))


@dataclass
class Measured:
    """How long each completion took in milliseconds, and all together in seconds; what one asked of the database."""

    what: str
    taken: Sequence[float]
    seconds: float
    cost: Counted | None = None


def main() -> None:
    """Measure and print."""
    print(
        f"{'what':<50}{'per second':>11}{'of bare':>9}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}"
        f"{'SQL each':>10}{'commits':>9}"
    )
    for length in LENGTHS:
        bare = bare_spiff(length)
        print(f"{f'SpiffWorkflow alone, in memory, {length} tasks':<50}{bare:>11.0f}{1:>9.2f}")
        for name, database in databases():
            with prepared(database, length) as services:
                for measured in measurements(database, services, length):
                    show(measured, f"{measured.what}, {name}, {length} tasks", bare)
    print(f"At most 12 statements and 1 commit each are aimed at. {load()}")


def show(measured: Measured, what: str, bare: float) -> None:
    """One line of the table."""
    rate, taken, cost = len(measured.taken) / measured.seconds, measured.taken, measured.cost
    counts = f"{cost.statements:>10}{cost.commits:>9}" if cost else ""
    times = f"{median(taken):>8.1f}{p95(taken):>8.1f}{p99(taken):>8.1f}"
    print(f"{what:<50}{rate:>11.0f}{rate / bare:>9.2f}{times}{counts}")


def bare_spiff(length: int) -> float:
    """Completions per second of the library without a database, permissions, history or HTTP."""
    parser = BpmnParser()
    parser.add_bpmn_io(BytesIO(linear_model(length)))
    spec, subprocesses = parser.get_spec(key(length)), parser.get_subprocess_specs(key(length))
    done = 0
    begun = time.perf_counter()
    while time.perf_counter() - begun < 2:
        workflow = BpmnWorkflow(spec, subprocesses)
        workflow.do_engine_steps()
        while ready := workflow.get_next_task(state=TaskState.READY, manual=True):
            ready.run()
            workflow.do_engine_steps()
            done += 1
    return done / (time.perf_counter() - begun)


@contextmanager
def prepared(database: Database, length: int) -> Iterator[Services]:
    """The model deployed, and clerks."""
    services = Services(SystemClock())
    bundle = Bundle(key(length), {f"{key(length)}.bpmn": linear_model(length), "messung.form": form()})
    with unit_of_work(database) as session:
        deploy(session, services, bundle, form_check=check_form)
        for number in range(max(CLERKS)):
            add_user(session, services.clock, f"messung{number}", f"Messung {number}", PASSWORD, ["buergerbuero"])
    yield services


def measurements(database: Database, services: Services, length: int) -> Iterator[Measured]:
    """The command alone, then the same as clerks send it."""

    def command(task_id: str) -> None:
        with unit_of_work(database) as session:
            complete_task(session, services, task_id, {"vermerk": "gut"}, CLERK)

    with begun(database, services, length):
        cost = worst(database, command)
        yield rounds("Command with commit", database, [command], cost)
    with begun(database, services, length), in_process(database.url) as (seen, complete):
        cost = worst(seen, complete, of=database)
    with server(database.url) as address:
        for number in CLERKS:
            clerks = [Clerk(address, f"messung{each}") for each in range(number)]
            with begun(database, services, length):
                acts: list[Callable[[str], None]] = [completer(clerk) for clerk in clerks]
                yield rounds(f"HTTP, {number} clerk{'s' if number > 1 else ''}", database, acts, cost)
            for clerk in clerks:
                clerk.close()


def completer(clerk: Clerk) -> Callable[[str], None]:
    """How a clerk completes a task."""
    return lambda task_id: clerk.complete(task_id, vermerk="gut")


@contextmanager
def begun(database: Database, services: Services, length: int) -> Iterator[None]:
    """Cases that wait; ended afterwards."""
    for _ in range(CASES):
        with unit_of_work(database) as session:
            start_case(session, services, key(length), {"eingabe": "x" * 2000}, by=CLERK)
    yield
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM cases"))


def waiting(database: Database) -> list[str]:
    """Ids of all open tasks."""
    with database.reading() as session:
        return list(session.scalars(select(TaskRow.id)))


def rounds(what: str, database: Database, acts: Sequence[Callable[[str], None]], cost: Counted) -> Measured:
    """Each round completes all open tasks, shared among those who act at the same time."""
    taken, seconds = [], 0.0
    for _ in range(ROUNDS):
        tasks = waiting(database)
        shares = [tasks[number :: len(acts)] for number in range(len(acts))]
        begun = time.perf_counter()
        with ThreadPoolExecutor(len(acts)) as pool:
            for share in pool.map(_complete_all, acts, shares):
                taken += share
        seconds += time.perf_counter() - begun
    return Measured(what, taken, seconds, cost)


def _complete_all(act: Callable[[str], None], tasks: Sequence[str]) -> list[float]:
    return [timed(lambda: act(task_id)) for task_id in tasks]  # noqa: B023 – called at once


def worst(seen: Database, act: Callable[[str], None], of: Database | None = None) -> Counted:
    """The most that one of five completions asks of the database."""
    act(waiting(of or seen)[0])
    counts = []
    for task_id in waiting(of or seen)[:5]:
        with counting(seen) as counted:
            act(task_id)
        counts.append(counted)
    return Counted(max(each.statements for each in counts), max(each.commits for each in counts))


@contextmanager
def in_process(url: str) -> Iterator[tuple[Database, Callable[[str], None]]]:
    """The application in this process, with its database, and how a clerk completes a task there."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"AMT_DATABASE_URL": url, "AMT_DATA_DIR": folder, "AMT_RATE_LIMITS": "no", "AMT_SECRET_KEY": SECRET}
        app = create_app(settings_from_environment(own))
        browser = app.test_client()
        token = csrf_token(browser.get("/anmelden").text)
        browser.post("/anmelden", data={"username": "messung0", "password": PASSWORD, "csrf_token": token})
        token = csrf_token(browser.get("/inbox/").text)

        def complete(task_id: str) -> None:
            sent = {"vermerk": "gut", "csrf_token": token}
            answer = browser.post(f"/inbox/aufgabe/{task_id}/erledigen", data=sent)
            assert answer.status_code == 302, answer.status_code

        town = app.extensions["amtsfluss"]
        yield town.db, complete
        town.close()


if __name__ == "__main__":
    main()
