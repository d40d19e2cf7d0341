# SPDX-License-Identifier: EUPL-1.2
"""The page about what of BPMN is run says what the tests show, and they show much."""

from __future__ import annotations

import pytest

from tools.coverage_table import DOCUMENT, POINTS, MarkRefused, behaviour, behaviours, document

FEWEST = 250


def test_the_page_about_bpmn_says_what_the_tests_show():
    assert DOCUMENT.read_text("utf-8") == document(behaviours()), "run `make abdeckung`"


def test_so_many_behaviours_of_bpmn_are_shown():
    assert len(behaviours()) >= FEWEST


def test_no_test_shows_the_same_behaviour_twice():
    found = behaviours()
    assert len(found) == len(set(found))


@pytest.mark.parametrize("point", "ACDEFGHJ")
def test_each_point_about_steps_and_scopes_is_shown(point: str):
    assert point in POINTS
    assert [each for each in behaviours() if each.point == point]


@pytest.mark.parametrize(
    "mark",
    [
        pytest.mark.shows("userTask", "anywhere").mark,
        pytest.mark.shows("userTask", "anywhere", "perhaps").mark,
        pytest.mark.shows("userTask", "anywhere", "executed", point="Z").mark,
        pytest.mark.shows("userTask", "anywhere", "executed", because="it does").mark,
    ],
    ids=["no verdict", "another verdict", "another point", "another word"],
)
def test_a_mark_that_cannot_be_read_is_noticed(mark: pytest.Mark):
    with pytest.raises(MarkRefused, match=r"here\.py, test_x"):
        behaviour(mark, "test_x", "here.py")
