# SPDX-License-Identifier: EUPL-1.2
"""What the town needs of any payment provider, whoever it is.

The way back from the provider carries no result, and a call from it is believed in nothing but that there is news: the
state is always asked for.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from urllib.parse import urlsplit

from engine.errors import AmtsflussError, ConnectorUnavailable
from engine.operations import Connector

PaymentStatus = Literal["initial", "paid", "failed", "canceled", "expired"]

# Limits of XBezahldienste; the narrowest that we know, so every provider can keep them.
MAX_AMOUNT = Decimal(999_999)
MAX_PURPOSE = 27
MAX_DESCRIPTION = 250
MAX_REFERENCE = 36
MAX_REDIRECT_URL = 2082
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,36}")
_PURPOSE = re.compile(r"[A-Za-z0-9_ -]{1,27}")
_TRANSLITERATION = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"}
)


class PaymentProviderUnavailable(ConnectorUnavailable):
    """The payment provider cannot be reached or does not answer sensibly; try again later."""


class PaymentRefused(AmtsflussError):
    """The payment provider does not accept this request; the same request will be refused again."""


@dataclass(frozen=True)
class ClientCredentials:
    """How we prove who we are (OAuth2 client credentials). The secret is kept out of `repr` and so out of logs."""

    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"ClientCredentials(client_id={self.client_id!r})"


@dataclass(frozen=True)
class PaymentRequest:
    """One payment that somebody wants to make. Amounts are gross, in euros and cents."""

    #: Ours, unique; the same one again means the same payment.
    request_id: str
    amount: Decimal
    #: What the payer's account statement will say; see `purpose_line`.
    purpose: str
    #: What the payer reads at the provider.
    description: str
    #: Where the payer's browser goes afterwards, whatever happened.
    redirect_url: str
    #: The claim's reference (ISO 11649), which travels into the cashier's books.
    reference: str
    currency: str = "EUR"

    def __post_init__(self) -> None:
        problems = [problem for problem, wrong in self._checks() if wrong]
        if problems:
            raise ValueError(f"A payment request needs {' and '.join(problems)}.")

    def _checks(self) -> list[tuple[str, bool]]:
        in_range = self.amount.is_finite() and 0 < self.amount <= MAX_AMOUNT
        address = urlsplit(self.redirect_url)
        return [
            ("a request id of at most 36 letters, digits, - and _", not _IDENTIFIER.fullmatch(self.request_id)),
            ("an amount between 0.01 and 999999", not in_range),
            ("an amount in whole cents", in_range and self.amount != round(self.amount, 2)),
            ("a purpose of at most 27 letters, digits, blanks, - and _", not _PURPOSE.fullmatch(self.purpose)),
            ("a description of at most 250 characters", not 0 < len(self.description) <= MAX_DESCRIPTION),
            ("a reference of at most 36 characters", not 0 < len(self.reference) <= MAX_REFERENCE),
            ("a web address to come back to", address.scheme not in ("http", "https") or not address.netloc),
            ("an address of at most 2082 characters", len(self.redirect_url) > MAX_REDIRECT_URL),
            ("euros", self.currency != "EUR"),
        ]


@dataclass(frozen=True)
class StartedPayment:
    """The provider knows the payment; the payer is sent to `redirect_url`."""

    transaction_id: str
    redirect_url: str


@dataclass(frozen=True)
class PaymentState:
    """How a payment stands at the provider."""

    status: PaymentStatus
    amount: Decimal
    currency: str
    #: CREDITCARD, PAYPAL, … as the provider calls it.
    method: str | None = None
    #: When the provider last touched it.
    at: datetime | None = None
    #: What the payer's bank or card company has taken back.
    charged_back: Decimal = Decimal(0)
    #: What has been given back at the provider, by us or on its own pages.
    refunded: Decimal = Decimal(0)


class PaymentProvider(Connector, ABC):
    """Lets people pay. Both calls raise PaymentProviderUnavailable (try again) or PaymentRefused (do not)."""

    line = "payments"
    #: The name under which its payments are booked: unique together with the transaction id.
    name: str = "zahlungsanbieter"
    #: Whether it can give money back the way it came; if not, it is transferred.
    gives_back: bool = False

    @abstractmethod
    def create(self, request: PaymentRequest) -> StartedPayment:
        """Announce a payment and learn where to send the payer."""

    @abstractmethod
    def state(self, transaction_id: str) -> PaymentState:
        """Ask how a payment stands; amount and currency are those the provider holds."""

    def refund(self, transaction_id: str, amount: Decimal, key: str) -> None:
        """Give a part of a payment back the way it came, in euros; the same key again means the same refund."""
        raise PaymentRefused("This provider gives nothing back; the money has to be transferred.")

    def news(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
        """The transaction that a call of the provider is about; None when the call is not from it or not about one.

        Providers that call nobody have no news.
        """
        return None


def purpose_line(text: str) -> str:
    """Text as an account statement takes it: umlauts written out, other signs as blanks, at most 27 characters."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", " ", text.translate(_TRANSLITERATION))
    return plain.strip()[:MAX_PURPOSE].strip() or "Zahlung"
