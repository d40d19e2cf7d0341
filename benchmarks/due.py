# SPDX-License-Identifier: EUPL-1.2
"""Timers that become due at the same moment, as on the first of a month, and the worker of the product beside them."""

import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import uuid4

from calls import p95, timed
from databases import fresh
from models import arrow, drawn
from serving import server
from sqlalchemy import func, insert, select, update

from engine.cases import start_case
from engine.clock import SystemClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import Actor
from engine.leases import claim_job
from engine.models import CaseRow, CaseStateRow, HistoryRow, JobRow
from engine.services import Services
from forms import check_form

TIMERS = int(os.environ.get("BENCH_TIMERS", "10000"))
FEW = 10
CLAIMS = 30
#: So long the server has time to start before all is due.
AHEAD = timedelta(seconds=15)
_PATIENCE = 1200
_BY = Actor("messung", "Messung", frozenset())
_TIMER = (
    '<bpmn:intermediateCatchEvent id="frist"><bpmn:timerEventDefinition><bpmn:timeDuration'
    ' xsi:type="bpmn:tFormalExpression">P10D</bpmn:timeDuration></bpmn:timerEventDefinition>'
    "</bpmn:intermediateCatchEvent>"
)


def measure_timers(name: str) -> None:
    """Claims where few and many are due; then how all are worked off."""
    claims = {}
    for number in (FEW, TIMERS):
        with waiting(name, number) as (database, services):
            claims[number] = claim_times(database, services)
    with waiting(name, TIMERS) as (database, services):
        fire_all(name, database)
    few, many = median(claims[FEW]), median(claims[TIMERS])
    print(
        f"{name}: one claim, ms, p50 where {FEW} and {TIMERS:,} are due: {few:.1f} and {many:.1f} "
        f"(p95 {p95(claims[TIMERS]):.1f}), ratio {many / few:.2f}.",
        end=" ",
    )


@contextmanager
def waiting(name: str, number: int) -> Iterator[tuple[Database, Services]]:
    """A database in which so many cases wait for a timer that is not yet due."""
    services = Services(SystemClock())
    with fresh(name) as database:
        with unit_of_work(database) as session:
            deploy(session, services, Bundle("frist", {"frist.bpmn": model()}), form_check=check_form)
            case_id = start_case(session, services, "frist", {"eingabe": "x" * 2000}, by=_BY).id
        copy_case(database, case_id, number - 1)
        yield database, services


def model() -> bytes:
    """A process that waits ten days and ends."""
    flows = arrow("anfang", "frist"), arrow("frist", "ende")
    return drawn("frist", '<bpmn:startEvent id="anfang"/>', _TIMER, '<bpmn:endEvent id="ende"/>', *flows)


def copy_case(database: Database, case_id: str, number: int) -> None:
    """Cases like this one, each with a token of its own."""
    with database.engine.begin() as connection:
        case, state, job = (
            connection.execute(select(table).where(column == case_id)).mappings().one()
            for table, column in (
                (CaseRow.__table__, CaseRow.id),
                (CaseStateRow.__table__, CaseStateRow.case_id),
                (JobRow.__table__, JobRow.case_id),
            )
        )
        content, token = zlib.decompress(state["content"]), job["token_id"]
        rows: dict[Any, list[dict[str, Any]]] = {CaseRow: [], CaseStateRow: [], JobRow: []}
        for copy in range(number):
            new, own = str(uuid4()), str(uuid4())
            rows[CaseRow].append({**case, "id": new, "root_id": new, "reference": f"KOPIE-{copy}"})
            own_content = zlib.compress(content.replace(token.encode(), own.encode()), 1)
            rows[CaseStateRow].append({**state, "case_id": new, "content": own_content})
            job_id = own if job["id"] == token else str(uuid4())
            rows[JobRow].append({**job, "id": job_id, "token_id": own, "case_id": new})
        for table, some in rows.items():
            if some:
                connection.execute(insert(table.__table__), some)


def let_all_be_due(database: Database, at: datetime) -> None:
    """From this moment on."""
    with database.engine.begin() as connection:
        connection.execute(update(JobRow).values(due_at=at, locked_until=None, locked_by=None, attempts=0))


def claim_times(database: Database, services: Services) -> list[float]:
    """Milliseconds of some claims; each is given back."""
    let_all_be_due(database, services.clock.now() - timedelta(seconds=1))

    def claim() -> None:
        assert claim_job(database, services, "messung") is not None

    taken = []
    for _ in range(CLAIMS):
        taken.append(timed(claim))
        with database.engine.begin() as connection:
            held = update(JobRow).where(JobRow.locked_by == "messung")
            connection.execute(held.values(locked_until=None, locked_by=None, attempts=0))
    return taken


def fire_all(name: str, database: Database) -> None:
    """Serve the town and wait until all timers have fired."""
    due = datetime.now(UTC) + AHEAD
    let_all_be_due(database, due)
    with server(database.url):
        wait_until(lambda: jobs_left(database) == 0)
    found = fired(database)
    lags = sorted((at - due).total_seconds() for _, at in found)
    cases = {case_id for case_id, _ in found}
    print(
        f"{name}: {len(found):,} timers due at once: {len(found) / lags[-1]:.0f} per second, "
        f"lag p50 {median(lags):.1f} s, most {lags[-1]:.1f} s; "
        f"fired twice: {len(found) - len(cases)}, never: {TIMERS - len(cases)}"
    )


def fired(database: Database) -> list[tuple[str, datetime]]:
    """Which cases have gone on, and when; more than once, if a timer fired twice."""
    lines = select(HistoryRow.case_id, HistoryRow.at).where(
        HistoryRow.element_id == "frist", HistoryRow.kind == "completed"
    )
    with database.reading() as session:
        return [(case_id, at) for case_id, at in session.execute(lines)]


def jobs_left(database: Database) -> int:
    """How many jobs are still to be run."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(JobRow)) or 0


def wait_until(is_done: Callable[[], bool], every: float = 0.5) -> None:
    """Look again after so many seconds."""
    deadline = time.monotonic() + _PATIENCE
    while not is_done():
        if time.monotonic() > deadline:
            raise SystemExit(f"It was not done within {_PATIENCE} seconds.")
        time.sleep(every)
