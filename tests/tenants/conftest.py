# SPDX-License-Identifier: EUPL-1.2
"""Installations with two towns, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.schema import CreateSchema, DropSchema

from conftest import BACKENDS
from engine.db import Base, Database
from tests.tenants.country import Belongings, Country, settle
from web.settings import Settings

SECRET = "only-for-tests-of-towns"


@pytest.fixture(scope="module", params=BACKENDS)
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation on which no town has been added yet."""
    folder = tmp_path_factory.mktemp("installation")
    url = f"sqlite:///{folder / 'amtsfluss.sqlite3'}"
    if request.param == "postgres":
        url = request.getfixturevalue("migrated_postgres")
    yield Settings(
        data_dir=folder,
        database_url=url,
        secret_key=SECRET,
        base_url="http://localhost",
        rate_limits=False,
        testing=True,
    )
    if request.param == "postgres":
        server = create_engine(url)
        with server.begin() as connection:
            for schema in ("amtsfluss", "town_ost", "town_west"):
                connection.execute(DropSchema(schema, cascade=True, if_exists=True))
        server.dispose()


@pytest.fixture(scope="module")
def furnish(request: pytest.FixtureRequest) -> Callable[[Settings], None]:
    """Make the tables of a town, without the time that migrations take."""

    def make(settings: Settings) -> None:
        if not settings.schema:
            template = request.getfixturevalue("migrated_sqlite")
            shutil.copy(template, Path(settings.data_dir, "amtsfluss.sqlite3"))
            return
        database = Database(settings.database_url, settings.schema)
        with database.engine.begin() as connection:
            connection.execute(CreateSchema(settings.schema))
            Base.metadata.create_all(connection)
        database.close()

    return make


@pytest.fixture(scope="module")
def country(installation: Settings, furnish: Callable[[Settings], None]) -> Iterator[Country]:
    """Two towns, ost and west, with nothing in them."""
    country = Country(installation)
    for name in ("ost", "west"):
        country.add(name)
        furnish(country.town(name).settings)
    yield country
    country.towns.close()


@pytest.fixture(scope="module")
def west(country: Country) -> Belongings:
    """The neighbour, who has one of everything."""
    return settle(country, "west", "bea")


@pytest.fixture(scope="module")
def ost(country: Country, west: Belongings) -> Belongings:
    """The town that is asked for what belongs to its neighbour."""
    return settle(country, "ost", "anna")
