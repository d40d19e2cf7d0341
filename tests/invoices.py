# SPDX-License-Identifier: EUPL-1.2
"""An invoice of an invented builder to the town, to be changed by tests."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.einvoice import Invoice, Item, Party, PayTo, Totals, reckoned

SUPPLIER = Party(
    "Bau Beispiel GmbH",
    "Werkstr. 7",
    "73230",
    "Kirchheim unter Teck",
    vat_id="DE123456789",
    contact="Beate Beispiel",
    phone="07021 111",
    email="rechnung@bau.example",
)
TOWN = Party("Stadt Musterstadt", "Rathausplatz 1", "12345", "Musterstadt", email="rechnung@musterstadt.example")
EMPTY = Totals(*[Decimal(0)] * 5)


def invoice(net: str = "500.00", number: str = "R-1", **changed: Any) -> Invoice:
    """One line with 19 % VAT; other fields as named."""
    usual = Invoice(
        number=number,
        issued_on=date(2026, 9, 1),
        due_on=date(2026, 9, 30),
        delivered_on=date(2026, 8, 30),
        seller=SUPPLIER,
        buyer=TOWN,
        items=(Item("Pflaster ausbessern", Decimal(net), Decimal(19)),),
        taxes=(),
        totals=EMPTY,
        buyer_reference="08116033-BAUHOF-31",
        pay_to=PayTo("DE89370400440532013000", "Bau Beispiel GmbH", f"Rechnung {number}"),
    )
    return reckoned(replace(usual, **changed))
