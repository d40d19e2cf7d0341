# SPDX-License-Identifier: EUPL-1.2
"""Why a result came out: for the clerk, the citizen and the history."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from engine.dmn import load_decisions
from engine.dmn.conditions import german_condition
from engine.dmn.german import german, shown
from engine.feel import YearsMonths, parse_unary_tests
from tests.dmn.building import Column


@pytest.fixture
def fee(model):
    return model.table(
        "gebuehr",
        [Column("zone", "Zone"), Column("monate", "Dauer in Monaten"), Column("tag", "Antrag vom", "date")],
        [Column("betrag", "Gebühr in Euro", "number")],
        [
            '"A" | 24 | - => 60 # § 6a StVG',
            '"A" | 12 | [date("2026-01-01")..date("2026-12-31")] => 30 # § 6a StVG; Nr. 265 GebOSt',
            '"B" | < 12 | - => 10',
        ],
        annotations=["Rechtsgrundlage"],
        name="Gebühr",
    )


def trace(model, key="gebuehr", **scope):
    return load_decisions(model.xml())[key].evaluate(scope).trace


NOTICE = {"zone": "A", "monate": 12, "tag": date(2026, 11, 22)}


def test_the_line_for_the_citizen_names_answers_rule_result_and_law(fee):
    assert trace(fee, **NOTICE).german() == [
        "Zone = A; Dauer = 12 Monate; Antrag vom = 22.11.2026 → Regel 2: 30,00 € "
        "(Rechtsgrundlage: § 6a StVG; Nr. 265 GebOSt)"
    ]


def test_without_a_matching_rule_every_rule_says_why(fee):
    assert trace(fee, **{**NOTICE, "zone": "B"}).german() == [
        "Zone = B; Dauer = 12 Monate; Antrag vom = 22.11.2026 → keine Regel trifft zu.",
        "Regel 1 trifft nicht zu: Zone = B, verlangt ist A",
        "Regel 2 trifft nicht zu: Zone = B, verlangt ist A",
        "Regel 3 trifft nicht zu: Dauer = 12 Monate, verlangt ist weniger als 12",
    ]


def test_every_rule_is_in_the_trace_with_the_cell_that_failed(fee):
    rules = trace(fee, **NOTICE).rules
    assert [(rule.verdict, rule.failed and rule.failed.test.text) for rule in rules] == [
        ("failed", "24"),
        ("matched", None),
        ("failed", '"B"'),
    ]


def test_rules_after_the_first_hit_are_marked_as_not_reached(model):
    model.table("gebuehr", [Column("n")], [Column("b")], ["> 1 => 1", "> 2 => 2"], hit_policy="FIRST")
    assert [rule.verdict for rule in trace(model, n=5).rules] == ["matched", "not reached"]


def test_the_default_is_told_as_such(model):
    default = "<defaultOutputEntry><text>99</text></defaultOutputEntry>"
    model.table("gebuehr", [Column("alter", "Alter")], [Column("b", extra=default)], ["< 20 => 1"])
    assert trace(model, alter=50).german() == ["Alter = 50 → keine Regel trifft zu, es gilt die Vorgabe: 99"]


def test_required_decisions_are_told_first(model):
    model.table("stufe", [Column("alter", "Alter")], [Column("wert")], ['>= 18 => "voll"'])
    model.literal("gebuehr", "30.00", requires=["stufe"])
    assert trace(model, alter=20).german() == ["Alter = 20 → Regel 1: voll", "gebuehr → 30,00"]


def test_a_decision_that_is_required_in_many_ways_is_told_once(model):
    model.literal("d0a", "1").literal("d0b", "1")
    for n in range(1, 30):
        for side in "ab":
            model.literal(f"d{n}{side}", f"d{n - 1}a + d{n - 1}b", requires=[f"d{n - 1}a", f"d{n - 1}b"])
    assert len(trace(model, "d29a").german()) == 59


def test_a_value_that_is_not_allowed_is_told(model):
    allowed = '<inputValues><text>"A","B"</text></inputValues>'
    model.table("gebuehr", [Column("zone", "Zone", extra=allowed)], [Column("b")], ['"A" => 1'])
    assert trace(model, zone="X").german()[0] == "Zone = X ist kein zulässiger Wert."


def test_law_and_source_among_the_outputs_stand_in_brackets(model):
    outputs = [Column("betrag", "Gebühr in Euro"), Column("rechtsgrundlage", "Rechtsgrundlage")]
    model.table("gebuehr", [Column("zone", "Zone")], outputs, ['- => 25 | "§ 6a StVG"'])
    assert trace(model, zone="A").german() == ["Zone = A → Regel 1: Gebühr = 25,00 € (Rechtsgrundlage: § 6a StVG)"]


def test_the_trace_is_json(fee):
    stored = json.loads(json.dumps(trace(fee, **NOTICE).as_dict()))
    assert (stored["outputs"], stored["inputs"][2]["value"]) == ([{"betrag": "30"}], "2026-11-22")


def test_faults_of_the_model_are_warnings(model):
    model.table("gebuehr", [Column("n")], [Column("b")], ["- => 1 / n"])
    [warning] = trace(model, n=0).warnings
    assert (warning.startswith("1 / n: "), "cannot be divided by 0" in warning) == (True, True)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('"A", "B"', "A oder B"),
        ('not("A", "B", "C")', "alles außer A, B oder C"),
        (">= 18", "mindestens 18"),
        ("< -5", "weniger als -5"),
        ("[1..12)", "1 bis unter 12"),
        ('[date("2026-01-01")..date("2027-01-01"))', "01.01.2026 bis vor dem 01.01.2027"),
        ('<= date("2026-01-01")', "spätestens am 01.01.2026"),
        ("true", "ja"),
        ("? > grenze", None),
        ("grenze", None),
    ],
)
def test_conditions_in_german(cell, expected):
    assert german_condition(parse_unary_tests(cell)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1234567.50"), "1.234.567,50"),
        (Decimal("-0.5"), "-0,5"),
        (True, "ja"),
        (None, "keine Angabe"),
        (date(2026, 1, 2), "02.01.2026"),
        (datetime(2026, 1, 2, 9, 5), "02.01.2026, 09:05 Uhr"),
        (YearsMonths(14), "1 Jahr 2 Monate"),
        (timedelta(days=1, hours=2), "1 Tag 2 Stunden"),
        (["A", Decimal(2)], "A, 2"),
        ("Text", "Text"),
    ],
)
def test_values_in_german(value, expected):
    assert german(value) == expected


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("Gebühr in Euro", Decimal(25), ("Gebühr", "25,00 €")),
        ("Gebühr (€)", Decimal("25.5"), ("Gebühr", "25,50 €")),
        ("Laufzeit in Monaten", Decimal(1), ("Laufzeit", "1 Monat")),
        ("Laufzeit in Monaten", "12", ("Laufzeit", "12 Monate")),
        ("Frist, Tage", Decimal(14), ("Frist", "14 Tage")),
        ("Gebühr in Euro", None, ("Gebühr in Euro", "keine Angabe")),
    ],
)
def test_a_unit_moves_from_the_label_to_the_value(label, value, expected):
    assert shown(label, value) == expected
