# SPDX-License-Identifier: EUPL-1.2
"""What tells whoever watches a town that it lives, that it can serve, and how much is going on."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, text

import processes
from connectors.mail import FakeMailer, Mailer
from connectors.pdf import FakeLetters, Letters
from engine.clock import FrozenClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.worker import Worker
from forms import check_form
from web import create_app, logs
from web.bootstrap import Platform
from web.cluster.reaching import can_be_reached
from web.demo import load_demo
from web.health import readiness
from web.settings import Settings

SLICE = "anwohnerparkausweis"
TOKEN = "geheim-geheim-geheim"


@pytest.fixture
def settings(db: Database, tmp_path: Path) -> Settings:
    url = db.engine.url.render_as_string(hide_password=False)
    return Settings(data_dir=tmp_path, database_url=url, secret_key="only-for-tests-ok", base_url="http://localhost")


@pytest.fixture
def served(settings: Settings, clock: FrozenClock) -> Iterator[list[Platform]]:
    opened: list[Platform] = []
    yield opened
    for town in opened:
        town.close()


def app_with(served: list[Platform], settings: Settings, clock: FrozenClock) -> Flask:
    app = create_app(settings, clock=clock, connectors={Mailer: FakeMailer(), Letters: FakeLetters()})
    served.append(app.extensions["amtsfluss"])
    return app


@pytest.fixture
def client(served: list[Platform], settings: Settings, clock: FrozenClock) -> FlaskClient:
    return app_with(served, settings, clock).test_client()


def samples(body: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()) if value)): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def test_process_is_alive_without_asking_the_database(client: FlaskClient, db: Database, served: list[Platform]):
    asked: list[str] = []
    event.listen(served[0].db.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    response = client.get("/healthz")
    assert (response.status_code, response.text, asked) == (200, "ok\n", [])


def test_town_is_ready_when_its_tables_are_those_of_this_release(client: FlaskClient):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json == {"ready": True, "database": "ok", "migration": "ok"}


@pytest.mark.parametrize(("revision", "verdict"), [("0003", "missing"), ("9999", "ok")])
def test_older_tables_are_not_enough_and_newer_ones_are(
    served: list[Platform], settings: Settings, clock: FrozenClock, db: Database, revision: str, verdict: str
):
    app_with(served, settings, clock)
    with db.engine.begin() as connection:
        before = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})
    try:
        assert readiness(served[0])["migration"] == verdict
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :old"), {"old": before})


@pytest.mark.parametrize("kind", [kind for kind in ("AMQP", "REDIS") if os.environ.get(f"AMT_TEST_{kind}_URL")])
def test_broker_that_is_there_is_found(kind: str):
    assert can_be_reached(os.environ[f"AMT_TEST_{kind}_URL"])


def test_unreachable_parts_are_named_without_secrets(tmp_path: Path, served: list[Platform], clock: FrozenClock):
    settings = Settings(
        data_dir=tmp_path,
        database_url="postgresql+psycopg://amt:hidden@127.0.0.1:1/amt",
        broker_url="redis://:hidden@127.0.0.1:1/0",
        secret_key="only-for-tests-ok",
    )
    response = app_with(served, settings, clock).test_client().get("/readyz")
    assert response.status_code == 503
    assert response.json == {
        "ready": False, "database": "unreachable", "migration": "unknown", "broker": "unreachable",
    }  # fmt: skip
    assert "hidden" not in response.text


def test_measures_tell_what_stands_in_the_database_and_what_was_done(
    client: FlaskClient, served: list[Platform], clock: FrozenClock
):
    town = served[0]
    with unit_of_work(town.db) as session:
        bundle = Bundle.from_folder(next(each.folder for each in processes.slices() if each.name == SLICE))
        deploy(session, town.services, bundle, form_check=check_form)
    load_demo(town)
    Worker(town.db, town.services).run_until_idle()
    client.get("/gibt-es-nicht?name=Erika")
    response = client.get("/metrics")
    found = samples(response.text)
    assert response.mimetype == "text/plain"
    assert found["amt_cases", SLICE, "active"] >= 5
    assert found["amt_open_tasks",] >= 5
    assert (found["amt_failed_jobs",], found["amt_open_incidents",], found["amt_due_jobs",]) == (0, 0, 0)
    assert found["amt_request_seconds_count", "unknown", "GET", "4xx"] >= 1
    assert [name for name in found if name[0] == "amt_work_seconds_count" and "gemeinsam." in name[-1]]
    assert "Erika" not in response.text


@pytest.mark.parametrize(
    ("token", "headers", "address", "status"),
    [
        ("", {}, "127.0.0.1", 200),
        ("", {}, "::1", 200),
        ("", {}, "192.0.2.7", 403),
        ("", {"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 403),
        (TOKEN, {"Authorization": f"Bearer {TOKEN}"}, "192.0.2.7", 200),
        (TOKEN, {"Authorization": "Bearer falsch"}, "127.0.0.1", 403),
        (TOKEN, {"Authorization": "Bearer fälsch"}, "127.0.0.1", 403),
        (TOKEN, {}, "127.0.0.1", 403),
    ],
)
def test_numbers_are_for_those_who_watch(
    tmp_path: Path, sqlite_url: str, served: list[Platform], clock: FrozenClock, token: str, headers: dict[str, str],
    address: str, status: int,
):  # fmt: skip
    settings = Settings(data_dir=tmp_path, database_url=sqlite_url, secret_key="only-for-tests-ok", metrics_token=token)
    client = app_with(served, settings, clock).test_client()
    response = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert response.status_code == status


def test_database_is_counted_once_however_often_somebody_asks(client: FlaskClient, served: list[Platform]):
    asked: list[str] = []
    event.listen(served[0].db.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    for _ in range(3):
        client.get("/metrics")
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 5


def test_json_line_tells_the_request_and_no_person(
    served: list[Platform], settings: Settings, clock: FrozenClock, caplog: pytest.LogCaptureFixture
):
    client = app_with(served, replace(settings, log_format="json"), clock).test_client()
    with caplog.at_level(logging.INFO, logger="web.logs"):
        response = client.get("/healthz?name=Erika", headers={"X-Request-ID": "proxy-4711-abc"})
    line = json.loads(logs.JsonLines().format(caplog.records[-1]))
    assert line["endpoint"] == "health.alive"
    assert (line["status"], line["method"], line["level"]) == (200, "GET", "INFO")
    assert line["milliseconds"] >= 0
    # The one who sent it is no proxy that we were told of.
    assert response.headers["X-Request-ID"] != "proxy-4711-abc"
    assert not [told for told in ("Erika", "127.0.0.1") if told in str(line)]


def test_id_of_a_trusted_proxy_is_kept_when_it_is_one(served: list[Platform], settings: Settings, clock: FrozenClock):
    client = app_with(served, replace(settings, trusted_proxies=1), clock).test_client()
    assert (
        client.get("/healthz", headers={"X-Request-ID": "proxy-4711-abc"}).headers["X-Request-ID"] == "proxy-4711-abc"
    )
    assert client.get("/healthz", headers={"X-Request-ID": "a b<c>"}).headers["X-Request-ID"] != "a b<c>"


def test_json_line_of_a_job_names_case_and_job():
    record = logging.makeLogRecord(
        {"name": "engine.worker", "msg": "job %s", "args": ("j1",), "job": "j1", "case": "c1"}
    )
    line = json.loads(logs.JsonLines().format(record))
    assert (line["job"], line["case"], line["message"]) == ("j1", "c1", "job j1")


def test_json_line_of_an_error_keeps_its_words_out():
    words = "Erika Beispiel"
    try:
        raise ValueError(words)
    except ValueError as error:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (ValueError, error, error.__traceback__)})
    line = logs.JsonLines().format(record)
    assert json.loads(line)["error"] == "ValueError"
    assert "Erika" not in line
