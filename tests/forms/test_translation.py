# SPDX-License-Identifier: EUPL-1.2
"""Forms that have their words in another language, too."""

from __future__ import annotations

import json
from typing import Any

from forms import Kind, check_form, load_form, summary, validate
from forms.language import say, speak, speaking


def form(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": "default", "id": "antrag", "components": list(components)}


NAME = {"id": "a", "type": "textfield", "key": "name", "label": "Name des Hundes", "validate": {"required": True}}
IN_ENGLISH = {"properties": {"amt.en.label": "Name of the dog"}}
KIND = {
    "id": "b",
    "type": "radio",
    "key": "art",
    "label": "Art",
    "description": "Steht im Pass",
    "values": [{"value": "gross", "label": "groß"}, {"value": "klein", "label": "klein"}],
    "properties": {
        "amt.en.label": "Kind",
        "amt.en.description": "See the passport",
        "amt.en.option.gross": "large",
        "amt.en.option.klein": "small",
    },
}


def test_a_form_is_read_with_its_english_words():
    english = load_form(form(NAME | IN_ENGLISH, KIND), "en")
    name, kind = english.fields
    assert english.language == "en"
    assert (name.label, kind.label, kind.hint) == ("Name of the dog", "Kind", "See the passport")
    assert [(option.value, option.label) for option in kind.options] == [("gross", "large"), ("klein", "small")]


def test_answers_do_not_depend_on_the_language():
    source = form(NAME | IN_ENGLISH, KIND)
    answers = {"name": "Bello", "art": "gross"}
    german, english = load_form(source), load_form(source, "en")
    assert validate(german, answers) == validate(english, answers) == []
    assert [line.value for line in summary(english, answers)[0].lines] == ["Bello", "large"]
    assert [line.value for line in summary(german, answers)[0].lines] == ["Bello", "groß"]


def test_a_form_without_english_words_stays_german_and_says_so():
    german = load_form(form(NAME), "en")
    assert german.language == "de"
    assert german.fields[0].label == "Name des Hundes"


def test_a_half_translated_form_is_refused_with_the_words_that_are_missing():
    findings = check_form(_json(form(NAME, KIND)))
    assert len(findings) == 1
    assert "name: Die Übersetzung „amt.en.label“ fehlt." in findings[0]


def test_a_translation_of_nothing_is_refused():
    odd = NAME | {"properties": {"amt.en.label": "Name of the dog", "amt.en.hint": "Hint"}}
    findings = check_form(_json(form(odd)))
    assert len(findings) == 1
    assert "„amt.en.hint“ übersetzt etwas, das es hier nicht gibt" in findings[0]


def test_words_of_rules_and_signs_of_units_are_translated_too():
    weight = {
        "id": "c",
        "type": "number",
        "key": "gewicht",
        "label": "Gewicht",
        "appearance": {"suffixAdorner": "Pfund"},
        "properties": {
            "amt.validate": "value < 200",
            "amt.message": "So schwer ist kein Hund.",
            "amt.en.label": "Weight",
            "amt.en.suffix": "pounds",
            "amt.en.message": "No dog is that heavy.",
        },
    }
    english = load_form(form(weight), "en")
    assert english.fields[0].kind is Kind.NUMBER
    assert english.fields[0].suffix == "pounds"
    assert [error.message for error in validate(english, {"gewicht": "300"})] == ["No dog is that heavy."]


def test_sentences_follow_the_language_of_the_moment():
    with speaking("en"):
        assert say("Ja") == "Yes"
        assert say("eine Datei") == "one file"
    assert say("Ja") == "Ja"


def test_a_language_that_nobody_knows_counts_as_german():
    speak("tlh")
    assert say("Nein") == "Nein"


def _json(source: dict[str, Any]) -> bytes:
    return json.dumps(source).encode()
