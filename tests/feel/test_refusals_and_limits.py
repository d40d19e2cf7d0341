# SPDX-License-Identifier: EUPL-1.2
"""Wrong text is named by line and column; nothing holds up the server."""

import re
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import FeelLimitExceeded, FeelSyntaxError, Result, evaluate, parse, parse_unary_tests
from engine.feel.limits import MAX_LIST_SIZE


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("a == b", 1, 4, "a single `=`"),
        ("a and\n  && b", 2, 3, "`and`"),
        ("'text'", 1, 1, "double quotes"),
        ('"offen', 1, 1, "closing"),
        (r'"\uD83D"', 1, 1, "two \\u escapes"),
        ("1 +", 1, 4, "a value"),
        ("if a then b", 1, 12, "`else`"),
        ("(1", 1, 3, "`)`"),
        ("f(1, name: 2)", 1, 13, "names for all"),
        ("@1", 1, 2, "a string after `@`"),
        ("1 in (> 2..3)", 1, 10, "after the tests"),
        ("a.1", 1, 2, "an operator"),
        ("", 1, 1, "a value"),
    ],
)
def test_a_syntax_error_says_where_and_what(text, line, column, expected):
    with pytest.raises(FeelSyntaxError, match=re.escape(expected)) as refused:
        parse(text)
    assert (refused.value.line, refused.value.column) == (line, column)


WORDS = [
    "if", "then", "else", "for", "in", "return", "some", "satisfies", "and", "or", "not", "(", ")", "[", "]", "{", "}",
    "..", ",", ":", ".", "+", "-", "*", "**", "/", "<", ">=", "=", "a", "b", "1", "2.5", '"x"', "@", '@"P1D"', "?",
    "null", "true", "function", "between", "instance of", "date and time", "number", "count", "item", "1..3", "/*",
]  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)))
def test_any_text_is_an_expression_or_a_syntax_error(text):
    try:
        expression = parse(text)
    except (FeelSyntaxError, FeelLimitExceeded):
        return
    assert isinstance(evaluate(expression, {"a": [1, 2], "b": {"a": 1}}), Result)


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)))
def test_any_text_is_a_cell_or_a_syntax_error(text):
    try:
        parse_unary_tests(text)
    except (FeelSyntaxError, FeelLimitExceeded):
        return


@pytest.mark.parametrize(
    "text",
    [
        "1" + " + 1" * 10_000,
        "(" * 500 + "1" + ")" * 500,
        "-" * 500 + "1",
        "[" * 500,
        "a" + ".b" * 500,
        "not(" * 500 + "true" + ")" * 500,
        "x in (" * 500,
        "if a then " * 500,
    ],
)
def test_an_expression_that_is_too_long_or_too_deep_is_refused(text):
    with pytest.raises(FeelLimitExceeded):
        parse(text)


DOUBLING = ", ".join(f"x{n + 1}: [x{n}, x{n}]" for n in range(60))


@pytest.mark.parametrize(
    "text",
    [
        f"count(for i in 1..{MAX_LIST_SIZE + 1} return 1)",
        "for i in 1..1e300 return 1",
        "for a in 1..2000, b in 1..2000 return 1",
        "some a in 1..2000, b in 1..2000 satisfies false",
        "{f: function(n) f(n + 1), r: f(1)}.r",
        f"{{x0: [1], {DOUBLING}}}",
        f"{{x0: [1], {DOUBLING}, same: string(x60) }}.same",
        f"{{x0: [1], {DOUBLING}, flat: flatten(x60) }}.flat",
        f"{{x0: [1], {DOUBLING}, y: x60 = [x59, x59] }}.y",
        "distinct values(for i in 1..5000 return i)",
        "for i in 1..10**18 return i",
        "count([1..10**18][item > 1]) + count(for i in [1..10**18] return i)",
        "{f: function(n) [f(n - 1), f(n - 1)], r: f(30)}.r",
        "{f: function(g) g(g), r: f(f)}.r",
        "for a in 1..20000 return partial",
        'for i in 1..1000 return matches(string join(for j in 1..100 return "a"), "(a*)*(a*)*b")',
        "sort(for i in 1..2000 return i, function(a, b) (some x in 1..1000 satisfies x > 999) and a > b)",
    ],
)
def test_an_evaluation_that_grows_too_large_is_stopped(text):
    with pytest.raises(FeelLimitExceeded):
        evaluate(text, {})


@pytest.mark.parametrize(
    "text",
    [
        "9 ** 9 ** 9 ** 9 ** 9",
        "exp(exp(exp(10)))",
        "1e-6143 / 1e6143",
        "modulo(1e6000, 7)",
        "string(1e6144)",
        'string join(for i in 1..19999 return "aaaaaaaaa")',
        "stddev([1e6000, -1e6000])",
        'duration("P999999999999D")',
        '@"P999999999Y" * 1e30',
        '@"2026-01-01" + @"P999999999Y"',
        "date(1e6000, 1, 1)",
        'substring("abc", 1e6000)',
        "[1, 2][1e6000]",
    ],
)
def test_what_is_too_large_is_a_value_at_once(text):
    began = monotonic()
    evaluate(text, {})
    assert monotonic() - began < 2


@pytest.mark.parametrize("text", ["10 ** 1e6000", "1.0000001 ** 1e30", "exp(1e6000)", "decimal(1, 1e6000)"])
def test_a_number_that_grows_too_large_is_null_or_a_number_at_once(value, text):
    assert value(text) is None or value(text) > 0
