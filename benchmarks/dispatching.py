# SPDX-License-Identifier: EUPL-1.2
"""Jobs by a queue and workers of their own, beside the thread in the process that serves."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from statistics import median
from uuid import uuid4

from calls import p95
from databases import fresh
from due import AHEAD, fired, jobs_left, let_all_be_due, wait_until, waiting
from models import arrow, drawn, form
from serving import PASSWORD, Clerk, amt, server
from sqlalchemy import select

from engine.cases import start_case
from engine.clock import SystemClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import Actor, add_user
from engine.models import CaseRow, HistoryRow, TaskRow
from engine.services import Services
from forms import check_form

JOBS = int(os.environ.get("BENCH_JOBS", "2000"))
CASES = 60
PROCESSES = 2
_BY = Actor("messung", "Messung", frozenset())
#: Opens what works on the jobs of a database; gives the address of the pages.
Workers = Callable[[str], AbstractContextManager[str]]


def measure_dispatch(name: str) -> None:
    """Jobs that are due at once, and how soon a single one is begun."""
    if name == "SQLite":
        print("SQLite serves one machine: there is no queue to measure.", end=" ")
        return
    print(
        f"{f'{name}, {JOBS:,} jobs due at once':<42}{'per second':>11}{'ratio':>7}{'one job: p50 ms':>17}{'p95 ms':>8}"
    )
    alone = None
    for what, workers in ways():
        rate, lags = rate_of(name, workers), lags_of(name, workers)
        alone = alone or rate
        print(f"{what:<42}{rate:>11.0f}{rate / alone:>7.2f}{median(lags):>17.1f}{p95(lags):>8.1f}")


def ways() -> Iterator[tuple[str, Workers]]:
    """The thread always; the queue for each broker that the environment names."""
    yield "a thread of the process that serves", server
    for broker, variable in (("RabbitMQ", "AMT_TEST_AMQP_URL"), ("Redis", "AMT_TEST_REDIS_URL")):
        if address := os.environ.get(variable):
            yield f"{PROCESSES} processes of amt worker by {broker}", partial(_cluster, address)
        else:
            print(f"{broker} is left out: {variable} is not set.")


@contextmanager
def _cluster(broker: str, url: str) -> Iterator[str]:
    own = {"AMT_BROKER_URL": broker, "AMT_BROKER_PREFIX": f"messung-{uuid4().hex[:8]}-"}
    with (
        amt("worker", "--concurrency", str(PROCESSES), url=url, **own),
        amt("beat", url=url, **own),
        server(url, **own) as address,
    ):
        yield address


def rate_of(name: str, workers: Workers) -> float:
    """Timers that are due at once, fired per second."""
    with waiting(name, JOBS) as (database, _):
        due = datetime.now(UTC) + AHEAD
        let_all_be_due(database, due)
        with workers(database.url):
            wait_until(lambda: jobs_left(database) == 0)
        moments = fired(database)
    if len(moments) != JOBS:
        raise SystemExit(f"{len(moments)} of {JOBS} timers have fired.")
    return JOBS / max((at - due).total_seconds() for _, at in moments)


def lags_of(name: str, workers: Workers) -> list[float]:
    """Milliseconds from the completion of a task until the job that follows it has been run, on an idle machine."""
    with fresh(name) as database:
        tasks = _open_tasks(database)
        with workers(database.url) as address:
            clerk = Clerk(address, "messung")
            for task_id in tasks:
                clerk.complete(task_id, vermerk="gut")
                wait_until(lambda: jobs_left(database) == 0, every=0.02)
            clerk.close()
        return _lags(database)[1:]


def _open_tasks(database: Database) -> list[str]:
    services = Services(SystemClock())
    bundle = Bundle("folgen", {"folgen.bpmn": _model(), "messung.form": form()})
    with unit_of_work(database) as session:
        deploy(session, services, bundle, form_check=check_form)
        add_user(session, services.clock, "messung", "Messung", PASSWORD, ["buergerbuero"])
    for _ in range(CASES):
        with unit_of_work(database) as session:
            start_case(session, services, "folgen", {"n": 0}, by=_BY)
    with database.reading() as session:
        return list(session.scalars(select(TaskRow.id)))


def _model() -> bytes:
    """A task, after it a step that runs as a job."""
    return drawn(
        "folgen",
        '<bpmn:startEvent id="anfang"/>',
        '<bpmn:userTask id="aufgabe" camunda:formRef="messung" camunda:candidateGroups="buergerbuero"/>',
        '<bpmn:scriptTask id="folge" camunda:asyncBefore="true" scriptFormat="feel" camunda:resultVariable="n">'
        "<bpmn:script>n + 1</bpmn:script></bpmn:scriptTask>",
        '<bpmn:endEvent id="ende"/>',
        arrow("anfang", "aufgabe"),
        arrow("aufgabe", "folge"),
        arrow("folge", "ende"),
    )


def _lags(database: Database) -> list[float]:
    def moments(element: str) -> dict[str, datetime]:
        lines = select(HistoryRow.case_id, HistoryRow.at).join(CaseRow, CaseRow.id == HistoryRow.case_id)
        found = lines.where(HistoryRow.element_id == element, HistoryRow.kind.in_(["completed", "task_completed"]))
        with database.reading() as session:
            return dict(session.execute(found).tuples().all())

    begun, done = moments("aufgabe"), moments("folge")
    if len(done) != CASES or begun.keys() != done.keys():
        raise SystemExit(f"{len(done)} of {CASES} jobs left a line in the history.")
    return [
        (done[case_id] - at).total_seconds() * 1000 for case_id, at in sorted(begun.items(), key=lambda each: each[1])
    ]
