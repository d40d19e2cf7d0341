# SPDX-License-Identifier: EUPL-1.2
"""Cases that send three mails each, begun and worked on by a program that does not give up."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path

import httpx
from sqlalchemy import func, select

import processes
from engine.clock import SystemClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.grants import Grant
from engine.machines import create_token
from engine.models import CaseRow, HistoryRow, JobRow
from engine.services import Services
from forms import check_form
from tests.faults.cluster import Persistent

MODEL = Path(__file__).parent / "models" / "drei_mails.bpmn"
#: Each is left by a case exactly once.
ELEMENTS = {"Beginn", "Erste", "Pruefen", "Zaehlen", "Warten", "Zweite", "Dritte", "Ende"}


def town_with_mails(db: Database) -> str:
    """Deploy the process; the token of a program that may do everything."""
    processes.load()
    services = Services(SystemClock())
    with unit_of_work(db) as session:
        deploy(session, services, Bundle.from_file(MODEL), form_check=check_form)
        return create_token(session, services.clock, "pruefer", [Grant.from_text("*:*")]).text


def begins(program: Persistent, key: str) -> None:
    """Begin a case; when the answer is lost, look first whether it has begun all the same."""
    variables = {"email": {"value": "erika@example.org"}, "name": {"value": "Erika"}, "zahl": {"value": 0}}
    about = {"businessKey": key, "variables": variables}
    with suppress(httpx.TransportError):
        answer = program.client.post("/process-definition/key/drei_mails/start", json=about)
        if answer.status_code < 500:
            assert answer.status_code == 200, answer.text
            return
    known = program.asks("GET", "/history/process-instance/count", params={"processInstanceBusinessKey": key})
    if known.json()["count"] == 0:
        begins(program, key)


def complete_what_is_open(program: Persistent) -> None:
    """One that an unheard answer had completed is gone."""
    for task in program.asks("GET", "/task", params={"maxResults": 100}).json():
        answer = program.asks("POST", f"/task/{task['id']}/complete", json={})
        assert answer.status_code in (204, 404), answer.text


def states(db: Database) -> dict[str, int]:
    """How many cases there are in which state."""
    with db.reading() as session:
        found = session.execute(select(CaseRow.state, func.count()).group_by(CaseRow.state)).all()
        return {state: number for state, number in found}  # noqa: C416  # dict() would not know the types of a row


def passed_once(db: Database, cases: int) -> None:
    """All elements were passed by all cases, none of them twice, and nothing is left to do."""
    with db.reading() as session:
        lines = session.execute(select(HistoryRow.case_id, HistoryRow.element_id).where(HistoryRow.kind == "completed"))
        each = Counter((case_id, element_id) for case_id, element_id in lines if element_id in ELEMENTS)
        assert session.scalar(select(func.count()).select_from(JobRow)) == 0
    assert set(each.values()) == {1}
    assert Counter(element_id for _, element_id in each) == dict.fromkeys(ELEMENTS, cases)
