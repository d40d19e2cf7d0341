# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from connectors.mail import FakeMailer, Mailer
from connectors.payment import FakePaymentProvider, PaymentProvider
from connectors.pdf import FakeLetters, Letters
from engine.cases import CaseInfo
from engine.clock import FrozenClock
from engine.db import Base, unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import add_user
from engine.operations import Connector
from forms import check_form
from tests.towns import town_served
from tests.web.browser import Browser
from tests.web.example import MODEL, PEOPLE, begin, open_task
from tests.web.fest import FAMILY, Fest
from web import create_app
from web.bootstrap import Platform, build_platform
from web.settings import Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def settings_in(folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'test.sqlite3'}",
        secret_key="only-for-tests",
        base_url="http://localhost",
        rate_limits=False,
        testing=True,
    )


@pytest.fixture
def settings(tmp_path: Path, prepared_database: Path) -> Settings:
    shutil.copy(prepared_database, tmp_path)
    return settings_in(tmp_path)


def fakes() -> dict[type, Connector]:
    return {Mailer: FakeMailer(), PaymentProvider: FakePaymentProvider(), Letters: FakeLetters()}


@pytest.fixture(scope="session")
def prepared_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables, people and the little processes, made once: hashing passwords takes its time on purpose."""
    folder = tmp_path_factory.mktemp("prepared")
    clock = FrozenClock(NOW)
    town = build_platform(settings_in(folder), clock=clock, connectors=fakes())
    Base.metadata.create_all(town.db.engine)
    with unit_of_work(town.db) as session:
        for name, group in PEOPLE.items():
            add_user(session, clock, name, name.title(), "passwort-fuer-tests", [group])
        for models in (MODEL, FAMILY):
            deploy(session, town.services, Bundle.from_folder(models), form_check=check_form)
    town.close()
    return folder / "test.sqlite3"


@pytest.fixture
def make_app(settings: Settings) -> Iterator[Callable[..., Flask]]:
    towns: list[Platform] = []

    def make(changed: Settings = settings) -> Flask:
        app = create_app(changed, clock=FrozenClock(NOW), connectors=fakes())
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
def anyone(app: Flask) -> Browser:
    """Somebody who is not logged in."""
    return _browser(app)


@pytest.fixture
def anna(app: Flask) -> Browser:
    return _browser(app).log_in("anna")


@pytest.fixture
def jonas(app: Flask) -> Browser:
    return _browser(app).log_in("jonas")


@pytest.fixture
def karin(app: Flask) -> Browser:
    """A clerk of another group."""
    return _browser(app).log_in("karin")


@pytest.fixture
def petra(app: Flask) -> Browser:
    """The cashier."""
    return _browser(app).log_in("petra")


@pytest.fixture
def case(town: Platform) -> CaseInfo:
    return begin(town, "Erika Beispiel")


@pytest.fixture
def task_id(town: Platform, case: CaseInfo) -> str:
    return open_task(town, case)


@pytest.fixture
def fest(town: Platform) -> Fest:
    """A case that asks several offices and calls another case."""
    return Fest(town).begins()


def _browser(app: Flask) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser
