# SPDX-License-Identifier: EUPL-1.2
"""Which attributes of a model are expressions, and what becomes of the notation of Camunda 7."""

import pytest

from engine.feel import FeelSyntaxError, evaluate, strip_marker

SCOPE = {"a": 1, "b": True, "name": "x", "leer": None, "person": {"alter": 20}}


@pytest.mark.parametrize("literal", ["buergerbuero", "PT5M", "{a}", "a = 1", "$a", ""])
def test_text_without_a_marker_is_a_literal(literal):
    assert strip_marker(literal) is None


def test_an_equals_sign_marks_feel():
    assert strip_marker("= a + 1") == "a + 1"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${a == 1}", True),
        ("${a != 1 || b}", True),
        ("${!b}", False),
        ("${!(a == 1) && b}", False),
        ("${!person.alter}", None),
        ("${a eq 1 and not b}", False),
        ("${a ge 1}", True),
        ("${name == 'x'}", True),
        ("${leer == null}", True),
        ("${empty leer}", True),
        ("${a > 5 ? 'viel' : 'wenig'}", "wenig"),
        ("${a > 5 ? 1 : b ? 2 : 3}", 2),
        ("${person.alter >= 18}", True),
        ("${if b then 1 else 2}", 1),
        ("${not(b)}", False),
    ],
)
def test_camunda_expressions_mean_the_same_in_feel(written, expected):
    text = strip_marker(written)
    assert text is not None
    assert evaluate(text, SCOPE).value == expected


@pytest.mark.parametrize(
    "written", ["${execution.getVariable('a')}", "${a % 2}", "${'offen}", "${(a}", "${a ? 1}", "${bean.call()}"]
)
def test_what_has_no_translation_is_refused(written):
    with pytest.raises(FeelSyntaxError):
        strip_marker(written)
