# SPDX-License-Identifier: EUPL-1.2
"""What clerks do in these tests."""

from __future__ import annotations

from werkzeug.test import TestResponse

from engine.cases import CaseInfo, find_case
from tests.web.browser import Browser
from web.bootstrap import Platform

DECISION = {"entscheidung": "genehmigen", "vermerk": "Alles in Ordnung"}


def claim(browser: Browser, task_id: str) -> None:
    browser.get(f"/inbox/aufgabe/{task_id}")
    assert browser.send(f"/inbox/aufgabe/{task_id}/uebernehmen", {"liste": "gruppen"}).status_code == 302


def complete(browser: Browser, task_id: str, **answers: str) -> TestResponse:
    return browser.send(f"/inbox/aufgabe/{task_id}/erledigen", {"liste": "meine", **(answers or DECISION)})


def state(town: Platform, case: CaseInfo) -> str:
    with town.db.reading() as session:
        return find_case(session, case.id).state
