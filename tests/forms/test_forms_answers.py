# SPDX-License-Identifier: EUPL-1.2
"""Somebody fills in a step and sends it: texts become typed answers, and nothing typed is lost."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import FrozenClock
from forms import Form, answer_at, read_step, summary, take_step, validate, visible_steps
from forms.values import clean_text, parse_date, parse_number
from tests.forms.examples import YES_NO, every_kind, field, form, group

CLOCK = FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
FORM = every_kind()
NASTY = "'; DROP TABLE person; -- <script>alert(1)</script> \" & {{1+1}} ${7*7}"


def posted(form: Form, step: int = 0, current: dict[str, Any] | None = None, **raw: str | list[str]) -> dict[str, Any]:
    """The answers after a step was sent; a double underscore in a name stands for a dot."""
    fields = {k.replace("__", "."): v if isinstance(v, list) else [v] for k, v in raw.items()}
    return read_step(form, form.steps[step], fields, current or {}, clock=CLOCK)


def messages(form: Form, answers: dict[str, Any]) -> dict[str, str]:
    return {error.path: error.message for error in validate(form, answers, clock=CLOCK)}


def test_texts_become_typed_answers() -> None:
    person = posted(
        FORM,
        person__vorname="  Zoë\r\n",
        person__email="Zoe@Example.ORG",
        person__telefon="07021 / 502-0",
        person__plz="73230",
        person__iban="de89 3704 0044 0532 0130 00",
        person__geburtstag__tag="3",
        person__geburtstag__monat="4",
        person__geburtstag__jahr="1980",
        person__grund="Erste Zeile\r\nzweite Zeile",
    )
    assert person == {
        "person": {
            "vorname": "Zoë",
            "email": "Zoe@example.org",
            "telefon": "+4970215020",
            "plz": "73230",
            "iban": "DE89370400440532013000",
            "geburtstag": date(1980, 4, 3),
            "grund": "Erste Zeile\nzweite Zeile",
        }
    }
    car = posted(
        FORM,
        1,
        person,
        fahrzeug__kennzeichen="es-ab 123",
        fahrzeug__preis="1.234,50",
        fahrzeug__extras__farben=["rot", "<gelb>", "rot"],
        fahrzeug__extras__haken="true",
        fahrzeug__halter="ja",
        fahrzeug__farbe="",
    )
    assert car["person"] == person["person"]
    assert car["fahrzeug"] == {
        "kennzeichen": "ES-AB 123",
        "preis": Decimal("1234.50"),
        "extras": {"farben": ["rot", "<gelb>"], "haken": True},
        "halter": "ja",
        "farbe": None,
    }


def test_consent_is_kept_with_the_words_it_was_given_to() -> None:
    answers = posted(FORM, 2, anlagen__einwilligung="true")
    consent = answers["anlagen"]["einwilligung"]
    assert consent["given"] is True
    assert consent["version"] == "2026-11"
    assert len(consent["text_sha256"]) == 64
    assert "anlagen.einwilligung" not in messages(FORM, answers)
    consent["text_sha256"] = "0" * 64
    assert "wurde geändert" in messages(FORM, answers)["anlagen.einwilligung"]
    refused = posted(FORM, 2)
    assert refused["anlagen"]["einwilligung"]["given"] is False
    assert "Einwilligung" in messages(FORM, refused)["anlagen.einwilligung"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("1.234", "1234"),
        ("1.234.567,89", "1234567.89"),
        ("0.500", "0.500"),
        ("-3", "-3"),
        ("1 234", "1234"),
        ("1,234.50", None),
        ("12,", None),
        ("zwölf", None),
        ("1e9", None),
        ("NaN", None),
        ("١٢", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, number: str | None) -> None:
    assert parse_number(typed) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("22.11.2026", date(2026, 11, 22)),
        ("1.2.2026", date(2026, 2, 1)),
        ("1. 2. 2026", date(2026, 2, 1)),
        ("2026-11-22", date(2026, 11, 22)),
        ("29.2.2025", None),
        ("22.11.26", None),
        ("22/11/2026", None),
        ("0.0.0000", None),
        ("morgen", None),
    ],
)
def test_dates_are_read_in_the_german_and_the_iso_way(typed: str, day: date | None) -> None:
    assert parse_date(typed) == day


def test_a_whole_date_may_stand_in_the_first_of_the_three_inputs() -> None:
    answers = posted(
        FORM, person__geburtstag__tag="22.11.1990", person__geburtstag__monat="", person__geburtstag__jahr=""
    )
    assert answer_at(answers, "person.geburtstag") == date(1990, 11, 22)


def test_what_cannot_be_read_stays_as_it_was_typed_and_is_named() -> None:
    answers = posted(
        FORM,
        person__vorname="Ada",
        person__email="ada@",
        person__geburtstag__tag="31",
        person__geburtstag__monat="2",
        person__geburtstag__jahr="26",
    )
    assert answers["person"]["email"] == "ada@"
    assert answers["person"]["geburtstag"] == {"tag": "31", "monat": "2", "jahr": "26"}
    errors = {error.path: error for error in validate(FORM, answers, step=FORM.steps[0], clock=CLOCK)}
    assert set(errors) == {"person.email", "person.geburtstag"}
    assert "name@beispiel.de" in errors["person.email"].message


def test_year_of_two_digits_is_not_guessed_but_asked_for() -> None:
    step = FORM.steps[0]
    parts = {"tag": "1", "monat": "12", "jahr": "26"}
    answers = read_step(FORM, step, {f"person.geburtstag.{part}": [text] for part, text in parts.items()}, {})
    messages = [error.message for error in validate(FORM, answers, step=step) if error.path == "person.geburtstag"]
    assert messages == ["Bitte prüfen Sie das Jahr und geben Sie es mit vier Ziffern an."]


@pytest.mark.parametrize("text", ["\u200b", "\u200e \u200f", "\ufeff", "\u2028\u2029", "\u00ad"])
def test_text_in_which_nothing_can_be_seen_is_no_answer(text: str) -> None:
    assert clean_text(text) == clean_text(text, lines=True) == ""


def test_invisible_signs_inside_a_text_stay_and_odd_line_ends_become_spaces() -> None:
    assert clean_text("👩\u200d👧\u2028Vogt") == "👩\u200d👧 Vogt"


def test_only_the_fields_of_the_step_are_taken_from_a_post() -> None:
    answers = posted(FORM, person__vorname="Ada", fahrzeug__kennzeichen="ES-AB 1", rolle="admin", anlagen__schein="x")
    assert set(answers) == {"person"}


@pytest.mark.parametrize("path", [item.path for item in FORM.fields])
def test_nasty_text_is_kept_unchanged_in_every_field_that_takes_text(path: str) -> None:
    item = FORM.field(path)
    step = next(step for step in FORM.steps if item in step.fields)
    halter = {"fahrzeug": {"halter": "nein"}}
    answers = read_step(FORM, step, {path: [NASTY]}, halter, clock=CLOCK)
    stored = answer_at(answers, path)
    assert stored in (NASTY, [NASTY], False, None) or stored["given"] is False
    validate(FORM, answers, clock=CLOCK)


@given(st.dictionaries(st.sampled_from([f.path for f in FORM.fields]), st.lists(st.text(), max_size=3)))
def test_any_post_can_be_read_checked_and_shown(raw: dict[str, list[str]]) -> None:
    answers: dict[str, Any] = {}
    for step in FORM.steps:
        answers = read_step(FORM, step, raw, answers, clock=CLOCK)
    validate(FORM, answers, clock=CLOCK)
    summary(FORM, answers, clock=CLOCK)
    visible_steps(FORM, answers, clock=CLOCK)
    for path in ("person.grund", "person.vorname"):
        if raw.get(path):
            assert (answer_at(answers, path) or "") == clean_text(raw[path][-1], lines=path == "person.grund")
    price = answer_at(answers, "fahrzeug.preis")
    if raw.get("fahrzeug.preis") and not isinstance(price, Decimal):
        assert (price or "") == clean_text(raw["fahrzeug.preis"][-1])


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_cleaned_text_can_be_stored_anywhere(text: str) -> None:
    cleaned = clean_text(text, lines=True)
    assert "\x00" not in cleaned.encode("utf-8").decode("utf-8")
    assert clean_text(cleaned, lines=True) == cleaned


@given(st.text(alphabet="0123456789.,-+ e", max_size=40))
def test_a_number_that_was_read_reads_the_same_when_shown_again(text: str) -> None:
    number = parse_number(clean_text(text))
    assert number is None or parse_number(str(number).replace(".", ",")) == number


def test_too_long_texts_are_kept_but_refused() -> None:
    answers = posted(FORM, person__vorname="x" * 501, person__email="y" * 5000, person__grund="z" * 201)
    assert len(answers["person"]["email"]) == 5000
    wrong = messages(FORM, answers)
    assert "501 Zeichen, erlaubt sind höchstens 500" in wrong["person.vorname"]
    assert "höchstens 254" in wrong["person.email"]
    assert "höchstens 200" in wrong["person.grund"]


def test_limits_of_texts_and_numbers() -> None:
    limited = form(
        field("textfield", "code", validate={"pattern": "^[A-Z]{3}$", "minLength": 2}, description="Drei Buchstaben."),
        field("number", "hunde", decimalDigits=0, validate={"min": 1, "max": 9}),
        field("number", "betrag", decimalDigits=2, validate={"max": 1000.5}),
    )
    wrong = messages(limited, {"code": "abc", "hunde": Decimal("1.5"), "betrag": Decimal("1000.51")})
    assert wrong["code"].endswith("Drei Buchstaben.")
    assert "ganze Zahl" in wrong["hunde"]
    assert "1.000,5 oder weniger" in wrong["betrag"]
    assert messages(limited, {"code": "x", "hunde": Decimal(0), "betrag": Decimal("1.234")}) == {
        "code": "Bitte geben Sie mindestens 2 Zeichen ein.",
        "hunde": "Bitte geben Sie 1 oder mehr ein.",
        "betrag": "Bitte geben Sie höchstens 2 Stellen nach dem Komma ein.",
    }
    assert messages(limited, {"code": "ABC", "hunde": Decimal(9), "betrag": Decimal("0.50")}) == {}


def test_a_pattern_that_explodes_is_stopped() -> None:
    evil = form(field("textfield", "code", validate={"pattern": "^(a|a|aa)+$"}))
    assert "richtige Form" in messages(evil, {"code": "a" * 400 + "!"})["code"]


def test_a_choice_that_was_not_offered_is_refused() -> None:
    answers = posted(
        FORM, 1, fahrzeug__halter="vielleicht", fahrzeug__farbe="grün", fahrzeug__extras__farben=["rot", "lila"]
    )
    wrong = messages(FORM, answers)
    assert {"fahrzeug.halter", "fahrzeug.farbe", "fahrzeug.extras.farben"} <= set(wrong)


def test_dates_in_the_past_can_be_refused() -> None:
    future = form(field("datetime", "beginn", subtype="date", disallowPassedDates=True))
    assert messages(future, {"beginn": date(2026, 11, 22)}) == {}
    assert "Vergangenheit" in messages(future, {"beginn": date(2026, 11, 21)})["beginn"]
    assert "vier Ziffern" in messages(future, {"beginn": date(26, 11, 21)})["beginn"]


def test_a_rule_of_the_form_checks_an_answer_against_the_others() -> None:
    rules = form(
        group(
            "Zeitraum",
            "zeit",
            field("datetime", "von", subtype="date"),
            field(
                "datetime",
                "bis",
                subtype="date",
                properties={
                    "amt.validate": "=value > von and value > zeit.von",
                    "amt.message": "Das Ende liegt vor dem Beginn.",
                },
            ),
        )
    )
    first, second = date(2026, 1, 1), date(2026, 2, 1)
    assert messages(rules, {"zeit": {"von": first, "bis": second}}) == {}
    assert messages(rules, {"zeit": {"von": second, "bis": first}}) == {"zeit.bis": "Das Ende liegt vor dem Beginn."}
    assert messages(rules, {"zeit": {"von": first, "bis": None}}) == {}


def test_rules_see_the_variables_of_the_case() -> None:
    task = form(
        field("textarea", "antwort", conditional={"hide": "=frage = null"}, validate={"required": True}),
    )
    assert validate(task, {}, clock=CLOCK) == []
    assert [error.path for error in validate(task, {}, clock=CLOCK, context={"frage": "Wo?"})] == ["antwort"]


def test_hidden_questions_are_neither_checked_nor_kept() -> None:
    nein = posted(FORM, 1, fahrzeug__halter="nein", fahrzeug__halter_name="Ida")
    assert nein["fahrzeug"]["halter_name"] == "Ida"
    ja = posted(FORM, 1, nein, fahrzeug__halter="ja", fahrzeug__halter_name="Ida")
    assert "halter_name" not in ja["fahrzeug"]
    assert "fahrzeug.halter_name" not in messages(FORM, ja)
    leer = posted(FORM, 1, fahrzeug__halter="nein", fahrzeug__halter_name="")
    assert "fahrzeug.halter_name" in messages(FORM, leer)


def test_an_answer_behind_a_hidden_answer_does_not_count() -> None:
    chain = form(
        field("radio", "a", values=YES_NO),
        field("radio", "b", values=YES_NO, conditional={"hide": '=a != "ja"'}),
        field("textfield", "c", conditional={"hide": '=b != "ja"'}),
        field("textfield", "d", conditional={"hide": "=c != null"}),
    )
    everything = {"a": "ja", "b": "ja", "c": "x", "d": "y"}
    step = chain.steps[0]
    assert read_step(chain, step, {}, everything) == {"a": "ja", "b": "ja", "c": "x"}
    assert read_step(chain, step, {"a": ["nein"]}, everything) == {"a": "nein", "d": "y"}


def test_a_step_that_is_hidden_is_left_out() -> None:
    steps = form(
        group("Eins", "eins", field("radio", "mehr", values=YES_NO)),
        group("Zwei", "zwei", field("textfield", "x"), conditional={"hide": '=eins.mehr != "ja"'}),
        group("Drei", "drei", field("textfield", "y", conditional={"hide": '=eins.mehr != "ja"'})),
    )
    assert [step.key for step in visible_steps(steps, {})] == ["eins"]
    assert [step.key for step in visible_steps(steps, {"eins": {"mehr": "ja"}})] == ["eins", "zwei", "drei"]


def test_a_question_that_has_only_just_appeared_is_not_yet_blamed() -> None:
    step = FORM.steps[1]
    shown = "fahrzeug.kennzeichen fahrzeug.halter"
    first = take_step(FORM, step, {"gezeigt": [shown], "fahrzeug.halter": ["nein"]}, {}, clock=CLOCK)
    assert "fahrzeug.halter_name" in first.appeared
    assert not first.finished
    assert first.errors == []
    shown = " ".join(item.path for item in step.fields)
    second = take_step(FORM, step, {"gezeigt": [shown], "fahrzeug.halter": ["nein"]}, first.answers, clock=CLOCK)
    assert second.appeared == []
    assert [error.path for error in second.errors] == ["fahrzeug.halter_name"]


def test_a_question_that_was_not_shown_is_not_read() -> None:
    before = {"fahrzeug": {"extras": {"haken": True}}}
    after = read_step(FORM, FORM.steps[1], {"gezeigt": ["fahrzeug.kennzeichen"]}, before, clock=CLOCK)
    assert after["fahrzeug"]["extras"]["haken"] is True


def test_the_summary_speaks_german() -> None:
    answers = {
        "person": {
            "vorname": "Ada",
            "iban": "DE89370400440532013000",
            "telefon": "+4970215020",
            "geburtstag": date(1980, 4, 3),
        },
        "fahrzeug": {
            "preis": Decimal("1234.5"),
            "extras": {"farben": ["rot", "<gelb>"], "haken": False},
            "halter": "ja",
        },
        "anlagen": {"schein": [{"file_id": "1", "name": "schein.pdf", "media_type": "application/pdf", "size": 1200}]},
    }
    lines = {line.path: line for section in summary(FORM, answers, clock=CLOCK) for line in section.lines}
    assert lines["person.iban"].value == "DE89 3704 0044 0532 0130 00"
    assert lines["person.telefon"].value == "+49 7021 5020"
    assert lines["person.geburtstag"].value == "03.04.1980"
    assert lines["person.grund"].value == "Keine Angabe"
    assert not lines["person.grund"].answered
    assert lines["fahrzeug.preis"].value == "1.234,50 €"
    assert lines["fahrzeug.extras.farben"].value == "Rot & Blau, <b>Gelb</b>"
    assert lines["fahrzeug.extras.haken"].value == "Nein"
    assert lines["fahrzeug.halter"].value == "Ja"
    assert lines["anlagen.schein"].files[0]["name"] == "schein.pdf"
    assert "fahrzeug.halter_name" not in lines
