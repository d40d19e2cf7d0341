# SPDX-License-Identifier: EUPL-1.2
"""Reading camt.053, .052 and .054 of ISO 20022, in every version: names are compared without their namespace.

Only what is booked counts. The text of the payer is kept whole, for banks cut a reference into pieces of 27 or 35
characters. Entities, document types and addresses in the file are never followed.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from io import BytesIO

from lxml import etree

from connectors.bank.statements import Line, Statement, StatementRefused

#: The element that holds one statement → how the format is called.
_FORMATS = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
_OPENING, _CLOSING = ("OPBD", "PRCD", "OPAV"), ("CLBD", "ITBD", "CLAV")


def read_camt(content: bytes) -> list[Statement]:
    """The statements of a file. Raises StatementRefused."""
    try:
        return list(_statements(content))
    except etree.XMLSyntaxError as reason:
        raise StatementRefused(
            f"Die Datei ist kein gültiges XML (Zeile {reason.lineno}). Bitte laden Sie sie bei der Bank neu herunter."
        ) from reason


def _statements(content: bytes) -> Iterator[Statement]:
    events = etree.iterparse(
        BytesIO(content), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False
    )
    account = _Account("")
    checked = False
    for event, element in events:
        if not checked:
            checked = True
            _check_root(element)
        name = _name(element)
        if event == "start" and name in _FORMATS:
            account = _Account(_FORMATS[name])
        elif event == "end" and name == "Ntry" and account.format:
            account.lines.extend(_lines(element, account.currency))
            element.clear()
        elif event == "end" and name in _FORMATS:
            yield account.statement(element)
            account = _Account("")
            element.clear()


def _check_root(root: etree._Element) -> None:
    if root.getroottree().docinfo.doctype:
        raise StatementRefused("Die Datei enthält eine Dokumenttyp-Angabe; so etwas schickt keine Bank.")
    if _name(root) != "Document":
        raise StatementRefused("Das ist kein Kontoauszug nach camt. Bitte wählen Sie camt.053, camt.052 oder camt.054.")


class _Account:
    """A statement while it is read: entries are dropped from memory as soon as they are understood."""

    def __init__(self, format: str) -> None:
        self.format = format
        self.currency = "EUR"
        self.lines: list[Line] = []

    def statement(self, element: etree._Element) -> Statement:
        """The whole, once its end is reached."""
        iban = _text(element, "Acct", "Id", "IBAN")
        if not iban:
            raise StatementRefused("Im Kontoauszug fehlt die IBAN des Kontos.")
        balances = {_text(each, "Tp", "CdOrPrtry", "Cd"): _signed(each) for each in _children(element, "Bal")}
        opening = next((balances[code] for code in _OPENING if code in balances), None)
        closing = next((balances[code] for code in _CLOSING if code in balances), None)
        currency = _text(element, "Acct", "Ccy") or (self.lines[0].currency if self.lines else self.currency)
        return Statement.of(iban, _text(element, "Id"), self.format, currency, opening, closing, self.lines)


def _lines(entry: etree._Element, currency: str) -> Iterator[Line]:
    status = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
    if status not in ("BOOK", ""):
        return
    booked = _day(entry, "BookgDt") or _day(entry, "ValDt")
    if booked is None:
        raise StatementRefused("Eine Buchung im Kontoauszug hat kein Datum.")
    valued = _day(entry, "ValDt") or booked
    bank_reference = _text(entry, "AcctSvcrRef")
    info = _text(entry, "AddtlNtryInf")
    details = [each for group in _children(entry, "NtryDtls") for each in _children(group, "TxDtls")]
    if len(details) <= 1:
        line = _line(details[0] if details else None, entry, booked, valued, bank_reference, info)
        batch = next(_children(next(_children(entry, "NtryDtls"), entry), "Btch"), None)
        many = batch is not None and _text(batch, "NbOfTxs") not in ("", "1") and not details
        yield Line(**{**line.__dict__, "is_batch": many})
        return
    for number, detail in enumerate(details, start=1):
        own = _text(detail, "Refs", "AcctSvcrRef") or (bank_reference and f"{bank_reference}#{number}")
        yield _line(detail, entry, booked, valued, own, info)


def _line(
    detail: etree._Element | None, entry: etree._Element, booked: date, valued: date, bank_reference: str, info: str
) -> Line:
    part = detail if detail is not None else entry
    amount_of = part if detail is not None and _has_amount(detail) else entry
    credit = (_text(part, "CdtDbtInd") or _text(entry, "CdtDbtInd")) == "CRDT"
    amount, currency = _amount(amount_of)
    other = "Dbtr" if credit else "Cdtr"
    free = [each.text or "" for each in _children(next(_children(part, "RmtInf"), None), "Ustrd")]
    structured = next(_children(next(_children(part, "RmtInf"), None), "Strd"), None)
    end_to_end = _text(part, "Refs", "EndToEndId")
    return Line(
        amount=amount if credit else -amount,
        currency=currency,
        booked_on=booked,
        value_on=valued,
        name=_clean(_text(part, "RltdPties", other, "Pty", "Nm") or _text(part, "RltdPties", other, "Nm"), 140),
        iban=_clean(_text(part, "RltdPties", f"{other}Acct", "Id", "IBAN"), 34),
        text=_clean("".join(free) or info, 1000),
        reference=_clean(_text(structured, "CdtrRefInf", "Ref"), 35),
        end_to_end="" if end_to_end == "NOTPROVIDED" else _clean(end_to_end, 35),
        return_reason=_clean(_text(part, "RtrInf", "Rsn", "Cd"), 4),
        bank_reference="" if bank_reference in ("NONREF", "NOTPROVIDED") else _clean(bank_reference, 60),
    )


def _has_amount(detail: etree._Element) -> bool:
    return next(_children(detail, "Amt"), None) is not None or bool(_text(detail, "AmtDtls", "TxAmt", "Amt"))


def _amount(part: etree._Element) -> tuple[Decimal, str]:
    element = next(_children(part, "Amt"), None)
    if element is None:
        element = _find(part, "AmtDtls", "TxAmt", "Amt")
    if element is None:
        raise StatementRefused("Eine Buchung im Kontoauszug hat keinen Betrag.")
    return _decimal(element.text), _clean(element.get("Ccy") or "EUR", 3)


def _signed(balance: etree._Element) -> Decimal:
    amount, _ = _amount(balance)
    return amount if _text(balance, "CdtDbtInd") == "CRDT" else -amount


def _decimal(text: str | None) -> Decimal:
    try:
        amount = Decimal((text or "").strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount != round(amount, 2) or amount >= Decimal("1e10"):
        raise StatementRefused(f"Im Kontoauszug steht ein Betrag, der keiner ist: „{(text or '')[:30]}“.")
    return round(amount, 2)


def _day(part: etree._Element, name: str) -> date | None:
    text = _text(part, name, "Dt") or _text(part, name, "DtTm")[:10]
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as reason:
        raise StatementRefused(f"Im Kontoauszug steht ein Datum, das keines ist: „{text[:30]}“.") from reason


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _children(part: etree._Element | None, name: str) -> Iterator[etree._Element]:
    return (each for each in (part if part is not None else ()) if _name(each) == name)


def _find(part: etree._Element | None, *path: str) -> etree._Element | None:
    for name in path:
        part = next(_children(part, name), None)
    return part


def _text(part: etree._Element | None, *path: str) -> str:
    found = _find(part, *path)
    return (found.text or "").strip() if found is not None else ""


def _clean(text: str, most: int) -> str:
    """Without control characters, in one line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:most]
