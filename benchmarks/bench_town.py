# SPDX-License-Identifier: EUPL-1.2
"""A large town: does work stay as quick when 100,000 cases are open, and what becomes due at once is worked off how?

An empty town and a large one are served at the same time and asked in turn, so that a busy machine slows both. Then
timers, weight and workers. `bench_town.py lists timers` measures only these parts.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

from calls import load, p95, timed
from databases import fresh, kinds
from dispatching import measure_dispatch
from due import measure_timers
from models import form, key, linear_model
from serving import PASSWORD, SECRET, Clerk, Visitor, server
from sqlalchemy import select
from townfill import LINES, fill_town, offices
from weight import measure_weight

from connectors.links import Links
from engine.cases import start_case
from engine.clock import SystemClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import Actor, add_user
from engine.models import TaskRow
from engine.services import Services
from engine.tasks import complete_task
from forms import check_form

CASES = int(os.environ.get("BENCH_TOWN", "100000"))
CALLS = int(os.environ.get("BENCH_CALLS", "40"))
LENGTH = 20
HERE = Actor("messung", "Messung", frozenset(offices()))


def main() -> None:
    """Measure and print."""
    parts = {"lists": lists, "timers": measure_timers, "weight": measure_weight, "dispatch": measure_dispatch}
    asked = sys.argv[1:] or list(parts)
    for name in kinds():
        for part in asked:
            parts[part](name)
            print(f"{load()}\n")


@dataclass
class Town:
    """A served town and who works there."""

    database: Database
    services: Services
    clerk: Clerk
    leader: Clerk
    citizen: Visitor
    status: str
    #: The tasks that are still to be completed.
    tasks: list[str]

    def acts(self) -> dict[str, Callable[[], object]]:
        """What is measured."""
        return {
            "a completion": lambda: self.clerk.complete(self.tasks.pop(), vermerk="gut"),
            "the inbox page of an office": lambda: self.clerk.get("/inbox/?liste=gruppen"),
            "the page of all one may see": lambda: self.clerk.get("/inbox/?liste=alle"),
            "the inbox page of who is in all offices": lambda: self.leader.get("/inbox/?liste=gruppen"),
            "the status page of a citizen": lambda: self.citizen.get(self.status),
        }


def lists(name: str) -> None:
    """Completions and pages in an empty town and in a large one."""
    with fresh(name) as small, fresh(name) as large:
        begun = time.perf_counter()
        beginnings = [peopled(small), peopled(large)]
        fill_town(large, CASES, beginnings[1].case_id)
        filled = time.perf_counter() - begun
        with opened(beginnings[0]) as empty, opened(beginnings[1]) as full:
            taken = {what: measured(act, full.acts()[what]) for what, act in empty.acts().items()}
    print(f"{f'{name}, median of {CALLS} calls in ms; open cases:':<56}{0:>9}{CASES:>10,}{'p95':>9}{'ratio':>8}")
    for what, (first, second) in taken.items():
        one, other = median(first), median(second)
        print(f"{what:<56}{one:>9.1f}{other:>10.1f}{p95(second):>9.1f}{other / one:>8.2f}")
    print(f"{LINES * CASES:,} lines of history; filled in {filled:.0f} s. A ratio of at most 1.3 is aimed at.", end=" ")


def measured(first: Callable[[], object], second: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Milliseconds of each of two, called in turn."""
    first(), second()
    pairs = [(timed(first), timed(second)) for _ in range(CALLS)]
    return [one for one, _ in pairs], [other for _, other in pairs]


@dataclass
class Peopled:
    """A town before it is served, with the case that is copied."""

    database: Database
    services: Services
    case_id: str


def peopled(database: Database) -> Peopled:
    """A model, people, and one case that has come some way."""
    services = Services(SystemClock())
    model = linear_model(LENGTH, group=offices()[1], milestones=True)
    with unit_of_work(database) as session:
        bundle = Bundle(key(LENGTH), {f"{key(LENGTH)}.bpmn": model, "messung.form": form()})
        deploy(session, services, bundle, form_check=check_form)
        add_user(session, services.clock, "messung", "Messung", PASSWORD, offices()[1:2])
        add_user(session, services.clock, "leitung", "Leitung", PASSWORD, offices())
    return Peopled(database, services, begin(database, services))


def begin(database: Database, services: Services) -> str:
    """A case with a few lines of history."""
    with unit_of_work(database) as session:
        case_id = start_case(session, services, key(LENGTH), {"eingabe": "x" * 2000}, by=HERE).id
    for _ in range(3):
        task_id = open_task(database, case_id)
        with unit_of_work(database) as session:
            complete_task(session, services, task_id, {"vermerk": "gut"}, HERE)
    return case_id


def open_task(database: Database, case_id: str) -> str:
    """The task at which a case waits."""
    with database.reading() as session:
        return session.scalars(select(TaskRow.id).where(TaskRow.case_id == case_id)).one()


@contextmanager
def opened(town: Peopled) -> Iterator[Town]:
    """Serve a town in which some real cases wait."""
    database, services = town.database, town.services
    cases = [begin(database, services) for _ in range(CALLS + 1)]
    tasks = [open_task(database, case_id) for case_id in cases]
    with ExitStack() as stack:
        address = stack.enter_context(server(database.url))
        people = [Clerk(address, "messung"), Clerk(address, "leitung")]
        citizen = Visitor(address)
        for visitor in (*people, citizen):
            stack.callback(visitor.close)
        status = urlsplit(Links(address, SECRET).status(town.case_id)).path
        yield Town(database, services, *people, citizen, status, tasks)


if __name__ == "__main__":
    main()
