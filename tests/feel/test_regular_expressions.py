# SPDX-License-Identifier: EUPL-1.2
"""`matches` and `replace`: the notation of XPath, and time that grows with the text only."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import FeelLimitExceeded, evaluate


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("ab", "^a$", False),
        ("ab", "a|b", True),
        ("aaa", "^(a|ab)*$", True),
        ("abc", "^a.c$", True),
        ("a\nb", "^b", False),
        ("x-y", "[a-z-[aeiou]]-[y]", True),
        ("ü1", r"^\\p{Ll}\\d$", True),
        ("Köln", r"^[\\w]+$", True),
        ("4711", r"^\\d{5}$", False),
        ("a.b", r"a\\.b", True),
        ("", "", True),
        ("abba", r"^(a)(b)\\2\\1$", True),
        ("abab", r"^(a)(b)\\2\\1$", False),
    ],
)
def test_regular_expressions(value, text, pattern, expected):
    assert value(f'matches(text, "{pattern}")', text=text) is expected


@pytest.mark.parametrize(
    "pattern", ["(", "a**", "[", "a{2,1}", "[b-a]", "(a)\\\\2", "(a\\\\1)", "\\\\p{Xy}", "a{9999}", "(" * 200]
)
def test_a_wrong_regular_expression_is_null_with_a_warning(value, warnings, pattern):
    assert value(f'matches("a", "{pattern}")') is None
    assert len(warnings(f'matches("a", "{pattern}")')) == 1


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(a*)*b", "a*a*a*a*a*a*b", "(.*)(.*)(.*)b", "((a?){30}){30}b", "(a*)*(a*)*\\\\1b"]
)
def test_no_regular_expression_explodes(pattern):
    try:
        assert evaluate(f'matches(text, "{pattern}")', {"text": "a" * 2000 + "!"}).value in (False, None)
    except FeelLimitExceeded:
        return


@given(
    st.sampled_from(["a*b", "(a|ab)(c|bcd)*", "a?b?c?", "[ab]+c|b", "(a+?)(b*)", "^a|c$", "(?:ab)+", "a{1,2}b{0,1}"]),
    st.text(alphabet="abcd", max_size=12),
)
def test_replacing_agrees_with_pythons_own_matcher(pattern, text):
    expected = re.sub(pattern, lambda match: "<>" if match.group() else "", text)
    assert evaluate(f'replace(text, "{pattern}", "<>")', {"text": text}).value == expected
