# SPDX-License-Identifier: EUPL-1.2
"""Electronic invoices after EN 16931: XRechnung and ZUGFeRD, read, checked and written."""

from connectors.einvoice.checking import Finding, findings
from connectors.einvoice.invoice import (
    Adjustment,
    Invoice,
    InvoiceRefused,
    Item,
    NoInvoiceData,
    Party,
    PayTo,
    Tax,
    Totals,
    from_gross,
    reckoned,
)
from connectors.einvoice.reading import MOST_BYTES, read_invoice
from connectors.einvoice.writing import write_xrechnung, write_zugferd

__all__ = [
    "MOST_BYTES",
    "Adjustment",
    "Finding",
    "Invoice",
    "InvoiceRefused",
    "Item",
    "NoInvoiceData",
    "Party",
    "PayTo",
    "Tax",
    "Totals",
    "findings",
    "from_gross",
    "read_invoice",
    "reckoned",
    "write_xrechnung",
    "write_zugferd",
]
