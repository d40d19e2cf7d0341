# SPDX-License-Identifier: EUPL-1.2
"""The questions: nothing too much, nothing too little, and a cure for every mistake."""

from datetime import date, datetime
from typing import Any

import pytest

import processes
from engine.clock import FrozenClock
from forms import Form, load_form, validate, visible_steps

FOLDER = processes.FOLDER / "anwohnerparkausweis"
CLOCK = FrozenClock(datetime(2026, 11, 22, 12, 0))
DATEI = [{"file_id": "f1", "name": "schein.pdf", "media_type": "application/pdf", "size": 1000}]


def form(name: str) -> Form:
    return load_form((FOLDER / f"{name}.form").read_bytes())


def antrag(**changes: Any) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "person": {
            "vorname": "Erika",
            "nachname": "Muster",
            "strasse": "Hindenburgstraße 4",
            "plz": "73230",
            "ort": "Kirchheim unter Teck",
            "email": "erika.muster@example.org",
        },
        "fahrzeug": {"kennzeichen": "ES-AB 123", "halter": "ja"},
        "parken": {"zone": "A", "beginn": date(2026, 12, 1), "laufzeit_monate": "12"},
        "unterlagen": {"fahrzeugschein": DATEI},
        "einwilligung": {"bekanntgabe": {"given": True}},
    }
    for path, value in changes.items():
        group, _, key = path.partition("__")
        answers[group] = {**answers[group], key: value}
    return answers


def wrong(name: str, answers: dict[str, Any], context: dict[str, Any] | None = None) -> list[str]:
    return [error.path for error in validate(form(name), answers, clock=CLOCK, context=context)]


def test_steps_of_the_application():
    assert [step.title for step in visible_steps(form("antrag"), {}, clock=CLOCK)] == [
        "Angaben zur Person",
        "Angaben zum Fahrzeug",
        "Zone und Zeitraum",
        "Unterlagen",
        "Elektronische Bekanntgabe",
    ]


def test_complete_application_has_no_mistakes():
    answers = antrag()
    answers.pop("einwilligung")
    assert wrong("antrag", answers) == ["einwilligung.bekanntgabe"]


def test_who_does_not_hold_the_car_proves_its_use():
    assert "unterlagen.nutzungsueberlassung" in wrong("antrag", antrag(fahrzeug__halter="nein"))
    assert "unterlagen.nutzungsueberlassung" not in wrong(
        "antrag", antrag(fahrzeug__halter="nein", unterlagen__nutzungsueberlassung=DATEI)
    )
    assert "unterlagen.nutzungsueberlassung" not in wrong("antrag", antrag())


@pytest.mark.parametrize(
    ("beginn", "in_ordnung"),
    [
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), True),
        (date(2027, 5, 22), True),
        (date(2027, 5, 23), False),
    ],
)
def test_first_day_lies_between_today_and_six_months_ahead(beginn, in_ordnung):
    assert ("parken.beginn" not in wrong("antrag", antrag(parken__beginn=beginn))) is in_ordnung


@pytest.mark.parametrize(
    "mistake",
    [
        {"person__email": "erika"},
        {"person__plz": "7323"},
        {"person__vorname": ""},
        {"fahrzeug__kennzeichen": "hallo"},
        {"fahrzeug__halter": None},
        {"parken__zone": "Z"},
        {"parken__laufzeit_monate": "36"},
        {"unterlagen__fahrzeugschein": []},
    ],
    ids=str,
)
def test_every_mistake_stands_at_its_field(mistake):
    (path,) = mistake
    assert path.replace("__", ".") in wrong("antrag", antrag(**mistake))


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({}, ["entscheidung"]),
        ({"entscheidung": "genehmigen"}, []),
        ({"entscheidung": "genehmigen", "gueltig_ab": date(2026, 11, 1)}, ["gueltig_ab"]),
        ({"entscheidung": "ablehnen"}, ["begruendung"]),
        ({"entscheidung": "ablehnen", "begruendung": "Keine Zone."}, []),
        ({"entscheidung": "rueckfrage"}, ["frage"]),
        ({"entscheidung": "rueckfrage", "frage": "Wo wohnen Sie?"}, []),
        ({"entscheidung": "verschieben"}, ["entscheidung"]),
    ],
    ids=str,
)
def test_decision_comes_with_what_it_needs(answers, missing):
    assert wrong("pruefung", answers) == missing


def test_answer_to_a_question_is_needed_and_a_file_is_not():
    context = {"pruefung": {"frage": "Wo wohnen Sie?"}}
    assert wrong("rueckfrage", {}, context) == ["antwort"]
    assert wrong("rueckfrage", {"antwort": "Hier."}, context) == []


def test_uploads_keep_to_ten_megabytes():
    uploads = [field.files for name in ("antrag", "rueckfrage") for field in form(name).fields if field.files]
    assert len(uploads) == 3
    assert {files.max_bytes for files in uploads} == {10 * 1024 * 1024}


def test_consent_has_a_version():
    (consent,) = [field for field in form("antrag").fields if field.consent_version]
    assert consent.path == "einwilligung.bekanntgabe"
    assert "widerrufen" in consent.label
