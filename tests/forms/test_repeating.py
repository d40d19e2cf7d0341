# SPDX-License-Identifier: EUPL-1.2
"""A form asks the same questions for each item of a list: for every dog, and for every litter of each dog."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import FrozenClock
from forms import (
    answer_at,
    check_form,
    load_form,
    put_answer,
    read_step,
    summary,
    take_step,
    validate,
    visible_steps,
    with_items,
)
from forms.conditions import scope_of
from forms.values import clean_text
from tests.forms.examples import field, group, source
from tests.forms.test_formview import assert_accessible, page, posted_by, texts
from web.formview import render_error_summary, render_step, render_summary

CLOCK = FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


def items(label: str, path: str, *components: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A list, as it lies in the file."""
    return {"type": "dynamiclist", "label": label, "path": path, "components": list(components), **more}


LITTERS = items(
    "Würfe",
    "wuerfe",
    field("number", "welpen", decimalDigits=0, validate={"min": 1, "required": True}),
    defaultRepetitions=0,
    properties={"amt.itemLabel": "Wurf"},
)
DOGS = group(
    "Ihre Hunde",
    "steuer",
    field("checkbox", "zwinger"),
    items(
        "Hunde",
        "hunde",
        field("textfield", "name", validate={"required": True}),
        field("textfield", "rasse"),
        field("checkbox", "kampfhund"),
        field("textfield", "erlaubnis", conditional={"hide": "=not(kampfhund = true)"}),
        group("Herkunft", "herkunft", field("textfield", "zuechter")),
        LITTERS,
        conditional={"hide": "=steuer.zwinger = true"},
        properties={"amt.itemLabel": "Hund", "amt.minItems": "1", "amt.maxItems": "3"},
    ),
)
FORM = load_form(
    source(
        DOGS,
        group("Mehrere Hunde", "mehr", field("textfield", "grund", conditional={"hide": "=count(steuer.hunde) < 2"})),
    )
)
STEP = FORM.steps[0]


def posted(answers: dict[str, Any], **raw: str) -> dict[str, Any]:
    """The answers after the step was sent; `hunde__0__name` is the name of the first dog."""
    values = {"steuer." + name.replace("__", "."): [text] for name, text in raw.items() if "__" in name}
    buttons = {name: [f"steuer.{text}"] for name, text in raw.items() if "__" not in name}
    return read_step(FORM, STEP, values | buttons, answers, clock=CLOCK)


def dogs(*names: str) -> dict[str, Any]:
    """The answers of somebody with these dogs."""
    return {"steuer": {"zwinger": False, "hunde": [{"name": name, "wuerfe": []} for name in names]}}


def names(answers: dict[str, Any]) -> list[str]:
    return [dog.get("name", "") for dog in answer_at(answers, "steuer.hunde") or []]


def rendered(answers: dict[str, Any], raw: dict[str, list[str]] | None = None) -> str:
    errors = validate(FORM, answers, step=STEP, clock=CLOCK) if raw is not None else []
    return render_step(FORM, STEP, answers, errors=errors, clock=CLOCK)


# -- reading the file -----------------------------------------------------------------------------------------------


def test_a_list_shows_as_many_items_as_it_says_before_anything_is_answered() -> None:
    paths = [item.path for item in with_items(FORM, {}).steps[0].fields]
    assert paths == ["steuer.zwinger", *(f"steuer.hunde.0.{key}" for key in ("name", "rasse", "kampfhund", "erlaubnis",
                                                                              "herkunft.zuechter"))]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"properties": {"amt.minItems": "viele"}}, ["amt.minItems", "ganze Zahl"]),
        ({"properties": {"amt.minItems": "5", "amt.maxItems": "2"}}, ["größer als die größte"]),
        ({"defaultRepetitions": 9, "properties": {"amt.maxItems": "2"}}, ["defaultRepetitions", "amt.maxItems"]),
        ({"properties": {"amt.most": "2"}}, ["amt.most", "amt.maxItems"]),
        ({"isRepeating": False}, ["isRepeating"]),
        ({"path": "hinzufuegen"}, ["hinzufuegen", "Plattform selbst"]),
        ({"path": ""}, ["Name"]),
        ({"sortierbar": True}, ["sortierbar"]),
        ({"components": []}, ["leer"]),
        ({"components": [field("filepicker", "impfpass")]}, ["Dateien", "neben die Liste"]),
        ({"components": [field("textfield", "name", conditional={"hide": "=hunde.nahme = 1"})]}, ["hunde.nahme"]),
        ({"components": [items("B", "b", items("C", "c", field("textfield", "d")))]}, ["ineinander"]),
    ],
)
def test_a_list_that_cannot_be_run_is_refused(more: dict[str, Any], words: list[str]) -> None:
    part = items("Hunde", "hunde", field("textfield", "name")) | more
    findings = check_form(json.dumps(source(part)).encode())
    assert findings
    assert all(word in " ".join(findings) for word in words), findings


# -- filling in -----------------------------------------------------------------------------------------------------


def test_answers_lie_in_a_list() -> None:
    answers = posted({}, hunde__0__name=" Rex ", hunde__0__herkunft__zuechter="Vogt", hunde__0__rasse="Dackel")
    dog = {"name": "Rex", "rasse": "Dackel", "kampfhund": False, "herkunft": {"zuechter": "Vogt"}}
    assert answers == {"steuer": {"zwinger": False, "hunde": [dog]}}


def test_an_item_is_added_and_what_was_typed_is_kept() -> None:
    answers = posted({}, hunde__0__name="Rex", hinzufuegen="hunde")
    assert names(answers) == ["Rex", ""]


def test_an_item_in_the_middle_is_removed_and_the_others_move_up() -> None:
    answers = posted(dogs("Rex", "Bello", "Wuff"), hunde__2__name="Waldi", weglassen="hunde.1")
    assert names(answers) == ["Rex", "Waldi"]


def test_lists_stand_in_items_of_lists() -> None:
    answers = posted(dogs("Rex", "Bello"), hunde__0__name="Rex", hunde__1__name="Bello", hinzufuegen="hunde.1.wuerfe")
    answers = posted(answers, hunde__0__name="Rex", hunde__1__name="Bello", hunde__1__wuerfe__0__welpen="7")
    assert answer_at(answers, "steuer.hunde.1.wuerfe") == [{"welpen": Decimal(7)}]
    assert answer_at(answers, "steuer.hunde.0.wuerfe") in (None, [])


@pytest.mark.parametrize(
    ("before", "button", "after"),
    [
        (("a", "b", "c"), {"hinzufuegen": "hunde"}, 3),
        (("a",), {"weglassen": "hunde.0"}, 1),
        (("a", "b"), {"weglassen": "hunde.7"}, 2),
        (("a", "b"), {"weglassen": "hunde.-1"}, 2),
        (("a", "b"), {"weglassen": "hunde"}, 2),
        (("a", "b"), {"hinzufuegen": "hunde.0.herkunft"}, 2),
        (("a", "b"), {"hinzufuegen": "zwinger"}, 2),
    ],
)
def test_buttons_keep_to_the_bounds_of_the_list(before: tuple[str, ...], button: dict[str, str], after: int) -> None:
    assert len(names(posted(dogs(*before), **button))) == after


def test_items_that_the_list_does_not_have_are_not_read() -> None:
    answers = posted(dogs("Rex"), hunde__0__name="Rex", hunde__1__name="Schmuggel", hunde__99__name="Schmuggel")
    assert names(answers) == ["Rex"]


def test_a_list_that_is_hidden_is_not_answered() -> None:
    answers = posted(dogs("Rex"), hunde__0__name="Rex", zwinger__="", zwinger="")
    assert names(answers) == ["Rex"]
    answers = read_step(FORM, STEP, {"steuer.zwinger": ["true"], "steuer.hunde.0.name": ["Rex"]}, answers, clock=CLOCK)
    assert answers == {"steuer": {"zwinger": True}}


# -- checking -------------------------------------------------------------------------------------------------------


def test_errors_name_the_item() -> None:
    wrong = validate(FORM, dogs("Rex", ""), clock=CLOCK)
    assert [(error.path, error.item) for error in wrong] == [("steuer.hunde.1.name", "2. Hund")]


def test_errors_in_inner_lists_name_both_items() -> None:
    answers = dogs("Rex", "Bello")
    put_answer(answers, "steuer.hunde.1.wuerfe", [{"welpen": Decimal(3)}, {"welpen": Decimal(0)}])
    (wrong,) = validate(FORM, answers, clock=CLOCK)
    assert wrong.path == "steuer.hunde.1.wuerfe.1.welpen"
    assert wrong.item == "2. Hund, 2. Wurf"


@pytest.mark.parametrize(("number", "is_wrong"), [(0, True), (1, False), (3, False), (4, True)])
def test_too_few_and_too_many_items_are_refused(number: int, is_wrong: bool) -> None:
    wrong = validate(FORM, dogs(*["Rex"] * number), clock=CLOCK)
    assert [error.path for error in wrong] == (["steuer.hunde"] if is_wrong else [])


def test_a_condition_in_an_item_is_about_this_item() -> None:
    answers = dogs("Rex", "Bello")
    put_answer(answers, "steuer.hunde.1.kampfhund", True)
    shown = {part.path for part in with_items(FORM, answers).fields}
    assert {"steuer.hunde.0.erlaubnis", "steuer.hunde.1.erlaubnis"} <= shown
    html = rendered(answers)
    assert 'name="steuer.hunde.1.erlaubnis"' in html
    assert 'name="steuer.hunde.0.erlaubnis"' not in html


def test_expressions_elsewhere_see_the_list() -> None:
    assert [step.key for step in visible_steps(FORM, dogs("Rex"), clock=CLOCK)] == ["steuer"]
    assert [step.key for step in visible_steps(FORM, dogs("Rex", "Bello"), clock=CLOCK)] == ["steuer", "mehr"]


def test_items_of_the_case_do_not_shine_through() -> None:
    context = {"steuer": {"hunde": [{"name": "Alt"}, {"name": "Älter"}]}}
    assert len(scope_of(FORM, dogs("Rex"), context)["steuer"]["hunde"]) == 1


def test_pressing_a_button_is_not_sending() -> None:
    raw = {"steuer.hunde.0.name": [""], "hinzufuegen": ["steuer.hunde"]}
    outcome = take_step(FORM, STEP, raw, {}, clock=CLOCK)
    assert (outcome.errors, outcome.finished) == ([], False)


# -- on the page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [{}, dogs(), dogs("Rex"), dogs("Rex", "Bello", "Wuff")])
def test_the_page_is_accessible_with_any_number_of_items(answers: dict[str, Any]) -> None:
    assert_accessible(page(rendered(answers, {})))


def test_buttons_are_there_where_they_may_be_pressed() -> None:
    def buttons(answers: dict[str, Any]) -> list[tuple[str | None, str | None]]:
        found = page(rendered(answers)).iter("button")
        named = [(item.get("name"), item.get("value")) for item in found if item.get("name")]
        return [(name, value) for name, value in named if "wuerfe" not in (value or "")]

    assert buttons(dogs("Rex")) == [("hinzufuegen", "steuer.hunde")]
    assert buttons(dogs("Rex", "Bello", "Wuff")) == [("weglassen", f"steuer.hunde.{number}") for number in range(3)]


def test_every_item_has_a_name_that_screen_readers_say_with_its_buttons() -> None:
    page_of_two = page(rendered(dogs("Rex", "Bello")))
    legends = [texts(item) for item in page_of_two.iter("legend")]
    assert {"1. Hund", "2. Hund"} <= set(legends)
    assert "Entfernen: 2. Hund" in [texts(item) for item in page_of_two.iter("button")]


def test_the_summary_names_each_item() -> None:
    (section, *_) = summary(FORM, dogs("Rex", "Bello"), clock=CLOCK)
    assert ("2. Hund", "Name", "Bello") in [(line.item, line.label, line.value) for line in section.lines]
    summed_up = page(render_summary(FORM, dogs("Rex", "Bello"), clock=CLOCK))
    assert [texts(heading) for heading in summed_up.iter("h3")] == ["1. Hund", "2. Hund"]


def test_the_error_summary_names_the_item_too() -> None:
    wrong = validate(FORM, dogs("Rex", ""), clock=CLOCK)
    assert "2. Hund: Bitte füllen Sie" in texts(page(render_error_summary(wrong)))


# -- whatever is typed ----------------------------------------------------------------------------------------------

_TEXT = st.text(st.characters(categories=("L", "N"), include_characters=" -"), min_size=1, max_size=20).map(clean_text)
_LITTER = st.fixed_dictionaries({"welpen": st.integers(1, 12).map(Decimal)})
_DOG = st.fixed_dictionaries(
    {
        "name": _TEXT.filter(bool),
        "rasse": _TEXT,
        "kampfhund": st.just(False),
        "herkunft": st.fixed_dictionaries({"zuechter": _TEXT}),
        "wuerfe": st.lists(_LITTER, max_size=3),
    }
)


@given(st.lists(_DOG, min_size=1, max_size=3))
def test_what_the_page_shows_is_read_back_as_it_was(held: list[dict[str, Any]]) -> None:
    answers: dict[str, Any] = {"steuer": {"zwinger": False, "hunde": held}}
    assert validate(FORM, answers, clock=CLOCK) == []
    raw = posted_by(page(rendered(answers)))
    assert read_step(FORM, STEP, raw, answers, clock=CLOCK) == answers


_PATHS = st.sampled_from(
    ["steuer.zwinger", "steuer.hunde", "hinzufuegen", "weglassen", "mehr.grund", "gezeigt"]
    + [f"steuer.hunde.{number}.{key}" for number in (0, 1, 9, "x") for key in ("name", "wuerfe", "wuerfe.0.welpen")]
)


@given(st.lists(st.dictionaries(_PATHS, st.lists(_PATHS | st.text(max_size=5), max_size=2)), max_size=6))
def test_any_posts_leave_answers_that_can_be_checked_shown_and_summed_up(posts: list[dict[str, list[str]]]) -> None:
    answers: dict[str, Any] = {}
    for raw in posts:
        answers = take_step(FORM, STEP, raw, answers, clock=CLOCK).answers
        assert len(names(answers)) <= 3
    rendered(answers, {})
    summary(FORM, answers, clock=CLOCK)
