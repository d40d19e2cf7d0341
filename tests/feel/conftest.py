# SPDX-License-Identifier: EUPL-1.2
"""The nouns of the FEEL scenarios."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

from engine.feel import evaluate

# A busy machine must not fail a test; how long an example takes is no promise.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


class StoppedClock:
    """22 November 2026, 9:30 in the town."""

    zone = ZoneInfo("Europe/Berlin")

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 8, 30, tzinfo=UTC)

    def today(self) -> date:
        return date(2026, 11, 22)


@pytest.fixture
def clock():
    return StoppedClock()


@pytest.fixture
def value(clock):
    """The value of an expression; names of the scope are keyword arguments."""

    def evaluated(text, /, **scope):
        return evaluate(text, scope, clock=clock).value

    return evaluated


@pytest.fixture
def warnings(clock):
    """The warnings that an expression leaves."""

    def evaluated(text, /, **scope):
        return evaluate(text, scope, clock=clock).warnings

    return evaluated


@pytest.fixture
def antrag():
    """An application as a case holds it."""
    return {
        "person": {"vorname": "Änne", "geburtsdatum": date(1990, 2, 28)},
        "parken": {"zone": "A", "laufzeit_monate": 12},
        "kennzeichen": ["SG-AB 12", "SG-XY 3E"],
        "betrag": Decimal("30.70"),
    }
