# SPDX-License-Identifier: EUPL-1.2
"""How letters and mails write money, dates and long numbers in German."""

import re
from datetime import date, datetime
from decimal import Decimal

_BEFORE_NUMBER = re.compile(r"(§§?|Art\.|Abs\.|Nr\.|Satz|Buchst\.) (?=\w)")


def euro(value: Decimal | int | str) -> str:
    """`Decimal("1234.5")` → `1.234,50 €`."""
    text = f"{Decimal(value):,.2f}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".") + "\N{NO-BREAK SPACE}€"


def prozent(value: Decimal) -> str:
    """`6,27 %`, without zeros that say nothing."""
    return f"{Decimal(value).normalize():f} %".replace(".", ",")


def datum(value: date | datetime | str) -> str:
    """`2026-11-22` → `22.11.2026`; takes dates and their ISO text."""
    day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{day:%d.%m.%Y}"


def viererblock(value: str) -> str:
    """Groups of four, as people read an IBAN or a payment reference aloud."""
    compact = value.replace(" ", "")
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def jahre(value: Decimal | int) -> str:
    """`1` → `1 Jahr`, `2` → `2 Jahre`."""
    return f"{value} Jahr" if value == 1 else f"{value} Jahre"


def hold_together(text: str) -> str:
    """Keep `§ 37 Abs. 5` on one line: what belongs to a number does not part from it."""
    return _BEFORE_NUMBER.sub("\\1\N{NO-BREAK SPACE}", text)
