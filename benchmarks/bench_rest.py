# SPDX-License-Identifier: EUPL-1.2
"""What programs get through the REST API on PostgreSQL: commands over HTTP, fetching of work, lists of a million tasks.

The server is `amt run` in a process of its own: waitress, and the worker beside it. Clients run in this process and
share the machine with it.
"""

import base64
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlencode

from calls import Client, p95, timed
from databases import databases
from filling import fill_external, fill_tasks, process_keys
from models import arrow, drawn, form, key, linear_model
from serving import server
from sqlalchemy import event, select

from engine.cases import start_case
from engine.clock import SystemClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.grants import Grant, Grants
from engine.identity import Actor
from engine.machines import create_token, ensure_machine
from engine.models import TaskRow
from engine.services import Services
from engine.tasks import complete_task
from forms import check_form

ACTS = int(os.environ.get("BENCH_CASES", "60")) * 5
CALLS = 40
TASKS = int(os.environ.get("BENCH_TASKS", "1000000"))
FEW_TASKS = 10_000
WORK, LITTLE_WORK = 50_000, 500
CLIENTS = 4
GRANTS = 500
LENGTH = 20
PAGE = 50
PROGRAM, PASSWORD = "messung", "messung-messung"
ALL = Grant("*", "*")
VARIABLES = {"eingabe": {"value": "x" * 2000, "type": "String"}}
EXTERNAL = '<bpmn:serviceTask id="arbeit" camunda:type="external" camunda:topic="messung" />'

LISTS: dict[str, dict[str, str]] = {
    "all": {},
    "candidateGroup": {"candidateGroup": "gruppe3"},
    "assignee": {"assignee": "person7"},
    "unassigned": {"unassigned": "true"},
    "candidateGroup, processDefinitionKey": {"candidateGroup": "gruppe3", "processDefinitionKey": f"{key(LENGTH)}_1"},
}
SORTS = {"created": "desc", "priority": "desc", "dueDate": "asc", "name": "asc"}


def main() -> None:
    """Measure and print."""
    if TASKS <= FEW_TASKS:
        raise SystemExit(f"BENCH_TASKS must be more than {FEW_TASKS:,}.")
    for name, database in databases():
        if name == "PostgreSQL":
            with prepared(database) as town:
                commands(town)
                print()
                fetching(town)
                print()
                lists(town)


@dataclass
class Town:
    """A served database, and how its programs prove who they are."""

    database: Database
    services: Services
    address: str
    bearer: str
    basic: str


@contextmanager
def prepared(database: Database) -> Iterator[Town]:
    """The models deployed, and a server."""
    services = Services(SystemClock())
    models = {key(LENGTH): linear_model(LENGTH), "arbeit": _external_model()}
    with unit_of_work(database) as session:
        for name, model in models.items():
            deploy(
                session, services, Bundle(name, {f"{name}.bpmn": model, "messung.form": form()}), form_check=check_form
            )
        token = create_token(session, services.clock, PROGRAM, [ALL])
        ensure_machine(session, services.clock, PROGRAM, [ALL], password=PASSWORD)
    basic = base64.b64encode(f"{PROGRAM}:{PASSWORD}".encode()).decode()
    with server(database.url) as address:
        yield Town(database, services, address, f"Bearer {token.text}", f"Basic {basic}")


def _external_model() -> bytes:
    return drawn(
        "arbeit",
        '<bpmn:startEvent id="anfang"/>',
        EXTERNAL,
        '<bpmn:endEvent id="ende"/>',
        arrow("anfang", "arbeit"),
        arrow("arbeit", "ende"),
    )


# -- commands ------------------------------------------------------------------------------------------------------


def commands(town: Town) -> None:
    """Starting and completing, without and with HTTP."""
    print(f"{'what':<58}{'per second':>11}{'of bare':>9}{'p50 ms':>9}{'p95 ms':>9}{'SQL each':>10}")
    rows = {"start": starts(town), "complete": completions(town)}
    for what, measured in rows.items():
        bare = len(measured[0].taken) / measured[0].seconds
        for each in measured:
            rate = len(each.taken) / each.seconds
            each.show(what, rate, rate / bare)


@dataclass
class Measured:
    """How long each of several calls took, and all of them together."""

    how: str
    taken: list[float]
    seconds: float
    statements: int | None = None

    def show(self, what: str, rate: float, ratio: float) -> None:
        """One line of the table."""
        sql = "" if self.statements is None else self.statements
        print(
            f"{what + ', ' + self.how:<58}{rate:>11.0f}{ratio:>9.2f}"
            f"{median(self.taken):>9.1f}{p95(self.taken):>9.1f}{sql:>10}"
        )


def starts(town: Town) -> list[Measured]:
    """Instances begun with a variable of 2,000 signs."""

    def bare(number: int) -> None:
        with unit_of_work(town.database) as session:
            start_case(session, town.services, key(LENGTH), {"eingabe": "x" * 2000}, by=_program())

    def over_http(client: Client, number: int) -> None:
        client.send("POST", f"/process-definition/key/{key(LENGTH)}/start", {"variables": VARIABLES})

    sql = _statements(town.database, lambda: bare(0))
    return [_in_process(range(ACTS), bare, sql), *_through(town, lambda: list(range(ACTS)), over_http)]


def completions(town: Town) -> list[Measured]:
    """Tasks completed with one answer each; every case goes on to its next task."""

    def bare(task_id: str) -> None:
        with unit_of_work(town.database) as session:
            complete_task(session, town.services, task_id, {"vermerk": "gut"}, _program())

    def over_http(client: Client, task_id: str) -> None:
        sent = {"variables": {"vermerk": {"value": "gut", "type": "String"}}}
        client.send("POST", f"/task/{task_id}/complete", sent)

    def some() -> list[str]:
        return waiting(town.database)[:ACTS]

    sql = _statements(town.database, lambda: bare(some()[0]))
    return [_in_process(some(), bare, sql), *_through(town, some, over_http)]


def _in_process(things: Sequence[Any], act: Callable[[Any], None], statements: int) -> Measured:
    begun = time.perf_counter()
    taken = [timed(lambda: act(thing)) for thing in things]  # noqa: B023 – called at once
    return Measured("engine in this process, 1 thread", taken, time.perf_counter() - begun, statements)


def _through(town: Town, things: Callable[[], list[Any]], act: Callable[[Client, Any], None]) -> list[Measured]:
    """The same over HTTP, with one client and with several, and with each kind of credentials."""
    measured = []
    for how, clients, credentials in (
        ("HTTP, 1 client, Bearer", 1, town.bearer),
        (f"HTTP, {CLIENTS} clients, Bearer", CLIENTS, town.bearer),
        (f"HTTP, {CLIENTS} clients, Basic with a password", CLIENTS, town.basic),
    ):
        measured.append(_shared(town, how, things(), clients, credentials, act))
    return measured


def _shared(
    town: Town, how: str, things: list[Any], clients: int, credentials: str, act: Callable[[Client, Any], None]
) -> Measured:
    callers = [Client(town.address, credentials) for _ in range(clients)]
    for caller in callers:
        caller.send("GET", "/version")

    def work(caller: Client, share: list[Any]) -> list[float]:
        return [timed(lambda: act(caller, thing)) for thing in share]  # noqa: B023 – called at once

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        shares = pool.map(work, callers, [things[number::clients] for number in range(clients)])
        taken = [each for share in shares for each in share]
    spent = time.perf_counter() - begun
    for caller in callers:
        caller.close()
    return Measured(how, taken, spent)


def _statements(database: Database, act: Callable[[], None]) -> int:
    sent: list[object] = []

    def listen(*arguments: object) -> None:
        sent.append(arguments)

    act()
    event.listen(database.engine, "before_cursor_execute", listen)
    act()
    event.remove(database.engine, "before_cursor_execute", listen)
    return len(sent)


def _program() -> Actor:
    return Actor(PROGRAM, PROGRAM, grants=Grants([ALL]))


def waiting(database: Database) -> list[str]:
    """Ids of all open tasks."""
    with database.reading() as session:
        return list(session.scalars(select(TaskRow.id)))


# -- lists ---------------------------------------------------------------------------------------------------------


def fetching(town: Town) -> None:
    """Fetching ten pieces of work at a time, where little and where much waits."""
    with unit_of_work(town.database) as session:
        start_case(session, town.services, "arbeit", {"eingabe": "x" * 2000}, by=_program())
    client = Client(town.address, town.bearer)
    taken = {}
    for topic, number in (("wenig", LITTLE_WORK), ("viel", WORK)):
        fill_external(town.database, topic, number)
        wanted = {"workerId": "messung", "maxTasks": 10, "topics": [{"topicName": topic, "lockDuration": 600_000}]}
        taken[topic] = [timed(lambda: client.fetch(wanted)) for _ in range(CALLS)]  # noqa: B023 – called at once
    client.close()
    _head(f"median of {CALLS} calls, milliseconds", LITTLE_WORK, WORK)
    _row("external-task/fetchAndLock, maxTasks 10", taken["wenig"], taken["viel"])


def lists(town: Town) -> None:
    """Pages of a list, asked by an account that may see half of the processes."""
    taken: dict[int, dict[str, list[float]]] = {}
    before = 0
    for number in (FEW_TASKS, TASKS):
        fill_tasks(town.database, number, before)
        before = number
        client = Client(town.address, _narrow_account(town))
        taken[number] = {f"task, {named}": _pages(client, asked) for named, asked in _questions()}
        taken[number] |= {f"task/count, {named}": _counts(client, asked) for named, asked in LISTS.items()}
        client.close()
    _head(f"median of {CALLS} calls, milliseconds; {GRANTS} grants", FEW_TASKS, TASKS)
    for what in taken[TASKS]:
        _row(what, taken[FEW_TASKS][what], taken[TASKS][what])


def _questions() -> Iterator[tuple[str, dict[str, str]]]:
    for named, asked in LISTS.items():
        for by, direction in SORTS.items():
            yield f"{named}, by {by} {direction}", {**asked, "sortBy": by, "sortOrder": direction}


def _narrow_account(town: Town) -> str:
    keys = process_keys(town.database)
    grants = [Grant("task", "read", each) for each in keys[: 2 * GRANTS : 2]]
    with unit_of_work(town.database) as session:
        return f"Bearer {create_token(session, town.services.clock, 'wenige', grants).text}"


def _pages(client: Client, asked: dict[str, str]) -> list[float]:
    """The first four pages, in turn."""
    paths = [f"/task?{urlencode({**asked, 'firstResult': first * PAGE, 'maxResults': PAGE})}" for first in range(4)]
    for path in paths:
        client.send("GET", path)
    return [timed(lambda: client.send("GET", paths[number % 4])) for number in range(CALLS)]  # noqa: B023 – called at once


def _counts(client: Client, asked: dict[str, str]) -> list[float]:
    path = f"/task/count?{urlencode(asked)}"
    client.send("GET", path)
    return [timed(lambda: client.send("GET", path)) for _ in range(CALLS // 4)]


def _head(what: str, small: int, large: int) -> None:
    print(f"{what:<66}{small:>10,}{large:>11,}{'p95':>9}{'ratio':>8}")


def _row(what: str, small: list[float], large: list[float]) -> None:
    first, second = median(small), median(large)
    print(f"{what:<66}{first:>10.1f}{second:>11.1f}{p95(large):>9.1f}{second / first:>8.2f}")


if __name__ == "__main__":
    main()
