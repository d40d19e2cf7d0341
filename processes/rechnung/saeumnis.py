# SPDX-License-Identifier: EUPL-1.2
"""What being late or paying later costs by law: surcharge (§ 240 AO), interest (§ 238 AO, § 288 BGB)."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from processes.gemeinsam.kalender import werktag

_STEP = Decimal(50)
_RATE = Decimal("0.01")
_CENT = Decimal("0.01")
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


def stundungszinsen(betrag: Decimal, von: date, bis: date, satz: Decimal) -> Decimal:
    """Per cent for each full month of deferral, on the amount rounded down to whole fifties (§ 238 AO)."""
    months = 0
    while months_later(von, months + 1) <= bis:
        months += 1
    return (betrag // _STEP * _STEP * satz / 100 * months).quantize(_CENT, ROUND_DOWN)


def verzugszinsen(betrag: Decimal, faellig: date, gezahlt: date, satz: Decimal) -> Decimal:
    """Interest for each day after the due date, per cent a year (§ 288 Abs. 1 BGB)."""
    days = max(0, (gezahlt - faellig).days)
    return (betrag * satz / 100 * days / 365).quantize(_CENT, ROUND_HALF_UP)


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
