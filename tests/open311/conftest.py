# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import processes
from engine.clock import FrozenClock
from engine.db import Base, unit_of_work
from engine.definitions import Bundle, deploy
from engine.grants import Grant
from engine.machines import create_token
from forms import check_form
from processes import FOLDER
from tests.portal.conftest import NOW, fakes, settings_in
from tests.towns import town_served
from web.bootstrap import Platform


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    processes.load()
    with town_served(settings_in(tmp_path), clock=FrozenClock(NOW), connectors=fakes(), client=FlaskClient) as served:
        town: Platform = served.extensions["amtsfluss"]
        Base.metadata.create_all(town.db.engine)
        with unit_of_work(town.db) as session:
            deploy(session, town.services, Bundle.from_folder(FOLDER / "maengelmelder"), form_check=check_form)
        yield served


@pytest.fixture
def town(app: Flask) -> Platform:
    found: Platform = app.extensions["amtsfluss"]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def key(town: Platform) -> str:
    with unit_of_work(town.db) as session:
        grant = Grant("process-instance", "create", "maengelmelder")
        return create_token(session, town.clock, "app", [grant]).text


@pytest.fixture
def report(client: FlaskClient, key: str) -> Any:
    """Sends a report and gives its number."""

    def send(**fields: str) -> str:
        form = {"api_key": key, "service_code": "strasse", "description": "Ein tiefes Schlagloch.", **PLACE, **fields}
        answer = client.post("/open311/v2/requests.json", data=form)
        assert answer.status_code == 200, answer.text
        number: str = answer.get_json()[0]["service_request_id"]
        return number

    return send


PLACE = {"lat": "48.6483", "long": "9.4511"}
