# SPDX-License-Identifier: EUPL-1.2
"""What the product weighs: how soon it serves, the memory of its processes, and the bytes that a case leaves."""

import os
import random
import string
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

from databases import fresh
from models import form, key, linear_model
from serving import amt, memory, served
from sqlalchemy import select, text

from engine.cases import start_case
from engine.clock import SystemClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import Actor
from engine.models import TaskRow
from engine.services import Services
from engine.tasks import complete_task
from forms import check_form

CASES = int(os.environ.get("BENCH_WEIGHED", "500"))
LENGTH = 20
LARGE = 100_000
#: Until a worker has opened its towns and taken its first look.
_SETTLED = 8
_SIZES = """
    SELECT relname, pg_total_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_PAGES = """
    SELECT coalesce(sqlite_master.tbl_name, dbstat.name), sum(dbstat.pgsize)
    FROM dbstat LEFT JOIN sqlite_master ON sqlite_master.name = dbstat.name GROUP BY 1
"""
_CLERK = Actor("messung", "Messung", frozenset({"buergerbuero"}))


def measure_weight(name: str) -> None:
    """Print all three."""
    with fresh(name) as database:
        _processes(name, database.url)
    _finished_cases(name)
    for what, entry in (("words", _words(LARGE)), ("letters at random", _random(LARGE))):
        _large_entry(name, what, entry)


def _processes(name: str, url: str) -> None:
    with served(url) as alone:
        time.sleep(1)
        print(f"{name}: the first page {alone.seconds:.1f} s after the command; memory in MB:")
        _print_memory("amt run", memory(alone.process))
    broker = os.environ.get("AMT_TEST_AMQP_URL")
    if name == "SQLite" or not broker:
        return
    own = {"AMT_BROKER_URL": broker, "AMT_BROKER_PREFIX": f"messung-{uuid4().hex[:8]}-"}
    commands = (["worker", "--concurrency", "2"], ["beat"])
    for command in commands:
        with amt(*command, url=url, **own) as process:
            time.sleep(_SETTLED)
            _print_memory(f"amt {' '.join(command)}", memory(process.pid))


def _print_memory(what: str, found: Mapping[str, float]) -> None:
    each = ", ".join(f"{megabytes:.0f}" for megabytes in found.values())
    print(f"  {what:<28}{sum(found.values()):>6.0f}  ({len(found)} process{'es' if len(found) > 1 else ''}: {each})")


def _finished_cases(name: str) -> None:
    with _town(name) as (database, services):
        _run_cases(database, services, 5)
        before = stored(database)
        _run_cases(database, services, CASES)
        grown = {table: size - before.get(table, 0) for table, size in stored(database).items()}
    each = sum(grown.values()) / CASES
    print(
        f"{name}: {each:,.0f} bytes for each of {CASES} finished cases of {LENGTH} tasks with an answer each "
        f"(6,144 are aimed at), of these:"
    )
    for table, size in sorted(grown.items(), key=lambda item: -item[1]):
        if size / CASES >= 20:
            print(f"  {table:<28}{size / CASES:>8,.0f}")


def _large_entry(name: str, what: str, entry: str) -> None:
    """How many times over a large entry lies in the database once its case has gone some way, and at its end."""
    sizes = []
    for text_entered in ("x", entry):
        with _town(name) as (database, services):
            sizes.append(_weighed_twice(database, services, text_entered))
    (small, small_end), (large, large_end) = sizes
    print(
        f"{name}: {len(entry):,} characters ({what}), entered at the beginning of {LENGTH} tasks, take "
        f"{large - small:,} bytes ten tasks later and {large_end - small_end:,} at the end: "
        f"{(large - small) / len(entry):.2f} and {(large_end - small_end) / len(entry):.2f} of what was entered."
    )


def _weighed_twice(database: Database, services: Services, entry: str) -> tuple[int, int]:
    _run_cases(database, services, 3)
    before = sum(stored(database).values())
    case_id = _begin(database, services, eingabe=entry)
    for _ in range(LENGTH // 2):
        _complete(database, services, case_id, "gut")
    halfway = sum(stored(database).values()) - before
    for _ in range(LENGTH - LENGTH // 2):
        _complete(database, services, case_id, "gut")
    return halfway, sum(stored(database).values()) - before


@contextmanager
def _town(name: str) -> Iterator[tuple[Database, Services]]:
    services = Services(SystemClock())
    bundle = Bundle(key(LENGTH), {f"{key(LENGTH)}.bpmn": linear_model(LENGTH), "messung.form": form()})
    with fresh(name) as database:
        with unit_of_work(database) as session:
            deploy(session, services, bundle, form_check=check_form)
        yield database, services


def _run_cases(database: Database, services: Services, number: int) -> None:
    for _ in range(number):
        case_id = _begin(database, services)
        for task in range(LENGTH):
            _complete(database, services, case_id, f"Geprüft und für gut befunden, Schritt {task}")


def _begin(database: Database, services: Services, **variables: str) -> str:
    with unit_of_work(database) as session:
        return start_case(session, services, key(LENGTH), variables, by=_CLERK).id


def _complete(database: Database, services: Services, case_id: str, entry: str) -> None:
    with database.reading() as session:
        task_id = session.scalars(select(TaskRow.id).where(TaskRow.case_id == case_id)).one()
    with unit_of_work(database) as session:
        complete_task(session, services, task_id, {"vermerk": entry}, _CLERK)


def stored(database: Database) -> dict[str, int]:
    """Bytes of each table with its indexes, after what is no longer needed has been given back."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("COMMIT")  # the product's connections begin a transaction themselves
            connection.exec_driver_sql("VACUUM")
            return _pages_of_sqlite(database)
        connection.execute(text("VACUUM FULL"))
        return dict(connection.execute(text(_SIZES)).tuples().all())


def _pages_of_sqlite(database: Database) -> dict[str, int]:
    with database.engine.connect() as connection:
        return dict(connection.execute(text(_PAGES)).tuples().all())


def _words(length: int) -> str:
    dice = random.Random(1)
    words = ["".join(dice.choices(string.ascii_lowercase, k=dice.randint(2, 11))) for _ in range(2000)]
    written = " ".join(dice.choices(words, k=length // 4))
    return written[:length]


def _random(length: int) -> str:
    return "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=length))
