# SPDX-License-Identifier: EUPL-1.2
"""The nouns of the tests: a database of each kind, a frozen clock, services with fakes, a case that moves."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, text

import processes
from connectors.links import Links
from connectors.mail import FakeMailer, Mail, Mailer
from connectors.payment import FakePaymentProvider, PaymentProvider
from connectors.pdf import FakeLetters, Letters
from engine import definitions, identity, machines
from engine.cases import CaseInfo, case_variables, find_case, start_case
from engine.clock import FrozenClock
from engine.db import Base, Database, unit_of_work
from engine.definitions import Bundle, Finding, FormCheck, check_bundle, deploy
from engine.identity import Actor, applicant
from engine.messages import correlate
from engine.operations import Connector
from engine.queries.cases import history
from engine.queries.tasks import TaskLine, tasks_of_case
from engine.services import Services
from engine.tasks import complete_task
from engine.worker import Worker
from forms import check_form
from migrations import migrate
from processes.konto import anmeldung

POSTGRES = os.environ.get("AMT_TEST_POSTGRES_URL", "")
BACKENDS = ["sqlite", *(["postgres"] if POSTGRES else [])]
CLERK = Actor("anna.berger", "Anna Berger", frozenset({"buergerbuero"}))

processes.load()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashing passwords takes long on purpose; tests show that it is done, not how long it takes."""
    patch = pytest.MonkeyPatch()
    for module in (identity, machines, anmeldung):
        patch.setattr(module, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all migrations, to be copied."""
    path = tmp_path_factory.mktemp("db") / "template.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrate(database.engine)
    # Closing the last connection folds the write-ahead log into the file, so that the file alone is the database.
    database.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """A PostgreSQL database of this run's own, with all migrations."""
    name = f"amtsfluss_test_{uuid4().hex[:12]}"
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        # No test survives a power cut, so none has to wait for the disk.
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    url = server.url.set(database=name).render_as_string(hide_password=False)
    database = Database(url)
    migrate(database.engine)
    yield url
    database.close()
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database."""
    path = tmp_path / "test.sqlite3"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=BACKENDS)
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty migrated database, once on SQLite and once on PostgreSQL."""
    if request.param == "postgres":
        yield from emptied_afterwards(request.getfixturevalue("migrated_postgres"))
        return
    database = Database(request.getfixturevalue("sqlite_url"))
    yield database
    database.close()


def emptied_afterwards(url: str) -> Iterator[Database]:
    """A database that many tests use one after the other."""
    database = Database(url)
    yield database
    with database.engine.begin() as connection:
        # Deleting a few rows is far quicker than truncating every file.
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    database.close()


@pytest.fixture
def clock() -> FrozenClock:
    """Sunday, 22 November 2026, noon in the town."""
    return FrozenClock(datetime(2026, 11, 22, 12, 0))


@pytest.fixture
def mailer() -> FakeMailer:
    """Keeps what would have been mailed."""
    return FakeMailer()


@pytest.fixture
def postausgang(mailer: FakeMailer) -> list[Mail]:
    """The mails sent so far."""
    return mailer.sent


@pytest.fixture
def provider() -> FakePaymentProvider:
    """A payment provider that obeys the test."""
    return FakePaymentProvider()


@pytest.fixture
def neighbours(mailer: FakeMailer, provider: FakePaymentProvider) -> dict[type[Connector], Connector]:
    """All neighbours as fakes."""
    return {
        Mailer: mailer,
        PaymentProvider: provider,
        Letters: FakeLetters(folders=[processes.FOLDER]),
        Links: Links("https://stadt.example", "test-secret"),
    }


@pytest.fixture
def services(clock: FrozenClock, neighbours: dict[type[Connector], Connector]) -> Services:
    """What commands are handed."""
    return Services(clock, neighbours)


_FINDINGS: dict[tuple[tuple[str, bytes], ...], list[Finding]] = {}


def _checked_once(bundle: Bundle, *, form_check: FormCheck) -> list[Finding]:
    """What `check_bundle` finds: the slices are the same in every test, and looking through them all takes a second."""
    key = tuple(sorted(bundle.resources.items()))
    if key not in _FINDINGS:
        _FINDINGS[key] = check_bundle(bundle, form_check=form_check)
    return _FINDINGS[key]


@pytest.fixture
def town(db: Database, services: Services, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database with every slice deployed."""
    with unit_of_work(db) as session, monkeypatch.context() as deploying:
        deploying.setattr(definitions, "check_bundle", _checked_once)
        for found in processes.slices():
            deploy(session, services, Bundle.from_folder(found.folder), form_check=check_form)
    return db


@dataclass
class Vorgang:
    """A case as a story: it begins, waits, is worked on, time passes, it ends."""

    db: Database
    services: Services
    clock: FrozenClock
    by: Actor = CLERK
    info: CaseInfo | None = None
    runs: int = field(default=0)

    @property
    def id(self) -> str:
        """The case's id."""
        assert self.info is not None, "Der Vorgang hat noch nicht begonnen."
        return self.info.id

    def beginnt(self, key: str, **angaben: Any) -> "Vorgang":
        """An application is sent."""
        with unit_of_work(self.db) as session:
            self.info = start_case(session, self.services, key, angaben, by=Actor("antragsteller", "Bürgerin"))
        return self

    def wartet_auf(self, name: str) -> "Vorgang":
        """Exactly one task of this name is open."""
        assert [task.name for task in self.aufgaben() if task.name == name] == [name], self._lage()
        return self

    def aufgaben(self) -> list[TaskLine]:
        """All open tasks."""
        with self.db.reading() as session:
            return tasks_of_case(session, self.id)

    def erledigt(self, name: str, *, von: Actor | None = None, **antworten: Any) -> "Vorgang":
        """Somebody completes a task."""
        task = next((task for task in self.aufgaben() if task.name == name), None)
        assert task is not None, self._lage()
        with unit_of_work(self.db) as session:
            complete_task(session, self.services, task.id, antworten, von or self.by)
        return self

    def antwortet(self, name: str, **antworten: Any) -> "Vorgang":
        """The applicant completes a task on the status page."""
        return self.erledigt(name, von=applicant(self.id), **antworten)

    def jobs_laufen(self) -> "Vorgang":
        """The worker does all that is due."""
        Worker(self.db, self.services).run_until_idle()
        return self

    def zeit_vergeht(self, dauer: timedelta) -> "Vorgang":
        """Time passes, and what became due is done."""
        self.clock.advance(dauer)
        return self.jobs_laufen()

    def nachricht(self, name: str, key: str, **payload: Any) -> "Vorgang":
        """A message arrives."""
        with unit_of_work(self.db) as session:
            correlate(session, self.services, name, key, payload)
        return self

    def zurueckgezogen(self) -> "Vorgang":
        """The applicant takes the application back on the status page."""
        with unit_of_work(self.db) as session:
            correlate(session, self.services, "antrag_zurueckgezogen", "antrag", case_id=self.id, by=applicant(self.id))
        return self.jobs_laufen()

    def variable(self, name: str) -> Any:
        """The value of a case variable."""
        with self.db.reading() as session:
            return case_variables(session, self.services, self.id)[name]

    def ereignisse(self, kind: str = "completed") -> list[str]:
        """Names of the elements in the history, by kind of line."""
        with self.db.reading() as session:
            return [line.element_name for line in history(session, self.id) if line.kind == kind]

    def endet_mit(self, name: str) -> "Vorgang":
        """The case is over, with this end event."""
        with self.db.reading() as session:
            self.info = find_case(session, self.id)
        assert (self.info.state, self.info.ended_with) == ("completed", name), self._lage()
        return self

    def _lage(self) -> str:
        with self.db.reading() as session:
            case = find_case(session, self.id)
        return f"{case.state} ({case.ended_with}), offen: {[task.name for task in self.aufgaben()]}"


@pytest.fixture
def vorgang(town: Database, services: Services, clock: FrozenClock) -> Vorgang:
    """A case to tell a story with."""
    return Vorgang(town, services, clock)


@pytest.fixture
def zaehlt_statements(db: Database) -> Callable[[], int]:
    """How many SQL statements have been sent since the last question."""
    from sqlalchemy import event

    count = 0

    def listen(*arguments: Any) -> None:
        nonlocal count
        count += 1

    event.listen(db.engine, "before_cursor_execute", listen)

    def since_last() -> int:
        nonlocal count
        counted, count = count, 0
        return counted

    return since_last
