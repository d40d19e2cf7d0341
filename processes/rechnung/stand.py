# SPDX-License-Identifier: EUPL-1.2
"""How a payment stands, in the cashier's words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from connectors.payment import PaymentState, PaymentStatus

Status = Literal["offen", "bezahlt", "fehlgeschlagen", "abgebrochen", "abgelaufen", "unbekannt"]

_STATUS: dict[PaymentStatus, Status] = {
    "initial": "offen",
    "paid": "bezahlt",
    "failed": "fehlgeschlagen",
    "canceled": "abgebrochen",
    "expired": "abgelaufen",
}


@dataclass(frozen=True)
class Zahlungsstand:
    """What the provider says about one transaction; `unbekannt` when it stayed open too long to go on asking."""

    status: Status
    betrag: Decimal
    waehrung: str
    zahlungsart: str | None = None
    am: datetime | None = None
    #: What was taken back after it had been paid.
    zurueckgebucht: Decimal = Decimal(0)
    #: What was given back at the provider.
    erstattet: Decimal = Decimal(0)

    @classmethod
    def from_provider(cls, state: PaymentState) -> "Zahlungsstand":
        """The provider's words in ours."""
        return cls(
            _STATUS[state.status],
            state.amount,
            state.currency,
            state.method,
            state.at,
            state.charged_back,
            state.refunded,
        )
