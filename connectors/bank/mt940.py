# SPDX-License-Identifier: EUPL-1.2
"""Reading MT940, which some banks still send, by the library mt-940."""

from decimal import Decimal
from typing import Any

import mt940
from mt940.options import Options

from connectors.bank.statements import Line, Statement, StatementRefused

_REFUSED = "Die Datei ist kein lesbarer Kontoauszug nach MT940. Bitte wählen Sie bei der Bank camt.053."


def read_mt940(content: bytes) -> list[Statement]:
    """The statements of a file. Raises StatementRefused."""
    try:
        blocks = mt940.parse_statements(_decoded(content), options=Options(applicant_iban=True))
        return [_statement(block) for block in blocks]
    except StatementRefused:
        raise
    except Exception as reason:  # the library has no error of its own
        raise StatementRefused(_REFUSED) from reason


def _statement(block: Any) -> Statement:
    account = str(block.data.get("account_identification") or "").replace(" ", "")
    if not account:
        raise StatementRefused(_REFUSED)
    lines = [_line(each.data) for each in block if each.data.get("amount") is not None]
    opening, closing = (_balance(block.data.get(f"final_{name}_balance")) for name in ("opening", "closing"))
    number = str(block.data.get("statement_number") or block.data.get("transaction_reference") or "")
    return Statement.of(account[:34], number[:70], "MT940", "EUR", opening, closing, lines)


def _line(data: dict[str, Any]) -> Line:
    amount = data["amount"]
    text = str(data.get("purpose") or data.get("transaction_details") or "")
    return Line(
        amount=round(Decimal(amount.amount), 2),
        currency=str(amount.currency or "EUR")[:3],
        booked_on=data.get("entry_date") or data["date"],
        value_on=data["date"],
        name=_clean(data.get("applicant_name"))[:140],
        iban=_clean(data.get("applicant_iban")).replace(" ", "")[:34],
        text=_clean(text)[:1000],
        end_to_end=_clean(data.get("end_to_end_reference"))[:35],
        bank_reference="",
    )


def _balance(balance: Any) -> Decimal | None:
    return round(Decimal(balance.amount.amount), 2) if balance is not None else None


def _clean(text: Any) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text or "")).split())


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
