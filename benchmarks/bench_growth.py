# SPDX-License-Identifier: EUPL-1.2
"""Whether a step costs what it changes: old cases, long loops, many blocks, many tasks at once, large models.

Each row compares a large thing with a small one of the same kind in the same run; the ratio is what counts.
"""

import os
import resource
import time
from collections.abc import Sequence
from statistics import median

from databases import databases
from models import blocks_model, circling_model, form, key, linear_model, many_model
from naive import NaiveStore, bare, live_tasks
from sqlalchemy import func, select

from engine.cases import case_variables, start_case
from engine.clock import SystemClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import Actor
from engine.models import CaseStateRow, HistoryRow, TaskRow
from engine.services import Services
from engine.spiff.state import stored_state
from engine.tasks import complete_task
from engine.worker import Worker
from forms import check_form

CLERK = Actor("messung", "Messung", frozenset({"buergerbuero"}))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "100000"))
SAMPLES = int(os.environ.get("BENCH_SAMPLES", "200"))


def main() -> None:
    """Measure and print."""
    print(f"{'what':<62}{'small':>12}{'large':>12}{'ratio':>11}")
    for name, database in databases():
        services = Services(SystemClock())
        with unit_of_work(database) as session:
            deploy(session, services, bundle("kreis", circling_model()), form_check=check_form)
            deploy(session, services, bundle("viele", many_model()), form_check=check_form)
            deploy(session, services, bundle("bloecke_12", blocks_model(12)), form_check=check_form)
            for length in (20, 500):
                deploy(session, services, bundle(key(length), linear_model(length)), form_check=check_form)
        old_cases(name, database, services)
        large_models(name, database, services)
        many_tasks(name, database, services)
        blocks(name, database, services)
        long_loop(name, database, services)


def bundle(name: str, model: bytes) -> Bundle:
    """One model with the form of the benchmarks."""
    return Bundle(name, {f"{name}.bpmn": model, "messung.form": form()})


def row(what: str, small: float, large: float, unit: str = " ms") -> None:
    """One line of the table."""
    shown = (f"{value:.2f}{unit}" if unit == " ms" else f"{value:.0f}{unit}" for value in (small, large))
    print("{:<62}{:>12}{:>12}{:>11.2f}".format(what, *shown, large / small if small else float("nan")))


def begin(database: Database, services: Services, process: str, **variables: object) -> str:
    """A case that waits."""
    with unit_of_work(database) as session:
        return start_case(session, services, process, dict(variables), by=CLERK).id


def open_tasks(database: Database, case_id: str) -> Sequence[str]:
    """Ids of the open tasks of a case."""
    with database.reading() as session:
        return session.scalars(select(TaskRow.id).where(TaskRow.case_id == case_id)).all()


def complete(database: Database, services: Services, task_id: str, **answers: object) -> float:
    """Complete a task; milliseconds with the commit."""
    begun = time.perf_counter()
    with unit_of_work(database) as session:
        complete_task(session, services, task_id, answers, CLERK)
    return (time.perf_counter() - begun) * 1000


def old_cases(name: str, database: Database, services: Services) -> None:
    """The same completion in a case that has taken 10 steps and in one that has taken 10,000."""
    cases = {steps: begin(database, services, "kreis", n=0, target=0) for steps in (10, 10_000)}
    for steps, case_id in cases.items():
        complete(database, services, open_tasks(database, case_id)[0], n=0, target=steps // 3)
        Worker(database, services).run_until_idle(limit=10_000)
    taken: dict[int, list[float]] = {steps: [] for steps in cases}
    for _ in range(SAMPLES):
        for steps, case_id in cases.items():  # in turn, so that a busy moment of the machine meets both
            taken[steps].append(complete(database, services, open_tasks(database, case_id)[0], target=0))
    row(f"{name}: a completion after 10 and 10,000 finished steps", median(taken[10]), median(taken[10_000]))
    if name == "SQLite":
        timed = [value * 1000 for value in bare(linear_model(200), key(200), 196)]
        row("SpiffWorkflow bare: after 10 and 190 finished tasks", median(timed[5:15]), median(timed[185:195]))


def large_models(name: str, database: Database, services: Services) -> None:
    """A completion in a model of 20 nodes and in one of 500."""
    taken: dict[int, list[float]] = {}
    cases = {length: [begin(database, services, key(length)) for _ in range(12)] for length in (20, 500)}
    naive = NaiveStore(database)
    # Longer models end the library's parser by recursion.
    stored = {length: naive.start(linear_model(length), key(length)) for length in (20, 150)}
    slow: dict[int, list[float]] = {20: [], 150: []}
    for _ in range(15):
        for length, ids in cases.items():
            taken.setdefault(length, [])
            for case_id in ids:
                taken[length].append(complete(database, services, open_tasks(database, case_id)[0], vermerk="gut"))
        for length, case_id in stored.items():
            slow[length].append(naive.complete(case_id) * 1000)
    row(f"{name}: a completion in a model of 20 and 500 nodes", median(taken[20]), median(taken[500]))
    row(f"{name}: the same in the naive store, 20 and 150 nodes", median(slow[20]), median(slow[150]))


def many_tasks(name: str, database: Database, services: Services) -> None:
    """Time a task, where 100 and where 1,000 tasks are open at once and all are completed."""
    each: dict[int, float] = {}
    for number in (100, 1_000):
        case_id = begin(database, services, "viele", anzahl=number)
        begun = time.perf_counter()
        for task_id in open_tasks(database, case_id):
            complete(database, services, task_id)
        each[number] = (time.perf_counter() - begun) * 1000 / number
        assert not open_tasks(database, case_id)
    row(f"{name}: each of 100 and of 1,000 tasks open at once", each[100], each[1_000])


def blocks(name: str, database: Database, services: Services) -> None:
    """Live tokens at the start of twelve parallel blocks in a row, beside what the library predicts."""
    case_id = begin(database, services, "bloecke_12")
    with database.reading() as session:
        content = session.scalar(select(CaseStateRow.content).where(CaseStateRow.case_id == case_id))
    assert content is not None
    if name == "SQLite":
        live = len(stored_state(content)["tokens"])
        row("12 parallel blocks: live tokens here, tasks of bare Spiff", live,
            live_tasks(blocks_model(12), "bloecke_12"), "")  # fmt: skip


def long_loop(name: str, database: Database, services: Services) -> None:
    """A loop without a wait: its first tenth and its last, time and memory, and whether its history is whole."""
    case_id = begin(database, services, "kreis", n=0, target=0)
    tenth = ROUNDS // 10
    worker = Worker(database, services)
    times, memory = [], []
    for part in range(1, 11):
        begun = time.perf_counter()
        complete(database, services, open_tasks(database, case_id)[0], target=part * tenth)
        worker.run_until_idle(limit=1_000_000)
        times.append((time.perf_counter() - begun) * 1000 / tenth)
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    with database.reading() as session:
        passed = session.scalar(
            select(func.count())
            .select_from(HistoryRow)
            .where(HistoryRow.case_id == case_id, HistoryRow.element_id == "zaehlen", HistoryRow.kind == "completed")
        )
        reached = case_variables(session, services, case_id)["n"]
    row(f"{name}: a round of a loop, first and last tenth of {ROUNDS:,}", times[0], times[-1])
    row(f"{name}: most memory (MB) after the first and the last tenth", memory[0], memory[-1], "")
    row(f"{name}: rounds of the loop, and rounds in its history", float(reached), float(passed or 0), "")


if __name__ == "__main__":
    main()
