# SPDX-License-Identifier: EUPL-1.2
"""A designer saves a form: what can be run is read, everything else is refused with place, reason and cure."""

import json
from typing import Any

import pytest

from forms import FormRefused, Kind, check_form, load_form
from tests.forms.examples import YES_NO, every_kind, field, form, group, source


def test_top_level_groups_become_steps_and_inner_groups_fieldsets() -> None:
    loaded = every_kind()
    assert [(step.key, step.title, step.index) for step in loaded.steps] == [
        ("person", "Über Sie", 0),
        ("fahrzeug", "Ihr Fahrzeug", 1),
        ("anlagen", "Nachweise", 2),
    ]
    assert [item.path for item in loaded.steps[1].fields][:3] == [
        "fahrzeug.kennzeichen",
        "fahrzeug.preis",
        "fahrzeug.extras.farben",
    ]
    assert loaded.field("anlagen.einwilligung").kind is Kind.CONSENT


def test_a_form_without_groups_has_one_step() -> None:
    loaded = form(field("textfield", "name"), field("checkbox", "ok"))
    assert [step.key for step in loaded.steps] == ["formular"]
    assert [item.path for item in loaded.fields] == ["name", "ok"]


def test_a_group_without_path_does_not_nest_the_answers() -> None:
    loaded = form({"type": "group", "label": "Schritt", "components": [field("textfield", "name")]})
    assert loaded.steps[0].key == "schritt-1"
    assert loaded.fields[0].path == "name"


def test_the_same_form_is_read_from_a_file() -> None:
    bytes_of_file = json.dumps(source(field("number", "preis", validate={"min": 0.5}))).encode()
    assert check_form(bytes_of_file) == []
    assert str(load_form(bytes_of_file).field("preis").limits.minimum) == "0.5"


@pytest.mark.parametrize(
    ("component", "words"),
    [
        ({"type": "iframe", "url": "https://example.org", "label": "X"}, ["iframe", "Link"]),
        ({"type": "zeitmaschine", "key": "x"}, ["zeitmaschine", "anderen Feldtyp"]),
        (field("textfield", "name", label=""), ["name", "Beschriftung"]),
        (field("textfield", "1name"), ["1name", "Buchstaben"]),
        (field("textfield", "entfernen"), ["entfernen", "Plattform selbst"]),
        (field("textfield", "name", label="Hallo {{name}}"), ["Ausdruck"]),
        (field("textfield", "name", validate={"pattern": "("}), ["Muster", "("]),
        (field("textfield", "name", validate={"min": 3}), ["validate", "min"]),
        (field("textfield", "name", validate={"minLength": 9, "maxLength": 3}), ["Mindestlänge"]),
        (field("textfield", "name", disabled=True), ["disabled"]),
        (field("textfield", "name", properties={"amt.typ": "email"}), ["amt.typ"]),
        (field("textfield", "name", properties={"amt.type": "e-mail"}), ["e-mail", "email"]),
        (field("textfield", "name", properties={"amt.autocomplete": "vorname"}), ["vorname", "1.3.5"]),
        (field("textfield", "name", properties={"amt.validate": "value = 1"}), ["amt.message"]),
        (field("textfield", "name", conditional={"hide": "=a ="}), ["a =", "FEEL"]),
        (field("textfield", "name", conditional={"show": "=a"}), ["hide"]),
        (field("textfield", "name", readonly=True, validate={"required": True}), ["schreibgeschützt"]),
        (field("number", "zahl", defaultValue="viel"), ["viel", "Vorgabewert"]),
        (field("number", "zahl", validate={"min": 5, "max": 1}), ["Minimum"]),
        (field("number", "zahl", serializeToString=True), ["serializeToString"]),
        (field("datetime", "wann", subtype="week"), ["week", "datetime"]),
        (field("datetime", "wann", subtype="time", disallowPassedDates=True), ["disallowPassedDates"]),
        (field("radio", "wahl"), ["Auswahlmöglichkeiten"]),
        (field("radio", "wahl", values=[{"label": "Eins", "value": 1}]), ["value"]),
        (field("radio", "wahl", values=YES_NO + YES_NO), ["zweimal"]),
        (field("select", "wahl", valuesKey="zonen", values=YES_NO), ["valuesKey"]),
        (field("select", "wahl", values=YES_NO, defaultValue="vielleicht"), ["vielleicht"]),
        (field("filepicker", "datei", properties={"amt.accept": "exe"}), ["exe", "pdf"]),
        (field("filepicker", "datei", properties={"amt.maxBytes": "10 MB"}), ["amt.maxBytes"]),
        (field("checkbox", "ja", properties={"amt.type": "consent"}), ["Fassung"]),
        (
            field(
                "checkbox",
                "ja",
                defaultValue=True,
                properties={"amt.type": "consent", "amt.consentVersion": "1"},
            ),
            ["vorausgefüllt"],
        ),
        ({"type": "text", "text": '="Hallo " + name'}, ["{{Ausdruck}}"]),
        ({"type": "text", "text": "Hallo {{name +}}"}, ["name +", "FEEL"]),
        ({"type": "group", "label": "Leer", "components": []}, ["leer"]),
    ],
)
def test_what_cannot_be_run_is_refused_with_place_reason_and_cure(component: dict[str, Any], words: list[str]) -> None:
    findings = check_form(json.dumps(source(component)).encode())
    assert findings
    assert all(word in " ".join(findings) for word in words), findings


@pytest.mark.parametrize(
    "content", [b"", b"kein json", b"[]", b"{}", b'{"type": "default", "id": "x"}', b"[" * 100_000]
)
def test_a_file_that_is_no_form_is_refused(content: bytes) -> None:
    assert check_form(content)


def test_all_findings_come_at_once() -> None:
    with pytest.raises(FormRefused) as refused:
        form(field("textfield", "a", label=""), {"type": "html"}, field("radio", "b"))
    assert len(refused.value.findings) == 3


def test_two_questions_must_not_share_a_place() -> None:
    findings = check_form(json.dumps(source(field("textfield", "a"), field("number", "a.b"))).encode())
    assert "derselben Stelle" in findings[0]


def test_a_field_beside_the_steps_is_refused() -> None:
    findings = check_form(
        json.dumps(source(group("Eins", "eins", field("textfield", "a")), field("textfield", "b"))).encode()
    )
    assert findings == [
        "b: Das Feld steht neben den Schritten. Bitte in eine der Gruppen der obersten Ebene ziehen.",
    ]


def test_a_misspelt_name_in_an_expression_is_found() -> None:
    findings = check_form(
        json.dumps(
            source(
                group(
                    "Person",
                    "person",
                    field("textfield", "vorname"),
                    field("textfield", "spitzname", conditional={"hide": '=person.vornahme = "person.vornahme"'}),
                )
            )
        ).encode()
    )
    assert len(findings) == 1
    assert "„person.vornahme“, das es nicht gibt" in findings[0]
