# SPDX-License-Identifier: EUPL-1.2
"""Chapter 10.3.1: names, keywords, literals, comments, functions."""

import pytest

from engine.feel import evaluate


@pytest.fixture
def scope():
    """Names as people give them."""
    return {
        "Full Name": "Änne Lux",
        "date of birth": "1990",
        "x-y": 5,
        "x": 3,
        "y": 1,
        "Bob's age": 40,
        "🐎": "Pferd",
        "order in progress": True,
        "person": {"First Name": "Änne", "e-mail": "a@b.example", "if": 1},
        "people": [{"Last Name": "Lux", "age": 7}, {"Last Name": "Weiß", "age": 9}],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Full   Name", "Änne Lux"),
        ("date of birth", "1990"),
        ("x-y", 5),
        ("x - 1", 2),
        ("Bob's age + 1", 41),
        ("🐎", "Pferd"),
        ("not(order in progress)", False),
        ("person.First Name", "Änne"),
        ("person.e-mail", "a@b.example"),
        ("person.if", 1),
        ('people[Last Name = "Lux"].age', [7]),
        ("people[item.age > 8].Last Name", ["Weiß"]),
        ("{a b: 1, c: a b + 1}.c", 2),
        ("for Last Name in [1, 2] return Last Name", [1, 2]),
        ("(function(first value) first value * 2)(first value: 4)", 8),
        ('{"{}": 1, "a, b": 2}', {"{}": 1, "a, b": 2}),
    ],
)
def test_names_are_those_of_the_scope(scope, text, expected):
    assert evaluate(text, scope).value == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + /* one */ 2 // three", 3),
        ('"// no comment"', "// no comment"),
        (r'"\u0041\U01F40E"', "A🐎"),
        (r'"\uD83D\uDC0E"', "🐎"),
        (r'"a\"b\\c\n"', 'a"b\\c\n'),
        (".5 + 1.5e1 + 25E-2", 15.75),
        ("-2 ** 2", 4),
        ("- (1)", -1),
        ("[function() 1, 2][1]()", 1),
        ("(function(a) function(b) a - b)(5)(3)", 2),
        ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(20)}.r", 2432902008176640000),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1..4) return i", [1, 2, 3]),
        ("for i in 1..2, j in i..2 return 10 * i + j", [11, 12, 22]),
        ("for i in 1..4 return if i = 1 then 1 else partial[-1] * i", [1, 2, 6, 24]),
        ("1 between 2 and null", False),
        ("3 between 2 and null", None),
        ("5 in (> 3, < 1)", True),
        ("5 in ((< 10))", True),
        ("[][1]", None),
        ("null[item > 1]", []),
        ("[1, {a: 2}].a", [None, 2]),
    ],
)
def test_expressions(value, text, expected):
    assert value(text) == expected


def test_what_a_loop_has_so_far_is_a_copy(value):
    assert value("for i in 1..3 return partial") == [[], [[]], [[], [[]]]]


@pytest.mark.parametrize("text", ['@"2026-02-30"', '@"kein Datum"'])
def test_a_literal_that_stands_for_nothing_is_null(value, warnings, text):
    assert value(text) is None
    assert len(warnings(text)) == 1


def test_external_functions_are_refused_with_a_reason(value, warnings):
    text = 'function(a) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}'
    assert value(text) is None
    assert warnings(text) == ("line 1, column 1: external functions are not allowed",)


def test_a_warning_says_the_line(warnings):
    assert warnings('1 +\n  length("x")') == (
        "line 2, column 3: there is no function `length`",
        "line 1, column 1: `+` has no result because a value is null",
    )
