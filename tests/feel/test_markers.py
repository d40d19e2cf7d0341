# SPDX-License-Identifier: EUPL-1.2
"""Which attributes of a model are expressions."""

import pytest

from engine.feel import strip_marker


@pytest.mark.parametrize("literal", ["buergerbuero", "PT5M", "{a}", "a = 1", "$a", ""])
def test_text_without_a_marker_is_a_literal(literal):
    assert strip_marker(literal) is None


def test_an_equals_sign_marks_feel():
    assert strip_marker("= a + 1") == "a + 1"
