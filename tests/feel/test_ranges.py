# SPDX-License-Identifier: EUPL-1.2
"""Ranges: their notations, their properties, how they lie to each other (10.3.4.9) and `range(...)`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import evaluate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("]1..5[ = (1..5)", True),
        ("[1..5] = [1..5)", False),
        ("(< 10) = (< 10)", True),
        ("(= 10) = [10..10]", False),
        ("5 in (!= 5)", False),
        ("(>= 5).start", 5),
        ("(>= 5).end", None),
        ("(< 5).end included", False),
        ("(1..5].start included", False),
        ("[5..1]", None),
        ("1 in [2..null]", None),
        ("string([1..5))", "[1..5)"),
        ("string((< 5))", "(< 5)"),
        ('"b" in ["a".."c"]', True),
        ("[1..3] in [[1..3], [5..6]]", True),
    ],
)
def test_ranges_are_values(value, text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before(1, 2)", True),
        ("before([1..5), [5..9])", True),
        ("before([1..5], [5..9])", False),
        ("after((5..9], 5)", True),
        ("meets([1..5], [5..9])", True),
        ("met by([5..9], [1..5))", False),
        ("overlaps([1..5], [3..8])", True),
        ("overlaps([1..5), [5..8])", False),
        ("overlaps before([1..5), (1..5])", True),
        ("overlaps before([1..5], [1..5])", False),
        ("overlaps after([3..8], [1..5])", True),
        ("finishes(10, [1..10])", True),
        ("finishes(10, [1..10))", False),
        ("finished by([1..10], [5..10])", True),
        ("includes([1..10], (1..10))", True),
        ("includes((1..10], 1)", False),
        ("during([1..10), [1..10])", True),
        ("starts((1..5], [1..10])", False),
        ("started by([1..10], 1)", True),
        ("coincides([1..5], (1..5))", False),
        ("before(range: (< 5), point: 5)", True),
        ("includes((>= 5), [6..7])", True),
        ("before(1, null)", None),
        ('before(1, "a")', None),
    ],
)
def test_ranges_and_points_lie_to_each_other(value, text, expected):
    assert value(text) is expected


bounds = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(sorted)
ranges = st.builds(
    lambda bounds, open_, close: f"{open_}{bounds[0]}..{bounds[1]}{close}",
    bounds,
    st.sampled_from("[("),
    st.sampled_from("])"),
)
MIRRORED = [
    ("before", "after"),
    ("meets", "met by"),
    ("overlaps before", "overlaps after"),
    ("finishes", "finished by"),
    ("during", "includes"),
    ("starts", "started by"),
]


@given(st.sampled_from(MIRRORED), ranges, ranges)
def test_every_relation_has_its_mirror(names, one, other):
    assert evaluate(f"{names[0]}({one}, {other}) = {names[1]}({other}, {one})", {}).value is True


@pytest.mark.parametrize(
    "text", ["[1..3]", "(-1..3)", '["a".."c"[', '[@"2026-01-01"..date("2026-12-31")]', '[duration("P1D")..@"P2D"]']
)
def test_a_range_is_read_from_its_text(text):
    assert evaluate("range(text)", {"text": text}).value == evaluate(text, {}).value


@pytest.mark.parametrize(
    "text", ["", "[1..]", "[3..1]", "[null..null]", ">= 10", "[f(1)..2]", '[1.."b"]', "[1..2", "'"]
)
def test_other_text_is_no_range(text):
    assert evaluate("range(text)", {"text": text}).value is None
