# SPDX-License-Identifier: EUPL-1.2
"""How long a permit is valid."""

from calendar import monthrange
from datetime import date, timedelta


def letzter_tag(erster_tag: date, monate: int) -> date:
    """The last valid day of a term in months: it ends before the day of the same number (§ 188 Abs. 2 BGB).

    22 November for 12 months ends on 21 November; 29 February for 12 months ends on 28 February.
    """
    if monate < 1:
        raise ValueError("A permit is valid for at least one month.")
    jahre, monat = divmod(erster_tag.month - 1 + monate, 12)
    jahr, monat = erster_tag.year + jahre, monat + 1
    tage = monthrange(jahr, monat)[1]
    if tage < erster_tag.day:
        return date(jahr, monat, tage)
    return date(jahr, monat, erster_tag.day) - timedelta(days=1)
