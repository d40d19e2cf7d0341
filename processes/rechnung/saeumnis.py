# SPDX-License-Identifier: EUPL-1.2
"""What being late costs by law (§ 240 AO)."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

from processes.gemeinsam.kalender import werktag

_STEP = Decimal(50)
_RATE = Decimal("0.01")
#: So many days late cost nothing, § 240 Abs. 3 AO.
_SCHONFRIST = 3


def saeumniszuschlag(betrag: Decimal, faellig: date, gezahlt: date) -> Decimal:
    """One per cent of the amount, rounded down to whole fifties, for each month that has begun (§ 240 Abs. 1 AO).

    Nothing within three days (Abs. 3), whose end moves to the next working day (§ 108 Abs. 3 AO).
    """
    if gezahlt <= werktag(faellig + timedelta(days=_SCHONFRIST)):
        return Decimal("0.00")
    base = betrag // _STEP * _STEP
    return (base * _RATE * angefangene_monate(faellig, gezahlt)).quantize(Decimal("0.01"))


def angefangene_monate(faellig: date, gezahlt: date) -> int:
    """Months that have begun since the day after the due date."""
    months = 0
    while months_later(faellig, months) < gezahlt:
        months += 1
    return months


def months_later(day: date, months: int) -> date:
    """The day of the same number, or the last of a shorter month (§ 188 Abs. 3 BGB)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
