# SPDX-License-Identifier: EUPL-1.2
"""What a completed task costs the database, login and history included: at most twelve statements."""

from typing import Any

from sqlalchemy import event

from tests.web.browser import Browser
from tests.web.steps import DECISION
from web.bootstrap import Platform

BUDGET = 12


def test_completing_a_task_in_the_inbox_keeps_the_budget(town: Platform, anna: Browser, task_id: str) -> None:
    anna.send(f"/inbox/aufgabe/{task_id}/uebernehmen")
    sent: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        sent.append(statement)

    event.listen(town.db.engine, "before_cursor_execute", listen)
    response = anna.send(f"/inbox/aufgabe/{task_id}/erledigen", {"liste": "meine", **DECISION})
    event.remove(town.db.engine, "before_cursor_execute", listen)

    assert response.status_code == 302
    counted = [statement for statement in sent if not statement.startswith("BEGIN")]
    assert 0 < len(counted) <= BUDGET, "\n".join(counted)
