# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import processes
from connectors.mail import FakeMailer, Mailer
from connectors.payment import FakePaymentProvider, PaymentProvider
from connectors.pdf import FakeLetters, Letters
from engine.clock import FrozenClock
from engine.db import Base, unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import Actor, add_user
from engine.operations import Connector
from engine.queries.cases import case_by_reference
from engine.queries.tasks import tasks_of_case
from engine.tasks import claim_task, complete_task
from forms import check_form
from processes import FOLDER
from tests.portal.citizen import Citizen
from tests.towns import town_served
from tests.web.browser import Browser
from web import create_app
from web.bootstrap import Platform, build_platform
from web.settings import Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA = Actor("anna.berger", "Anna Berger", frozenset({"buergerbuero"}))


def settings_in(folder: Path, **changes: Any) -> Settings:
    defaults: dict[str, Any] = {
        "data_dir": folder,
        "database_url": f"sqlite:///{folder / 'portal.sqlite3'}",
        "secret_key": "only-for-tests",
        "base_url": "http://localhost",
        "rate_limits": False,
        "testing": True,
    }
    return Settings(**{**defaults, **changes})


def fakes() -> dict[type, Connector]:
    return {Mailer: FakeMailer(), PaymentProvider: FakePaymentProvider(), Letters: FakeLetters(folders=[FOLDER])}


@pytest.fixture(scope="session")
def portal_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables, a clerk and the parking permit, made once."""
    processes.load()
    folder = tmp_path_factory.mktemp("portal")
    clock = FrozenClock(NOW)
    town = build_platform(settings_in(folder), clock=clock, connectors=fakes())
    Base.metadata.create_all(town.db.engine)
    with unit_of_work(town.db) as session:
        add_user(session, clock, ANNA.name, ANNA.display_name, "passwort-fuer-tests", ANNA.groups)
        for name in ("rechnung", "anwohnerparkausweis"):
            deploy(session, town.services, Bundle.from_folder(FOLDER / name), form_check=check_form)
    town.close()
    return folder / "portal.sqlite3"


@pytest.fixture
def settings(tmp_path: Path, portal_database: Path) -> Settings:
    shutil.copy(portal_database, tmp_path)
    return settings_in(tmp_path)


@pytest.fixture
def make_app(settings: Settings) -> Iterator[Callable[..., Flask]]:
    towns: list[Platform] = []

    def make(**changes: Any) -> Flask:
        app = create_app(replace(settings, **changes), clock=FrozenClock(NOW), connectors=fakes())
        app.test_client_class = Browser
        towns.append(app.extensions["amtsfluss"])
        return app

    yield make
    for town in towns:
        town.close()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with town_served(settings, clock=FrozenClock(NOW), connectors=fakes(), client=Browser) as served:
        yield served


@pytest.fixture
def town(app: Flask) -> Platform:
    found: Platform = app.extensions["amtsfluss"]
    return found


@pytest.fixture
def browser(app: Flask) -> Browser:
    return new_browser(app)


@pytest.fixture
def citizen(browser: Browser) -> Citizen:
    return Citizen(browser)


@pytest.fixture
def neighbour(app: Flask) -> Citizen:
    """Somebody else, with a browser of their own."""
    return Citizen(new_browser(app))


@pytest.fixture
def office(town: Platform) -> Office:
    return Office(town)


def new_browser(app: Flask) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


@dataclass(frozen=True)
class Office:
    """What the town does meanwhile."""

    town: Platform

    def decides(self, reference: str, decision: str, **more: str) -> None:
        with unit_of_work(self.town.db) as session:
            case = case_by_reference(session, reference)
            assert case is not None
            task = tasks_of_case(session, case.id)[0]
            claim_task(session, self.town.services, task.id, by=ANNA)
            answers = {"entscheidung": decision, **more}
            complete_task(session, self.town.services, task.id, answers, by=ANNA)
        self.works()

    def works(self) -> None:
        """Do all jobs that are due."""
        self.town.worker.run_until_idle()

    @property
    def mailer(self) -> FakeMailer:
        mailer = self.town.connectors[Mailer]
        assert isinstance(mailer, FakeMailer)
        return mailer

    @property
    def mails(self) -> list[Any]:
        return list(self.mailer.sent)

    @property
    def bank(self) -> FakePaymentProvider:
        provider = self.town.connectors[PaymentProvider]
        assert isinstance(provider, FakePaymentProvider)
        return provider


def reference_on(page: str) -> str:
    """The file reference that a page shows."""
    found = re.search(r"APA-\d{4}-\d{5}", page)
    assert found
    return found[0]
