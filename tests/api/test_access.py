# SPDX-License-Identifier: EUPL-1.2
"""Who reaches the API: machine accounts with every request anew, from any origin, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from engine.clock import FrozenClock
from engine.db import unit_of_work
from engine.grants import Grant
from engine.machines import create_token, ensure_machine, list_machines, revoke_machine, revoke_token
from tests.api.client import PASSWORD, ApiClient, basic
from tests.api.conftest import stranger
from web.bootstrap import Platform


def test_without_credentials_the_client_is_asked_for_them(nobody: ApiClient):
    envelope = nobody.refuses("/version", method="GET", status=401)
    assert envelope["type"] == "AuthenticationException"


def test_engine_and_preflight_need_none(nobody: ApiClient):
    assert nobody.ask("/engine") == [{"name": "default"}]
    answered = nobody.options("/engine-rest/deployment/create", headers={"Origin": "file://"})
    assert answered.status_code == 200
    assert answered.headers["Access-Control-Allow-Headers"] == "authorization,content-type,accept"
    assert "DELETE" in answered.headers["Access-Control-Allow-Methods"]


def test_token_opens_as_bearer_and_as_password_of_its_account(app: Flask, platform: Platform):
    with unit_of_work(platform.db) as session:
        token = create_token(session, platform.clock, "werk", [])
    assert stranger(app).with_token(token.text).ask("/version") == {"version": "7.24.0"}
    assert stranger(app).with_password("werk", token.text).ask("/version")
    for wrong in ("Bearer amt_falsch", basic("anderes", token.text), f"Token {token.text}", "Bearer", "Basic ???", "x"):
        client = stranger(app)
        client.authorization = wrong
        client.refuses("/version", method="GET", status=401)


def test_password_is_believed_until_it_changes(app: Flask, platform: Platform, clock: FrozenClock):
    with unit_of_work(platform.db) as session:
        ensure_machine(session, clock, "werk", [], password=PASSWORD)
    client = stranger(app).with_password("werk")
    for _ in range(3):
        client.ask("/version")
    clock.advance(timedelta(minutes=6))
    client.ask("/version")
    with unit_of_work(platform.db) as session:
        ensure_machine(session, clock, "werk", [], password="another-password")
    client.refuses("/version", method="GET", status=401)
    stranger(app).with_password("niemand").refuses("/version", method="GET", status=401)


def test_revoked_token_is_refused_at_once(machine: Callable[..., ApiClient], platform: Platform):
    first, second = machine("task:read", name="werk"), machine(name="werk")
    first.ask("/version")
    with unit_of_work(platform.db) as session:
        number = list_machines(session)[0].tokens[0][0]
        assert revoke_token(session, number) == "werk"
    first.refuses("/version", method="GET", status=401)
    second.ask("/version")
    with unit_of_work(platform.db) as session:
        revoke_machine(session, "werk")
    second.refuses("/version", method="GET", status=401)


def test_last_use_is_noted_to_the_hour(machine: Callable[..., ApiClient], platform: Platform, clock: FrozenClock):
    client = machine(name="werk")
    began = clock.now()

    def used() -> object:
        with platform.db.reading() as session:
            return list_machines(session)[0].tokens[0][2]

    assert used() is None
    client.ask("/version")
    clock.advance(timedelta(minutes=59))
    client.ask("/version")
    assert used() == began
    clock.advance(timedelta(minutes=2))
    client.ask("/version")
    assert used() == clock.now()


def test_passwords_cannot_be_tried_out(make_app: Callable[..., Flask]):
    app = make_app(rate_limits=True)
    client = stranger(app).with_password("demo-rest", "geraten")
    for _ in range(10):
        client.refuses("/version", method="GET", status=401)
    envelope = client.refuses("/version", method="GET", status=429)
    assert "15 minutes" in envelope["message"]
    # Asking without credentials is how clients find out that some are needed.
    for _ in range(12):
        stranger(app).refuses("/version", method="GET", status=401)


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/nichts", "GET", 404), ("", "GET", 404), ("/engine", "PUT", 405)]
)
def test_what_is_not_there_is_said_in_json(nobody: ApiClient, path: str, method: str, status: int):
    nobody.refuses(path, method=method, status=status)


def test_grants_are_read_and_refused_with_words():
    assert str(Grant.from_text("task:update:antrag")) == "task:update:antrag"
    assert Grant.from_text("*:*") == Grant("*", "*", "*")
