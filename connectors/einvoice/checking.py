# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with an invoice: the sums (rules BR-CO of EN 16931), what § 14 UStG asks for, what we could not pay.

Nothing here decides: a person sees the findings and says what becomes of the invoice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from connectors.einvoice.invoice import CENT, Adjustment, Invoice, Item, Tax, total

#: Each line may be rounded by itself.
_TOLERANCE = CENT


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, in words for a clerk. A grave one keeps the invoice from being paid unseen."""

    rule: str
    text: str
    grave: bool = True


def findings(invoice: Invoice) -> list[Finding]:
    """All that is wrong with an invoice, in the order of its parts."""
    return [*_sums(invoice), *_taxes(invoice), *_duties(invoice), *_payment(invoice)]


def _sums(invoice: Invoice) -> Iterator[Finding]:
    sums = invoice.totals
    if not invoice.items:
        yield Finding(
            "§ 14 UStG", "Die Rechnung hat keine Positionen. Dieses Profil ist in Deutschland keine Rechnung."
        )
    for number, item in enumerate(invoice.items, start=1):
        if (expected := _line(item)) is not None and abs(expected - item.amount) > _TOLERANCE:
            yield Finding("PEPPOL-EN16931-R120", f"Position {number}: {_euro(item.amount)} statt {_euro(expected)}.")
    adjusted = total(each.amount for each in invoice.adjustments)
    steps = (
        ("BR-CO-10", "Summe der Positionen", sums.lines, total(each.amount for each in invoice.items)),
        ("BR-CO-11", "Zu- und Abschläge", sums.charges - sums.allowances, adjusted),
        ("BR-CO-13", "Nettobetrag", sums.net, sums.lines - sums.allowances + sums.charges),
        ("BR-CO-14", "Umsatzsteuer", sums.tax, total(each.amount for each in invoice.taxes)),
        ("BR-CO-15", "Bruttobetrag", sums.gross, sums.net + sums.tax),
        ("BR-CO-16", "Zahlbetrag", sums.due, sums.gross - sums.paid + sums.rounding),
    )
    for rule, what, stated, expected in steps:
        if stated != expected and (invoice.items or rule != "BR-CO-10"):
            yield Finding(rule, f"{what}: {_euro(stated)} steht da, gerechnet sind es {_euro(expected)}.")


def _line(item: Item) -> Decimal | None:
    if item.price is None:
        return None
    return (item.quantity * item.price / item.price_base + item.adjustment).quantize(CENT, ROUND_HALF_UP)


def _taxes(invoice: Invoice) -> Iterator[Finding]:
    bases: dict[tuple[str, Decimal], Decimal] = {}
    parts: list[Item | Adjustment] = [*invoice.items, *invoice.adjustments]
    for each in parts:
        key = (each.tax_category, each.tax_rate)
        bases[key] = bases.get(key, Decimal(0)) + each.amount
    for tax in invoice.taxes:
        yield from _one_tax(tax, bases.pop((tax.category, tax.rate), None) if invoice.items else tax.base)
    for (_, rate), base in bases.items():
        yield Finding("BR-CO-18", f"Für {_euro(base)} zu {_rate(rate)} ist keine Umsatzsteuer ausgewiesen.")


def _one_tax(tax: Tax, base: Decimal | None) -> Iterator[Finding]:
    if base is None or base != tax.base:
        yield Finding(
            "BR-S-08", f"Grundlage der Umsatzsteuer zu {_rate(tax.rate)}: {_euro(tax.base)} passt nicht dazu."
        )
    expected = (tax.base * tax.rate / 100).quantize(CENT, ROUND_HALF_UP)
    if abs(expected - tax.amount) > _TOLERANCE:
        yield Finding("BR-CO-17", f"Umsatzsteuer zu {_rate(tax.rate)}: {_euro(tax.amount)} statt {_euro(expected)}.")


def _duties(invoice: Invoice) -> Iterator[Finding]:
    seller = invoice.seller
    if not (seller.vat_id or seller.tax_number):
        yield Finding("§ 14 Abs. 4 Nr. 2 UStG", "Steuernummer oder USt-IdNr. des Lieferanten fehlt.")
    if not (seller.name and seller.city):
        yield Finding("§ 14 Abs. 4 Nr. 1 UStG", "Name oder Anschrift des Lieferanten fehlt.")
    if invoice.delivered_on is None:
        yield Finding("§ 14 Abs. 4 Nr. 6 UStG", "Tag oder Zeitraum der Leistung ist nicht angegeben.", grave=False)
    if not invoice.buyer_reference:
        yield Finding("BR-DE-15", "Die Leitweg-ID fehlt; eine Stelle muss von Hand bestimmt werden.", grave=False)


def _payment(invoice: Invoice) -> Iterator[Finding]:
    if invoice.currency != "EUR":
        yield Finding("Währung", f"Die Rechnung lautet auf {invoice.currency}; wir überweisen nur Euro.")
    if invoice.is_credit:
        yield Finding("Gutschrift", "Das ist eine Gutschrift: Es ist nichts zu überweisen.")
    elif invoice.totals.due == 0:
        yield Finding("Zahlbetrag", "Es ist nichts mehr zu zahlen.")
    if invoice.totals.due != round(invoice.totals.due, 2):
        yield Finding("Zahlbetrag", "Der Zahlbetrag hat Bruchteile eines Cents.")
    if not _is_iban(invoice.pay_to.iban):
        yield Finding("Konto", "Die Bankverbindung fehlt oder die IBAN stimmt nicht.")


def _is_iban(text: str) -> bool:
    try:
        IBAN(text)
    except SchwiftyException:
        return False
    return True


def _euro(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,")) + " €"


def _rate(rate: Decimal) -> str:
    return f"{rate.normalize():f} %".replace(".", ",")
