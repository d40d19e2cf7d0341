# SPDX-License-Identifier: EUPL-1.2
"""How long a permit is valid, and what a warden is told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.anwohnerparkausweis.laufzeit import letzter_tag
from processes.anwohnerparkausweis.models import Parkausweis, neuer_pruefcode
from processes.anwohnerparkausweis.queries import zustand


@pytest.mark.parametrize(
    ("erster", "monate", "letzter"),
    [
        (date(2026, 11, 22), 12, date(2027, 11, 21)),
        (date(2026, 12, 1), 24, date(2028, 11, 30)),
        (date(2027, 1, 1), 12, date(2027, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 27)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
    ],
)
def test_term_ends_before_the_same_day(erster, monate, letzter):
    assert letzter_tag(erster, monate) == letzter


@given(erster=st.dates(date(2024, 1, 1), date(2060, 1, 1)), monate=st.integers(1, 36))
def test_longer_terms_end_later_and_none_is_cheated(erster, monate):
    ende = letzter_tag(erster, monate)
    assert letzter_tag(erster, monate + 1) > ende
    assert timedelta(days=28 * monate - 1) <= ende - erster <= timedelta(days=31 * monate)


def test_no_term_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one month"):
        letzter_tag(date(2026, 1, 1), 0)


@pytest.mark.parametrize(
    ("heute", "gesperrt", "erwartet"),
    [
        (date(2026, 11, 30), None, "noch nicht gültig"),
        (date(2026, 12, 1), None, "gültig"),
        (date(2027, 11, 30), None, "gültig"),
        (date(2027, 12, 1), None, "abgelaufen"),
        (date(2027, 3, 1), datetime(2027, 2, 1, tzinfo=UTC), "gesperrt"),
    ],
)
def test_state_on_a_day(heute, gesperrt, erwartet):
    ausweis = Parkausweis(gueltig_ab=date(2026, 12, 1), gueltig_bis=date(2027, 11, 30), gesperrt_am=gesperrt)
    assert zustand(ausweis, heute) == erwartet


def test_check_codes_are_not_guessed_and_not_misread():
    codes = {neuer_pruefcode() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 16 and not set(code) & set("01IO") for code in codes)
