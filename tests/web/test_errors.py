# SPDX-License-Identifier: EUPL-1.2
"""When something breaks: a page that helps, a log without anybody's name, nothing half done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from tests.web.browser import Browser
from tests.web.steps import claim, complete
from web.inbox import task as task_page
from web.settings import Settings


def test_broken_page_says_sorry_and_the_log_names_nobody(
    make_app: Callable[..., Flask],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    def broken(*args: object, **kwargs: object) -> None:
        raise ValueError(somebody)

    somebody = "Erika Beispiel, geboren 1964"
    app = make_app(replace(settings, testing=False))
    monkeypatch.setattr("web.inbox.queues.open_tasks", broken)
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.get("/anmelden")
    browser.send("/anmelden", {"username": "anna", "password": "passwort-fuer-tests"})
    with caplog.at_level(logging.INFO):
        response = browser.get("/inbox/")
    assert response.status_code == 500
    assert "Da ist bei uns etwas schiefgegangen" in response.text
    assert "ValueError" in caplog.text
    assert "queues.py" in caplog.text
    assert "Erika" not in caplog.text


def test_server_error_keeps_what_was_typed(anna: Browser, app: Flask, task_id: str, monkeypatch: pytest.MonkeyPatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    claim(anna, task_id)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    monkeypatch.setattr(task_page, "complete_task", broken)
    response = complete(anna, task_id, entscheidung="ablehnen", vermerk="Lange getippt")
    assert response.status_code == 500
    assert "Lange getippt" in response.text
