# SPDX-License-Identifier: EUPL-1.2
"""How moments, money and sizes read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from web import texts

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 11, 26, 9, 0, tzinfo=UTC), "in 3 Tagen"),
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), "morgen"),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "morgen"),
        (datetime(2026, 11, 22, 23, 0, tzinfo=UTC), "vor 10 Stunden"),
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), "gestern"),
        (datetime(2026, 11, 23, 8, 40, tzinfo=UTC), "vor 20 Minuten"),
        (NOW, "gerade eben"),
        (date(2026, 11, 23), "heute"),
        (date(2026, 11, 9), "vor 2 Wochen"),
        (None, ""),
    ],
)
def test_distance_counts_days_of_the_town(app: Flask, value: object, words: str):
    with app.app_context():
        assert texts.relative(value) == words  # type: ignore[arg-type]  # parametrised with every kind


def test_moments_are_shown_in_the_zone_of_the_town(app: Flask):
    with app.app_context():
        assert texts.moment(NOW) == "23.11.2026, 10:00 Uhr"
        assert texts.moment(date(2026, 11, 23)) == "23.11.2026"
        assert texts.day("2026-07-01T23:30:00+00:00") == "02.07.2026"
        assert texts.moment(None) == ""


def test_money_and_sizes_are_german():
    assert texts.money(Decimal("1234.5")) == "1.234,50\xa0€"
    assert texts.money(Decimal("0.005")) == "0,01\xa0€"
    assert texts.money(None) == ""
    assert texts.count(1240) == "1.240"
    assert texts.file_size(512) == "1 KB"
    assert texts.file_size(2_500_000) == "2,4 MB"
