# SPDX-License-Identifier: EUPL-1.2
"""Built-in functions on numbers, strings and lists."""

from decimal import Decimal

import pytest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('string length("Straße")', 6),
        ('upper case("äbc")', "ÄBC"),
        ('lower case("ÄBC")', "äbc"),
        ('contains("Anwohner", "wohn")', True),
        ('starts with("Anwohner", "An")', True),
        ('ends with("Anwohner", "an")', False),
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 3)', "oba"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring(string: "foobar", start position: 4)', "bar"),
        ('substring before("a-b", "-")', "a"),
        ('substring after("a-b", "-")', "b"),
        ('matches("SG-AB 12E", "^[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?[0-9]{1,4}[EH]?$")', True),
        ('matches("sg", "SG", "i")', True),
        ('replace("2026-01", "([0-9]+)-([0-9]+)", "$2/$1")', "01/2026"),
        ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
        ('string join(["a", "b"], ", ")', "a, b"),
    ],
)
def test_strings(value, text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("floor(-1.5)", -2),
        ("ceiling(1.2)", 2),
        ("round half up(2.345, 2)", "2.35"),
        ("round half down(2.345, 2)", "2.34"),
        ("round up(1.121, 2)", "1.13"),
        ("round down(-1.129, 2)", "-1.12"),
        ("decimal(2.5, 0)", 2),
        ("abs(-3)", 3),
        ("modulo(-12, 5)", 3),
        ('number("1.234,50", ".", ",")', "1234.50"),
        ('number("12")', 12),
    ],
)
def test_numbers(value, text, expected):
    assert value(text) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count([1, null])", 2),
        ("sum([1, 2.5])", Decimal("3.5")),
        ("sum(1, 2)", 3),
        ("sum([])", None),
        ("min([3, 1])", 1),
        ("max(3, 1)", 3),
        ("mean([1, 2])", Decimal("1.5")),
        ("list contains([1, null], null)", True),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("concatenate([1], [2])", [1, 2]),
        ("distinct values([1, 2, 1.0])", [1, 2]),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ("reverse([1, 2])", [2, 1]),
        ("sort([3, 1, 2])", [1, 2, 3]),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ("sort([1, true])", None),
    ],
)
def test_lists(value, text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string(30.00)", "30.00"),
        ("string(1e3)", "1000"),
        ("string(0 * -1)", "0"),
        ("string(true)", "true"),
        ("string(null)", None),
        ('string([1, "a", {b: null}])', '[1, "a", {b: null}]'),
        ('string(@"2026-01-31")', "2026-01-31"),
        ('string(duration("P1Y2M"))', "P1Y2M"),
    ],
)
def test_string_of_any_value(value, text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("floor(null)", "floor(): `n` must be number, not null"),
        ('count(lst: "x")', "count(): there is no parameter `lst`"),
        ("gibt es nicht(1)", "there is no function `gibt es nicht`"),
        ("fehlt(1)", "there is no function `fehlt`"),
        ('substring("abc", 9)', "substring(): the start position lies outside the string"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(warnings, text, warning):
    if text.startswith("gibt"):
        assert warnings(text, **{"gibt es nicht": 1}) == (f"line 1, column 1: {warning}",)
    else:
        assert warnings(text) == (f"line 1, column 1: {warning}",)
