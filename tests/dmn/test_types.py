# SPDX-License-Identifier: EUPL-1.2
"""Item definitions: what fits, what is brought into the type, and what is wrong."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.dmn import ValueNotConvertible, load_decisions
from engine.dmn.evaluation import evaluated
from engine.dmn.reading import load_graph
from engine.dmn.session import Session
from tests.dmn.building import input_data, item, literal, needs

TYPES = "".join(
    [
        item("Farbe", base="string", allowed='"rot", "grün"'),
        item("Farben", base="Farbe", many=True, constraint="count(?) < 3"),
        item("Ort", "plz: string", "seit: date"),
        item("Person", "name: string", "ort: Ort"),
        item("Baum", "wert: number", "äste: Bäume"),
        item("Bäume", base="Baum", many=True),
    ]
)


def by_the_norm(model, type, value):
    """The value of an input of the type."""
    model.others = TYPES + input_data("x", type)
    model.decision("d", needs("x", kind="input") + literal("x"))
    return evaluated(Session(load_graph(model.xml()), {"x": value}, None, by_the_norm=True), (0, "d"))


ORT = {"plz": "12345", "seit": date(2020, 1, 1)}


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("number", Decimal(1)),
        ("Farbe", "rot"),
        ("Farben", ["rot", "grün"]),
        ("Ort", ORT),
        ("Ort", {**ORT, "mehr": True}),
        ("Person", {"name": "Ada", "ort": ORT}),
        ("Person", {"name": None, "ort": None}),
        ("Baum", {"wert": Decimal(1), "äste": [{"wert": Decimal(2), "äste": None}]}),
        ("Any", [Decimal(1), "x"]),
    ],
)
def test_what_fits_stays_as_it_is(model, type, value):
    assert by_the_norm(model, type, value) == value


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("number", "1"),
        ("date", "2026-01-01"),
        ("Farbe", "blau"),
        ("Farben", ["rot", "blau"]),
        ("Farben", ["rot", "rot", "rot"]),
        ("Ort", {"plz": "12345"}),
        ("Ort", {**ORT, "plz": Decimal(12345)}),
        ("Person", {"name": "Ada", "ort": {"plz": "1"}}),
        ("number", [Decimal(1), Decimal(2)]),
    ],
)
def test_what_does_not_fit_is_null_by_the_norm(model, type, value):
    assert by_the_norm(model, type, value) is None


@pytest.mark.parametrize(
    ("type", "value", "expected"),
    [
        ("number", [Decimal(1)], Decimal(1)),
        ("Farben", "rot", ["rot"]),
        ("date and time", date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)),
    ],
)
def test_what_the_standard_converts_is_converted(model, type, value, expected):
    assert by_the_norm(model, type, value) == expected


@pytest.mark.parametrize(
    ("value", "type", "expected"),
    [
        ('"blau"', "Farbe", True),
        ('["rot", 1]', "Farben", False),
        ('{plz: "1", seit: @"2020-01-01"}', "Ort", True),
        ('{plz: "1"}', "Ort", False),
    ],
)
def test_instance_of_knows_the_types_of_the_model(model, value, type, expected):
    model.others = TYPES
    model.literal("d", f"{value} instance of {type}")
    assert load_decisions(model.xml())["d"].evaluate({}).value is expected


def in_a_case(model, type, value):
    model.others = TYPES + input_data("x", type)
    model.decision("d", needs("x", kind="input") + literal("x"))
    return load_decisions(model.xml())["d"].evaluate({"x": value}).value


def test_the_variables_of_a_case_are_read_from_text_deep_inside(model):
    assert in_a_case(model, "Ort", {"plz": "12345", "seit": "2020-01-01"}) == ORT


def test_an_answer_that_is_missing_in_a_case_is_null(model):
    assert in_a_case(model, "Ort", {"plz": "12345"}) == {"plz": "12345", "seit": None}


@pytest.mark.parametrize(("type", "value"), [("Farbe", "blau"), ("Ort", {"seit": "gestern"}), ("number", "viel")])
def test_a_case_is_not_decided_on_values_that_do_not_fit(model, type, value):
    with pytest.raises(ValueNotConvertible):
        in_a_case(model, type, value)


def test_the_result_of_a_decision_is_of_its_type(model):
    model.others = TYPES
    model.literal("d", '"blau"', type="Farbe")
    with pytest.raises(ValueNotConvertible, match="d is blau, which is no Farbe"):
        load_decisions(model.xml())["d"].evaluate({})


def test_the_outputs_come_with_what_people_call_them(model):
    from tests.dmn.building import Column

    model.table("d", [Column("n")], [Column("betrag", "Gebühr in Euro")], ["- => 1"])
    assert load_decisions(model.xml())["d"].evaluate({"n": 1}).labels == {"betrag": "Gebühr in Euro"}
