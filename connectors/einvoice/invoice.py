# SPDX-License-Identifier: EUPL-1.2
"""An invoice with the terms of EN 16931, whichever syntax it came in. Amounts are exact; the field's BT is given."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class InvoiceRefused(ValueError):
    """The file is no invoice that can be read; the message says in German why and what to do."""


class NoInvoiceData(InvoiceRefused):
    """A PDF without data inside: people can read it, programs cannot."""


@dataclass(frozen=True)
class Party:
    """Seller (BG-4) or buyer (BG-7)."""

    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "DE"
    #: USt-IdNr. (BT-31, BT-48).
    vat_id: str = ""
    #: Steuernummer (BT-32).
    tax_number: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Item:
    """A line of an invoice (BG-25)."""

    text: str
    #: Without VAT (BT-131).
    amount: Decimal
    tax_rate: Decimal
    #: UNTDID 5305: S standard rate, Z zero, E exempt, AE reverse charge, O outside the scope.
    tax_category: str = "S"
    quantity: Decimal = Decimal(1)
    #: UN/ECE Recommendation 20; C62 is a piece.
    unit: str = "C62"
    #: Of one unit (BT-146), for `price_base` of them (BT-149).
    price: Decimal | None = None
    price_base: Decimal = Decimal(1)
    #: Charges less allowances of this line (BG-27, BG-28).
    adjustment: Decimal = ZERO


@dataclass(frozen=True)
class Adjustment:
    """An allowance (negative) or a charge (positive) on the whole invoice (BG-20, BG-21)."""

    amount: Decimal
    reason: str
    tax_rate: Decimal
    tax_category: str


@dataclass(frozen=True)
class Tax:
    """What one rate adds (BG-23)."""

    category: str
    rate: Decimal
    base: Decimal
    amount: Decimal
    #: Why there is none (BT-120).
    reason: str = ""


@dataclass(frozen=True)
class Totals:
    """The sums as the invoice states them (BG-22)."""

    lines: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    due: Decimal
    allowances: Decimal = ZERO
    charges: Decimal = ZERO
    paid: Decimal = ZERO
    rounding: Decimal = ZERO


@dataclass(frozen=True)
class PayTo:
    """To which account, and what to write (BG-16, BG-17)."""

    iban: str = ""
    name: str = ""
    reference: str = ""
    terms: str = ""


@dataclass(frozen=True)
class Invoice:
    """One invoice. `totals` are what it states, never what we would reckon."""

    number: str
    issued_on: date
    seller: Party
    buyer: Party
    items: tuple[Item, ...]
    taxes: tuple[Tax, ...]
    totals: Totals
    due_on: date | None = None
    #: UNTDID 1001: 380 invoice, 381 credit note, 384 corrected invoice.
    kind: str = "380"
    currency: str = "EUR"
    #: BT-10; of authorities in Germany the Leitweg-ID.
    buyer_reference: str = ""
    order_number: str = ""
    #: Day or period of the supply; § 14 UStG wants it.
    delivered_on: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    pay_to: PayTo = field(default_factory=PayTo)
    #: BT-24: which rules the invoice says that it follows.
    profile: str = ""
    #: XRechnung (UBL), XRechnung (CII), ZUGFeRD; for people.
    format: str = ""

    @property
    def is_credit(self) -> bool:
        """Whether the supplier owes the money."""
        return self.kind == "381" or self.totals.due < 0


def reckoned(draft: Invoice) -> Invoice:
    """An invoice of ours with its taxes and sums: VAT on the sum of each rate, rounded half up to the cent."""
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for item in draft.items:
        key = (item.tax_category, item.tax_rate)
        bases[key] = bases.get(key, ZERO) + item.amount
    taxes = [
        Tax(category, rate, base, (base * rate / 100).quantize(CENT, ROUND_HALF_UP), reason=_WHY_NONE.get(category, ""))
        for (category, rate), base in bases.items()
    ]
    net, tax = total(bases.values()), total(each.amount for each in taxes)
    sums = Totals(lines=net, net=net, tax=tax, gross=net + tax, due=net + tax)
    return replace(draft, taxes=tuple(taxes), totals=sums)


def from_gross(draft: Invoice) -> Invoice:
    """An invoice whose items were given with their VAT inside: what is to be paid stays to the cent what it was.

    The VAT of a rate is what is left of its sum; lines lose theirs one by one, the last takes what rounding leaves.
    """
    items: list[Item] = []
    taxes: list[Tax] = []
    for category, rate in dict.fromkeys((item.tax_category, item.tax_rate) for item in draft.items):
        same = [item for item in draft.items if (item.tax_category, item.tax_rate) == (category, rate)]
        gross = total(item.amount for item in same)
        base = _without_vat(gross, rate)
        taxes.append(Tax(category, rate, base, gross - base, reason=_WHY_NONE.get(category, "")))
        nets = [_without_vat(item.amount, rate) for item in same[:-1]]
        nets.append(base - total(nets))
        items += [replace(item, amount=net) for item, net in zip(same, nets, strict=True)]
    net, tax = total(each.base for each in taxes), total(each.amount for each in taxes)
    sums = Totals(lines=net, net=net, tax=tax, gross=net + tax, due=net + tax)
    return replace(draft, items=tuple(items), taxes=tuple(taxes), totals=sums)


def _without_vat(gross: Decimal, rate: Decimal) -> Decimal:
    return (gross * 100 / (100 + rate)).quantize(CENT, ROUND_HALF_UP)


_WHY_NONE = {"E": "Umsatzsteuerfrei", "O": "Nicht steuerbar"}


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts, 0,00 of none."""
    return sum(amounts, start=ZERO)
