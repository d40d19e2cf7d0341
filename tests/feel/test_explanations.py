# SPDX-License-Identifier: EUPL-1.2
"""How a value came about, part by part."""

from decimal import Decimal

import pytest

from engine.feel import explain


def test_every_part_has_its_value():
    told = explain("betrag * 2 + 1", {"betrag": Decimal(5)})
    [product] = told.parts
    [amount] = product.parts
    assert [(part.text, part.value) for part in (told, product, amount)] == [
        ("betrag * 2 + 1", 11),
        ("betrag * 2", 10),
        ("betrag", 5),
    ]


def test_a_condition_is_told_in_german():
    told = explain('betrag > 100 and zone = "A"', {"betrag": Decimal("30.7"), "zone": "A"})
    assert told.german() == [
        "Alle diese Bedingungen: trifft nicht zu",
        "  betrag ist mehr als 100: trifft nicht zu",
        "    betrag = 30,7",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("n >= 18", "n ist mindestens 18: trifft zu"),
        ("n between 18 and 21", "n liegt zwischen 18 und 21: trifft zu"),
        ("n in [1..5]", "n in [1..5]: trifft nicht zu"),
        ('n = "x"', "n ist x: lässt sich nicht sagen"),
        ("n + 1", "n + 1 = 21"),
        ('@"2026-01-01" + @"P1M"', '@"2026-01-01" + @"P1M" = 01.02.2026'),
    ],
)
def test_a_line(text, line):
    assert explain(text, {"n": 20}).german()[0] == line


def test_an_explanation_is_bounded():
    told = explain("for i in 1..1000 return i * i + i", {})
    assert (len(told.value), len(told.german())) == (1000, 40)
