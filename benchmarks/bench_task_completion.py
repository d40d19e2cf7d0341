# SPDX-License-Identifier: EUPL-1.2
"""Task completions per second through HTTP, and SQL statements per completion, beside SpiffWorkflow bare in memory.

The server is the product itself (`amt run`, a process of its own); the client logs in once and completes tasks one
after another, as a clerk does, and from several clerks at once. Every completion checks the session, the CSRF token
and the permission, validates the form, moves the token, writes state, projections and history, and commits.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import httpx
from models import form, key, linear_model
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import create_engine, event, select, text

from engine.cases import start_case
from engine.clock import SystemClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import Actor, add_user
from engine.models import TaskRow
from engine.services import Services
from engine.tasks import complete_task
from forms import check_form
from migrations import migrate

CASES = int(os.environ.get("BENCH_CASES", "60"))
LENGTHS = (20, 100)
PASSWORD = "messung-messung"
CLERKS = 4
CLERK = Actor("messung", "Messung", frozenset({"buergerbuero"}))
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def main() -> None:
    """Measure and print."""
    lines = []
    for length in LENGTHS:
        bare = bare_spiff(length)
        lines.append((f"SpiffWorkflow alone, in memory, {length} tasks", bare, bare, None))
        for name, url in databases():
            with prepared(url, length) as (database, services):
                statements = statements_per_completion(database, services, length)
                engine_rate = commands_per_second(database, services, length)
                with server(url) as address:
                    one = http_per_second(database, services, length, address, clerks=1)
                    several = http_per_second(database, services, length, address, clerks=CLERKS)
            lines += [
                (f"Commands with commit, {name}, {length} tasks", engine_rate, bare, statements),
                (f"HTTP, 1 clerk, {name}, {length} tasks", one, bare, None),
                (f"HTTP, {CLERKS} clerks, {name}, {length} tasks", several, bare, None),
            ]
    print(f"{'what':<52}{'per second':>12}{'of bare':>10}{'SQL each':>10}")
    for what, rate, bare, statements in lines:
        print(f"{what:<52}{rate:>12.0f}{rate / bare:>10.2f}{statements if statements is not None else '':>10}")


def databases() -> Iterator[tuple[str, str]]:
    """SQLite always, PostgreSQL where the environment names one; each a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield "SQLite", f"sqlite:///{folder}/bench.sqlite3"
    given = os.environ.get("AMT_TEST_POSTGRES_URL")
    if not given:
        print("PostgreSQL is left out: AMT_TEST_POSTGRES_URL is not set.")
        return
    name = f"amtsfluss_bench_{uuid4().hex[:8]}"
    administration = create_engine(given, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield "PostgreSQL", administration.url.set(database=name).render_as_string(hide_password=False)
    with administration.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    administration.dispose()


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
def prepared(url: str, length: int) -> Iterator[tuple[Database, Services]]:
    """A migrated database with the model deployed, a clerk, and cases that wait at their first task."""
    database, services = Database(url), Services(SystemClock())
    migrate(database.engine)
    bundle = Bundle(key(length), {f"{key(length)}.bpmn": linear_model(length), "messung.form": form()})
    with unit_of_work(database) as session:
        deploy(session, services, bundle, form_check=check_form)
        for number in range(CLERKS):
            name = f"messung{number}"
            add_user(session, services.clock, name, name, PASSWORD, ["buergerbuero"])
    yield database, services
    database.close()


def begin_cases(database: Database, services: Services, length: int, count: int) -> None:
    """Cases that wait."""
    for _ in range(count):
        with unit_of_work(database) as session:
            start_case(session, services, key(length), {"eingabe": "x" * 2000}, by=CLERK)


def waiting(database: Database) -> list[str]:
    """Ids of all open tasks."""
    with database.reading() as session:
        return list(session.scalars(select(TaskRow.id)))


def empty(database: Database) -> None:
    """End what an earlier part left."""
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM cases"))


def statements_per_completion(database: Database, services: Services, length: int) -> int:
    """SQL statements of one command, the most of the first five of a case."""
    begin_cases(database, services, length, 1)
    counts = []
    for _ in range(5):
        count = 0

        def listen(*arguments: object) -> None:
            nonlocal count
            count += 1

        task = waiting(database)[0]
        event.listen(database.engine, "before_cursor_execute", listen)
        with unit_of_work(database) as session:
            complete_task(session, services, task, {"vermerk": "gut"}, CLERK)
        event.remove(database.engine, "before_cursor_execute", listen)
        counts.append(count)
    empty(database)
    return max(counts)


def commands_per_second(database: Database, services: Services, length: int) -> float:
    """Completions through the engine's command, each in a transaction of its own."""
    begin_cases(database, services, length, CASES)
    done, spent = 0, 0.0
    for _ in range(3):
        tasks = waiting(database)
        begun = time.perf_counter()
        for task in tasks:
            with unit_of_work(database) as session:
                complete_task(session, services, task, {"vermerk": "gut"}, CLERK)
        spent += time.perf_counter() - begun
        done += len(tasks)
    empty(database)
    return done / spent


@contextmanager
def server(url: str) -> Iterator[str]:
    """The product, serving this database in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "AMT_DATABASE_URL": url,
            "AMT_DATA_DIR": folder,
            "AMT_RATE_LIMITS": "no",
            "AMT_LOG_LEVEL": "WARNING",
            "AMT_PORT": str(port),
        }
        command = [str(Path(sys.executable).parent / "amt"), "run", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/anmelden", timeout=5).raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("The server did not come up.")


def http_per_second(database: Database, services: Services, length: int, address: str, *, clerks: int) -> float:
    """Completions as clerks do them: logged in, one POST each."""
    begin_cases(database, services, length, CASES)
    clients = [_logged_in(address, number) for number in range(clerks)]
    done, spent = 0, 0.0
    for _ in range(3):
        tasks = waiting(database)
        shares = [tasks[number::clerks] for number in range(clerks)]
        begun = time.perf_counter()
        with ThreadPoolExecutor(clerks) as pool:
            for finished in pool.map(_complete_all, clients, shares):
                done += finished
        spent += time.perf_counter() - begun
    for client, _ in clients:
        client.close()
    empty(database)
    return done / spent


def _logged_in(address: str, number: int) -> tuple[httpx.Client, str]:
    client = httpx.Client(base_url=address, timeout=30)
    page = client.get("/anmelden")
    found = _CSRF.search(page.text)
    assert found, "The login page has no CSRF token."
    login = {"username": f"messung{number}", "password": PASSWORD, "csrf_token": found[1]}
    answer = client.post("/anmelden", data=login, follow_redirects=True)
    found = _CSRF.search(answer.text)
    assert answer.is_success and found, "The login failed."
    return client, found[1]


def _complete_all(logged_in: tuple[httpx.Client, str], tasks: list[str]) -> int:
    client, token = logged_in
    for task in tasks:
        answer = client.post(f"/inbox/aufgabe/{task}/erledigen", data={"vermerk": "gut", "csrf_token": token})
        assert answer.status_code == 302, answer.status_code
    return len(tasks)


if __name__ == "__main__":
    main()
