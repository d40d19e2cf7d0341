# SPDX-License-Identifier: EUPL-1.2
"""A town with an API, on each database, and the machines that call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from engine.clock import FrozenClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.grants import Grant
from engine.machines import create_token
from engine.operations import Connector
from forms import check_form
from tests.api.client import ApiClient
from tests.towns import town_served
from web import create_app
from web.bootstrap import Platform
from web.settings import Settings

MODELS = Path(__file__).parent / "models"


@pytest.fixture
def settings(db: Database, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=db.url,
        secret_key="only-for-tests-of-the-api",
        base_url="http://localhost",
        rate_limits=False,
        testing=True,
    )


@pytest.fixture
def make_app(
    settings: Settings, clock: FrozenClock, neighbours: dict[type[Connector], Connector]
) -> Iterator[Callable[..., Flask]]:
    towns: list[Platform] = []

    def make(**changed: object) -> Flask:
        app = create_app(replace(settings, **changed), clock=clock, connectors=neighbours)  # type: ignore[arg-type]  # settings of all types
        app.test_client_class = ApiClient
        towns.append(app.extensions["amtsfluss"])
        return app

    yield make
    for town in towns:
        town.close()


@pytest.fixture
def app(settings: Settings, clock: FrozenClock, neighbours: dict[type[Connector], Connector]) -> Iterator[Flask]:
    with town_served(settings, clock=clock, connectors=neighbours, client=ApiClient) as served:
        yield served


@pytest.fixture
def platform(app: Flask) -> Platform:
    found: Platform = app.extensions["amtsfluss"]
    return found


@pytest.fixture
def machine(app: Flask, platform: Platform) -> Callable[..., ApiClient]:
    """A client with a token for an account of these grants: `machine("task:read:antrag")`."""
    number = 0

    def make(*grants: str, name: str | None = None) -> ApiClient:
        nonlocal number
        number += 1
        with unit_of_work(platform.db) as session:
            token = create_token(
                session, platform.clock, name or f"machine-{number}", [Grant.from_text(each) for each in grants]
            )
        return stranger(app).with_token(token.text)

    return make


@pytest.fixture
def rest(machine: Callable[..., ApiClient]) -> ApiClient:
    """A client that may do everything."""
    return machine("*:*", name="demo-rest")


@pytest.fixture
def nobody(app: Flask) -> ApiClient:
    """A client without credentials."""
    return stranger(app)


@pytest.fixture
def publish(platform: Platform) -> Callable[..., None]:
    """Deploy models of this folder by their names: `publish("antrag")`."""

    def make(*names: str) -> None:
        for name in names:
            with unit_of_work(platform.db) as session:
                bundle = Bundle.from_file(MODELS / f"{name}.bpmn")
                deploy(session, platform.services, bundle, form_check=check_form)

    return make


def stranger(app: Flask) -> ApiClient:
    client = app.test_client()
    assert isinstance(client, ApiClient)
    return client
