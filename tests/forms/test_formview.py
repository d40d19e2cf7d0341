# SPDX-License-Identifier: EUPL-1.2
"""A page shows a form: everything has a label, everything is tied together, everything typed comes back as it was."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock import FrozenClock
from forms import FieldError, Kind, Step, answer_at, read_step, validate
from forms.validation import FieldError as Error
from tests.forms.examples import YES_NO, every_kind, field, form
from web.formtext import text_markup
from web.formview import field_id, render_error_summary, render_form, render_step, render_summary

CLOCK = FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
FORM = every_kind()
NASTY = "'; DROP TABLE person; -- <script>alert(1)</script> \"&amp; </textarea>"
ANSWERS: dict[str, Any] = {
    "person": {
        "vorname": "Zoë",
        "geburtstag": date(1980, 4, 3),
        "grund": "\nEins\n\nzwei",
        "iban": "DE89370400440532013000",
    },
    "fahrzeug": {"preis": Decimal("1234.5"), "extras": {"farben": ["<gelb>"], "haken": True}, "halter": "nein"},
    "anlagen": {
        "schein": [{"file_id": "a1", "name": "<schein>.pdf", "media_type": "application/pdf", "size": 1200}],
        "weitere": [{"file_id": "a2", "name": "foto.jpg", "media_type": "image/jpeg", "size": 2_000_000}],
    },
}


def page(*parts: str, strict: bool = True) -> Element:
    text = (
        f'<!DOCTYPE html><html lang="de"><head><title>x</title></head><body><form>{"".join(parts)}</form></body></html>'
    )
    parsed: Element = html5lib.HTMLParser(strict=strict, namespaceHTMLElements=False).parse(text)
    return parsed


def texts(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def controls(tree: Element) -> list[Element]:
    found = [item for item in tree.iter() if item.tag in ("input", "select", "textarea")]
    return [item for item in found if item.get("type") != "hidden"]


def posted_by(tree: Element) -> dict[str, list[str]]:
    """What a browser would send from the page."""
    raw: dict[str, list[str]] = {}
    for item in tree.iter():
        name = item.get("name")
        if name is None or item.tag == "button" or item.get("type") == "file":
            continue
        if item.tag == "textarea":
            values = [(item.text or "").replace("\n", "\r\n")]
        elif item.tag == "select":
            values = [(option.get("value") or "") for option in item if option.get("selected") is not None] or [""]
        elif item.get("type") in ("checkbox", "radio"):
            values = [item.get("value") or ""] if item.get("checked") is not None else []
        else:
            values = [item.get("value") or ""]
        raw.setdefault(name, []).extend(values)
    return {name: values for name, values in raw.items() if values}


def assert_accessible(tree: Element) -> None:
    ids = [item.get("id") for item in tree.iter() if item.get("id")]
    assert len(ids) == len(set(ids))
    labels = {item.get("for"): texts(item) for item in tree.iter("label")}
    for item in controls(tree):
        assert labels.get(item.get("id")), item.attrib
    for item in tree.iter():
        for target in (item.get("aria-describedby") or "").split():
            assert target in ids, target
        if item.tag == "a" and (item.get("href") or "").startswith("#"):
            assert (item.get("href") or "")[1:] in ids, item.attrib
    for fieldset in tree.iter("fieldset"):
        assert fieldset[0].tag == "legend"
        assert texts(fieldset[0])
    assert all(texts(button) for button in tree.iter("button"))


@pytest.mark.parametrize("step", FORM.steps, ids=lambda step: step.key)
@pytest.mark.parametrize("answers", [{}, ANSWERS], ids=["empty", "filled"])
def test_a_step_is_valid_html_in_which_everything_has_a_label(step: Step, answers: dict[str, Any]) -> None:
    tree = page(render_step(FORM, step, answers, clock=CLOCK))
    assert_accessible(tree)
    assert len(controls(tree)) >= 2


@pytest.mark.parametrize("step", FORM.steps, ids=lambda step: step.key)
@pytest.mark.parametrize("answers", [{}, ANSWERS], ids=["empty", "filled"])
def test_errors_are_tied_to_their_fields_and_linked_from_the_top(step: Step, answers: dict[str, Any]) -> None:
    errors = [FieldError(item.path, item.label, f"Bitte {item.path} ändern.") for item in step.fields]
    tree = page(render_error_summary(errors), render_step(FORM, step, answers, errors, clock=CLOCK), strict=True)
    visible = [item for item in step.fields if item.path != "fahrzeug.halter_name" or answers]
    for item in visible:
        field_error = next(part for part in tree.iter("p") if part.get("id") == f"{field_id(item.path)}-fehler")
        assert f"Bitte {item.path} ändern." in texts(field_error)
    summary = next(part for part in tree.iter("div") if part.get("role") == "alert")
    assert summary.get("tabindex") == "-1"
    assert summary.get("data-autofocus") is not None
    if len(visible) == len(step.fields):
        assert_accessible(tree)
    invalid = {item.get("name") for item in tree.iter() if item.get("aria-invalid") == "true"}
    for item in visible:
        if item.kind in (
            Kind.TEXT,
            Kind.TEXTAREA,
            Kind.NUMBER,
            Kind.SELECT,
            Kind.CHECKBOX,
            Kind.CONSENT,
            Kind.CHECKLIST,
        ):
            assert item.path in invalid


def test_no_errors_no_summary() -> None:
    assert render_error_summary([]).strip() == ""


def test_names_ids_tokens_and_keyboards() -> None:
    tree = page(render_step(FORM, FORM.steps[0], ANSWERS, clock=CLOCK))
    by_id = {item.get("id"): item for item in controls(tree)}
    assert by_id["f-person-vorname"].get("name") == "person.vorname"
    assert by_id["f-person-vorname"].get("autocomplete") == "given-name"
    assert by_id["f-person-vorname"].get("required") is not None
    assert by_id["f-person-email"].get("required") is None
    assert by_id["f-person-email"].get("inputmode") == "email"
    assert by_id["f-person-plz"].get("inputmode") == "numeric"
    assert by_id["f-person-iban"].get("value") == "DE89 3704 0044 0532 0130 00"
    day = ["f-person-geburtstag", "f-person-geburtstag-monat", "f-person-geburtstag-jahr"]
    assert [by_id[name].get("value") for name in day] == ["03", "04", "1980"]
    assert [by_id[name].get("autocomplete") for name in day] == ["bday-day", "bday-month", "bday-year"]
    marked = {texts(label) for label in tree.iter("label") if "(freiwillig)" in texts(label)}
    assert "Email (freiwillig)" in marked
    assert not any("Vorname" in label for label in marked)


def test_answers_come_back_into_the_fields() -> None:
    for step in FORM.steps[:2]:
        raw = posted_by(page(render_step(FORM, step, ANSWERS, clock=CLOCK)))
        again = read_step(FORM, step, raw, ANSWERS, clock=CLOCK)
        for item in step.fields:
            before = answer_at(ANSWERS, item.path)
            if item.path == "person.grund":
                before = "Eins\n\nzwei"
            assert answer_at(again, item.path) == before, item.path


TEXT_PATHS = [item.path for item in FORM.fields if item.kind in (Kind.TEXT, Kind.TEXTAREA, Kind.NUMBER)]
DATE_PATHS = [f"person.geburtstag.{part}" for part in ("tag", "monat", "jahr")]


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(st.sampled_from(TEXT_PATHS + DATE_PATHS), st.text(max_size=30).map(lambda text: [text]), max_size=5)
)
def test_whatever_was_typed_is_shown_again_and_sent_again_unchanged(raw: dict[str, list[str]]) -> None:
    for step in FORM.steps[:2]:
        answers = read_step(FORM, step, {**raw, "fahrzeug.halter": ["nein"]}, {}, clock=CLOCK)
        errors = validate(FORM, answers, step=step, clock=CLOCK)
        tree = page(render_error_summary(errors), render_step(FORM, step, answers, errors, clock=CLOCK), strict=False)
        again = read_step(FORM, step, posted_by(tree), {}, clock=CLOCK)
        for item in step.fields:
            assert (answer_at(again, item.path) or None) == (answer_at(answers, item.path) or None)


@pytest.mark.parametrize("path", [item.path for item in FORM.fields if item.kind is not Kind.FILE])
def test_nasty_text_is_escaped_and_comes_back_unchanged(path: str) -> None:
    item = FORM.field(path)
    step = next(step for step in FORM.steps if item in step.fields)
    answers = read_step(
        FORM, step, {path: [NASTY], f"{path}.tag": [NASTY], "fahrzeug.halter": ["nein"]}, {}, clock=CLOCK
    )
    html = render_step(FORM, step, answers, [Error(path, NASTY, NASTY)], clock=CLOCK)
    summary = render_error_summary([Error(path, NASTY, NASTY)]) + render_summary(FORM, answers, clock=CLOCK)
    assert "<script" not in html + summary
    assert "DROP TABLE" in html
    page(html, summary)
    if item.kind in (Kind.TEXT, Kind.TEXTAREA, Kind.NUMBER):
        assert posted_by(page(html))[path] == [NASTY]
    if item.kind is Kind.DATE:
        assert posted_by(page(html))[f"{path}.tag"] == [NASTY]


def test_a_hidden_question_is_not_on_the_page() -> None:
    hidden = page(render_step(FORM, FORM.steps[1], {}, clock=CLOCK))
    shown = page(render_step(FORM, FORM.steps[1], ANSWERS, clock=CLOCK))
    assert "fahrzeug.halter_name" not in {item.get("name") for item in controls(hidden)}
    owner = next(item for item in controls(shown) if item.get("name") == "fahrzeug.halter_name")
    assert owner.get("required") is not None
    assert "fahrzeug.halter_name" in posted_by(shown)["gezeigt"][0].split()
    assert "fahrzeug.halter_name" not in posted_by(hidden)["gezeigt"][0].split()


def test_uploaded_files_are_listed_and_can_be_removed_and_enter_does_not_remove_them() -> None:
    tree = page(render_step(FORM, FORM.steps[2], ANSWERS, clock=CLOCK))
    buttons = list(tree.iter("button"))
    assert buttons[0].get("name") is None
    assert [(item.get("name"), item.get("value")) for item in buttons[1:]] == [
        ("entfernen", "a1"),
        ("entfernen", "a2"),
        ("hochladen", "anlagen.weitere"),
    ]
    assert texts(buttons[1]) == "Entfernen: <schein>.pdf"
    assert "(1 KB)" in texts(tree)
    assert [item.get("name") for item in controls(tree) if item.get("type") == "file"] == ["anlagen.weitere"]
    empty = page(render_step(FORM, FORM.steps[2], {}, clock=CLOCK))
    inputs = {item.get("name"): item for item in controls(empty)}
    assert inputs["anlagen.schein"].get("accept") == ".pdf,.jpg,.jpeg,.png"
    assert inputs["anlagen.schein"].get("multiple") is None
    assert inputs["anlagen.weitere"].get("multiple") is not None


def test_the_check_page_leads_back_to_each_step() -> None:
    html = render_summary(
        FORM, ANSWERS, lambda step: f"/antrag/{step.key}", file_url=lambda file: f"/datei/{file['file_id']}"
    )
    tree = page(html)
    assert [item.get("href") for item in tree.iter("a") if texts(item).startswith("Ändern")] == [
        "/antrag/person",
        "/antrag/fahrzeug",
        "/antrag/anlagen",
    ]
    assert "Ändern: Über Sie" in texts(tree)
    assert "1.234,50 €" in texts(tree)
    assert "/datei/a1" in {item.get("href") for item in tree.iter("a")}
    assert [texts(title) for title in tree.iter("h2")] == ["Über Sie", "Ihr Fahrzeug", "Nachweise"]


def test_the_clerk_sees_the_answers_without_links_to_change_them() -> None:
    tree = page(render_summary(FORM, ANSWERS, heading=3))
    assert not any("Ändern" in texts(item) for item in tree.iter("a"))
    assert len(list(tree.iter("h3"))) == 3


def test_defaults_and_values_of_the_case_stand_in_the_fields() -> None:
    task = form(
        field("radio", "antwort", values=YES_NO, defaultValue="ja"),
        field("number", "gebuehr", defaultValue=30.7),
        field("datetime", "ab", subtype="date", properties={"amt.default": "=antrag.beginn"}),
        field("textfield", "aktenzeichen", readonly=True, properties={"amt.default": "=az"}),
    )
    context = {"antrag": {"beginn": date(2027, 1, 1)}, "az": "APA-2026-00001"}
    tree = page(render_form(task, {}, clock=CLOCK, context=context))
    raw = posted_by(tree)
    assert raw["antwort"] == ["ja"]
    assert raw["gebuehr"] == ["30,7"]
    assert raw["ab.jahr"] == ["2027"]
    assert "aktenzeichen" not in raw
    assert "APA-2026-00001" in texts(tree)


def test_words_of_the_form_may_be_formatted_but_values_of_the_case_never_are() -> None:
    html = text_markup(
        "**Frage:** {{frage}}\n\n- [sicher](https://example.org/a)\n- [böse](javascript:alert(1))\n\n<i>x</i>",
        ["**nicht fett** [Klick](https://boese.example) <b>\nzweite Zeile"],
    )
    tree = page(html)
    assert texts(next(tree.iter("strong"))) == "Frage:"
    assert [item.get("href") for item in tree.iter("a")] == ["https://example.org/a"]
    assert "**nicht fett** [Klick](https://boese.example) <b>" in texts(tree)
    assert list(tree.iter("br"))
    assert not list(tree.iter("i"))


def test_texts_of_a_task_show_what_the_case_knows() -> None:
    task = form(
        {"type": "text", "text": "**Unsere Frage:** {{pruefung.frage}} ({{gebuehr}} €)"},
        field("textarea", "antwort"),
    )
    html = render_form(
        task, {}, clock=CLOCK, context={"pruefung": {"frage": "Wo <wohnen> Sie?"}, "gebuehr": Decimal("30.70")}
    )
    assert "Unsere Frage: Wo <wohnen> Sie? (30,7 €)" in texts(page(html))
