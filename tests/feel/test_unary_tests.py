# SPDX-License-Identifier: EUPL-1.2
"""The cells of decision tables."""

from datetime import date

import pytest

from engine.feel import FeelSyntaxError, check_unary_tests, evaluate_unary_tests


@pytest.mark.parametrize(
    ("cell", "tested", "expected"),
    [
        ("-", None, True),
        ('"A"', "A", True),
        ('"A", "B"', "B", True),
        ('not("A", "B")', "B", False),
        ('not("A")', "C", True),
        ("< 5", 4, True),
        (">= 5, < 2", 3, False),
        ("[1..3]", 3, True),
        ("[1..3)", 3, False),
        ("(1..3]", 1, False),
        ("not([1..3])", 5, True),
        ("? > 3 and ? < 5", 4, True),
        ('starts with(?, "SG")', "SG-AB 1", True),
        ("null", None, True),
        ("null", 1, False),
        ("not(null)", 1, True),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("grenze", 7, True),
        ("> grenze", 8, True),
        ("[1, 2]", 2, True),
        ("-1", -1, True),
        ('[date("2026-01-01")..date("2026-12-31")]', date(2026, 11, 22), True),
        ("= 5", 5, True),
        ("!= 5", 5, False),
    ],
)
def test_a_cell_accepts(cell, tested, expected):
    assert evaluate_unary_tests(cell, tested, {"grenze": 7}) is expected


@pytest.mark.parametrize("cell", ["< 5", "[1..3]", "not(< 5)"])
def test_a_missing_value_passes_no_comparison(cell):
    assert evaluate_unary_tests(cell, None, {}) is False


def test_values_of_different_kinds_leave_a_warning():
    assert check_unary_tests("< 5", "viel", {}).warnings == ("line 1, column 1: string and number cannot be compared",)


@pytest.mark.parametrize("cell", ["", "1,", "< ", "not(", "1 2"])
def test_what_is_no_cell_is_refused(cell):
    with pytest.raises(FeelSyntaxError):
        evaluate_unary_tests(cell, 1, {})
