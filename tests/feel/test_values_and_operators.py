# SPDX-License-Identifier: EUPL-1.2
"""Numbers, strings, booleans, ranges and comparisons."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import evaluate
from engine.feel.values import NUMBERS

TRUTH = {"true": True, "false": False, "null": None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("2 ** 3 ** 2", "64"),
        ("-2 ** 2", "4"),
        ("10 - 4 - 3", "3"),
        ("0.1 + 0.2", "0.3"),
        ("10 / 4", "2.5"),
        ("1.5e3", "1.5E+3"),
        ("- -5", "5"),
    ],
)
def test_arithmetic_follows_precedence_on_decimals(value, text, expected):
    assert value(text) == Decimal(expected)


def test_a_third_has_34_digits(value):
    assert value("1 / 3") == Decimal("0." + "3" * 34)


numbers = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=4)


@given(numbers, numbers, st.sampled_from("+-*"))
def test_arithmetic_equals_decimal_arithmetic(left, right, operator):
    exact = {"+": NUMBERS.add, "-": NUMBERS.subtract, "*": NUMBERS.multiply}[operator](left, right)
    assert evaluate(f"a {operator} b", {"a": left, "b": right}).value == exact


@given(numbers, numbers.filter(bool))
def test_division_is_undone_by_multiplication(left, right):
    back = evaluate("decimal(a / b * b, 4)", {"a": left, "b": right}).value
    assert back == left


@given(numbers, numbers)
def test_exactly_one_of_less_equal_greater_holds(left, right):
    verdicts = evaluate("[a < b, a = b, a > b]", {"a": left, "b": right}).value
    assert sorted(verdicts) == [False, False, True]


@pytest.mark.parametrize("left", TRUTH)
@pytest.mark.parametrize("right", TRUTH)
def test_and_has_three_values(value, left, right):
    both = (TRUTH[left], TRUTH[right])
    expected = False if False in both else None if None in both else True
    assert value(f"{left} and {right}") is expected


@pytest.mark.parametrize("left", TRUTH)
@pytest.mark.parametrize("right", TRUTH)
def test_or_has_three_values(value, left, right):
    both = (TRUTH[left], TRUTH[right])
    expected = True if True in both else None if None in both else False
    assert value(f"{left} or {right}") is expected


@pytest.mark.parametrize(("operand", "expected"), [("true", False), ("false", True), ("null", None), ('"x"', None)])
def test_not_has_three_values(value, operand, expected):
    assert value(f"not({operand})") is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 = 1.0", True),
        ('"a" = "a"', True),
        ("[1, 2] = [1, 2]", True),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("null = null", True),
        ("1 != null", True),
        ('"1" = 1', None),
        ('"a" < "b"', True),
        ("true < false", None),
        ("5 between 1 and 5", True),
        ('"x" < 1', None),
    ],
)
def test_comparison(value, text, expected):
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 in [1..5]", True),
        ("5 in [1..5)", False),
        ("5 in [1..5[", False),
        ("1 in (1..5]", False),
        ("1 in ]1..5]", False),
        ("5 in (< 3, > 4)", True),
        ("5 in > 7", False),
        ("5 in [4, 5]", True),
        ('"b" in ("a", "b")', True),
        ("null in [1..5]", None),
    ],
)
def test_in(value, text, expected):
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a" + "b"', "ab"),
        (r'"Zeile\n\"zwei\" \u00e4"', 'Zeile\n"zwei" ä'),
        (r'"\d+"', r"\d+"),
        (r'"\uD83D\uDC0E"', "🐎"),
        ('if 1 < 2 then "ja" else "nein"', "ja"),
        ('if null then "ja" else "nein"', "nein"),
    ],
)
def test_strings_and_if(value, text, expected):
    assert value(text) == expected


@pytest.mark.parametrize("text", ["1 / 0", "1 + null", '"a" - "b"', "10 ** 7000", "-true", "(-8) ** 0.5"])
def test_a_calculation_without_result_is_null_with_a_warning(value, warnings, text):
    assert value(text) is None
    assert len(warnings(text)) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 instance of number", True),
        ('"x" instance of number', False),
        ("null instance of Any", False),
        ('@"2026-01-01" instance of date', True),
        ('@"2026-01-01T00:00:00" instance of date', False),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("{a: 1} instance of context<a: number>", True),
        ('duration("P1M") instance of years and months duration', True),
    ],
)
def test_instance_of(value, text, expected):
    assert value(text) is expected
