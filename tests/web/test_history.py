# SPDX-License-Identifier: EUPL-1.2
"""The history in words: every kind of line has German ones or none, whatever its element is called."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import engine
from engine.bpmn.model import ACTIVITY_TYPES, EVENT_TYPES, GATEWAY_TYPES
from engine.history import DETAILS
from engine.queries.cases import HistoryLine
from web.inbox.history import Event, events

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TYPES = sorted(ACTIVITY_TYPES | EVENT_TYPES | GATEWAY_TYPES)
#: Kinds of lines that say nothing to a clerk, because another line says it: each round of a repetition for itself.
SILENT = {"message_received", "body_entered", "body_completed", *DETAILS}


def line(kind: str, element_type: str = "", name: str = "", token_id: str | None = None, **more: Any) -> HistoryLine:
    about: dict[str, Any] = {"actor": "anna", "actor_name": "Anna", "details": {}, **more}
    return HistoryLine(NOW, kind, "x_1", name, element_type, token_id=token_id, **about)


def texts(*lines: HistoryLine) -> list[str]:
    return [event.text for event in events(lines)]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (line("case_called", "callActivity", "Gebühr erheben", details={"case_id": "?"}), "Untervorgang begonnen"),
        (line("message_sent", "endEvent", "Amt informieren"), "Nachricht verschickt: Amt informieren"),
        (line("escalation_unhandled", "endEvent", "Zu spät"), "Eskalation ohne Folgen: Zu spät"),
        (line("variables_changed", details={"names": ["x"]}), "Angaben zum Vorgang geändert"),
        (line("case_modified", details={"instructions": ["x"]}), "Ablauf von Hand geändert"),
        (line("case_migrated"), "Auf eine neue Fassung des Ablaufs umgestellt"),
        (line("case_suspended"), "Vorgang angehalten"),
        (line("case_resumed"), "Vorgang läuft weiter"),
        (line("case_cancelled", details={"reason": "The calling case"}), "Vorgang abgebrochen"),
        (line("task_assigned", name="Anrufen", details={"assignee": "ben"}), "„Anrufen“ zugewiesen: ben"),
        (line("task_delegated", details={}), "Zur Klärung weitergegeben"),
        (line("task_linked", name="Anrufen"), "Zuständigkeit für „Anrufen“ geändert"),
        (line("incident_retried"), "Nach einer Störung wiederholt"),
        (line("entered", "transaction", "Buchung"), "„Buchung“ begonnen"),
        (line("completed", "adHocSubProcess", "Vor Ort"), "„Vor Ort“ abgeschlossen"),
        (line("cancelled", "callActivity", "Gebühr erheben"), "„Gebühr erheben“ abgebrochen"),
        (line("completed", "intermediateThrowEvent", "Frist gesetzt"), "Frist gesetzt"),
        (line("cancelled", "userTask", "Anrufen"), "„Anrufen“ entfallen"),
        (line("completed", "userTask"), "Aufgabe erledigt"),
    ],
)
def test_every_kind_of_line_reads_in_german(shown: HistoryLine, text: str):
    assert texts(shown) == [text]


@pytest.mark.parametrize("kind", ["entered", "completed", "cancelled", "somethingNew", ""])
@pytest.mark.parametrize("name", ["", "x_1", "${computed}", "=computed"])
def test_an_element_without_a_name_is_never_called_by_its_id(kind: str, name: str):
    for element_type in [*TYPES, "somethingNew", ""]:
        assert set(texts(line(kind, element_type, name))) <= {"Aufgabe erledigt", "Aufgabe entfallen"}


def test_no_kind_of_line_that_the_engine_writes_was_forgotten():
    written = set()
    for file in Path(engine.__file__).parent.rglob("*.py"):
        source = file.read_text()
        written |= set(re.findall(r'remember\(\s*"(\w+)"', source))
        written |= set(re.findall(r'record\(\s*session,.{0,80}?"(\w+)"', source, re.DOTALL))
        written |= set(re.findall(r'"(case_suspended|case_resumed|task_assigned)"', source))
    assert {"case_called", "completed", "external_failed", "case_suspended"} <= written
    for kind in written - SILENT - {"entered", "completed", "cancelled"}:
        assert texts(line(kind, name="Etwas")), f"{kind} has no words"


def test_a_name_computed_when_the_task_opened_stays_its_name():
    lines = [
        line("entered", "userTask", "Polizei anrufen", "t"),
        line("completed", "userTask", "${stelle} anrufen", "t"),
    ]
    assert texts(*lines) == ["„Polizei anrufen“ erledigt"]


def test_a_name_that_the_line_lacks_comes_from_the_model():
    (event,) = events([line("external_failed")], names={"x_1": "Melderegister fragen"})
    assert event.text == "Automatischer Schritt fehlgeschlagen: Melderegister fragen"


def test_who_has_sent_a_message_need_not_be_done_besides():
    sent = line("message_sent", "sendTask", "Bescheid geben", "t")
    assert texts(sent, line("completed", "sendTask", "Bescheid geben", "t")) == ["Nachricht verschickt: Bescheid geben"]


def test_a_repeated_task_is_told_with_the_subprocess_around_it():
    lines = [
        line("entered", "subProcess", "Anhörung", "a"),
        line("body_entered", "userTask", "Anrufen", "b", parent_token="a"),
        line("entered", "userTask", "Anrufen", "c", parent_token="b"),
        line("completed", "userTask", "Anrufen", "c", parent_token="b"),
    ]
    assert events(lines)[0] == Event("„Anrufen“ erledigt", NOW, "Anna", "Anhörung")


def test_equal_lines_of_one_moment_are_counted_and_the_scope_is_named():
    lines = [
        *(line("entered", "subProcess", "Anhörung", token) for token in "abc"),
        line("completed", "userTask", "Anrufen", "d", parent_token="b"),
    ]
    assert events(lines) == [
        Event("„Anrufen“ erledigt", NOW, "Anna", "Anhörung"),
        Event("„Anhörung“ begonnen", NOW, "Anna", times=3),
    ]
