# SPDX-License-Identifier: EUPL-1.2
"""Types: `instance of` (10.3.2.9), the parameters of functions, and implicit conversions."""

import pytest

from engine.feel import evaluate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 instance of number", True),
        ("null instance of Any", False),
        ("null instance of Null", True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("{a: 1, b: 2} instance of context<a: number>", True),
        ("{b: 2} instance of context<a: number>", False),
        ("[1..2] instance of range<number>", True),
        ('(< @"2026-01-01") instance of range<date>', True),
        ("(function(a) a) instance of function<number> -> Any", True),
        ("(function(a) a) instance of function<number, number> -> Any", False),
        ("count instance of function<list> -> number", True),
        ('@"P1D" instance of days and time duration', True),
        ('@"P1Y" instance of days and time duration', False),
        ('@"2026-01-01T10:00:00" instance of date', False),
    ],
)
def test_instance_of(value, text, expected):
    assert value(text) is expected


def test_types_of_the_host_are_asked_for_by_name():
    def find(name):
        return {"tKlein": lambda value: value < 10, "Sehr groß": lambda value: value > 99}.get(name)

    verdicts = "[1 instance of tKlein, [1, 20] instance of list<tKlein>, 100 instance of Sehr groß]"
    assert evaluate(verdicts, {}, types=find).value == [True, False, True]


def test_a_type_that_nobody_knows_is_null(value, warnings):
    assert value("1 instance of tFremd") is None
    assert warnings("1 instance of tFremd") == ("line 1, column 1: there is no type `tFremd`",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(function(a: number) a + 1)([4])", 5),
        ("(function(a: list<number>) count(a))(4)", 1),
        ('string((function(a: date and time) a)(@"2026-01-01"))', "2026-01-01T00:00:00Z"),
        ('(function(a: number) a = null)("x")', True),
        ('upper case(["a"])', "A"),
        ("count(1)", 1),
        ("1[1]", 1),
        ('time(@"2026-01-01") = @"00:00:00Z"', True),
    ],
)
def test_arguments_are_brought_into_the_type(value, text, expected):
    assert value(text) == expected
