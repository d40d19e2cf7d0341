# SPDX-License-Identifier: EUPL-1.2
"""How letters and mails write money, dates and long numbers in German."""

from datetime import date, datetime
from decimal import Decimal


def euro(value: Decimal | int | str) -> str:
    """`Decimal("1234.5")` → `1.234,50 €`."""
    text = f"{Decimal(value):,.2f}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".") + "\N{NO-BREAK SPACE}€"


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
