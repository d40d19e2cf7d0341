# SPDX-License-Identifier: EUPL-1.2
"""QR codes: the GiroCode that fills in a bank transfer (EPC069-12), and plain codes that hold an address.

EPC069-12 demands error correction level M, at most version 13 and at most 331 bytes, and one reference: structured
(ISO 11649, line 10) or free text (line 11), never both. A line break inside a value could redirect the money; all are
taken out.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

import segno
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import iso11649
from stdnum.exceptions import ValidationError

MAX_BYTES = 331
MAX_VERSION = 13
_CENT = Decimal("0.01")
_MAX_AMOUNT = Decimal("999999999.99")
_UTF8 = "1"


class GiroCodeRefused(ValueError):
    """These values make no valid transfer; the message names the value that is wrong."""


@dataclass(frozen=True)
class Transfer:
    """A bank transfer in euro. Give `reference` (ISO 11649) or `text`, not both."""

    creditor: str
    iban: str
    amount: Decimal
    reference: str = ""
    text: str = ""
    bic: str = ""
    #: SEPA purpose code of up to four letters.
    purpose: str = ""
    #: A note that the payer's bank shows to the payer.
    note: str = ""


def payload(transfer: Transfer) -> str:
    """The text inside the code. Raises GiroCodeRefused."""
    if bool(transfer.reference) == bool(transfer.text):
        raise GiroCodeRefused("A transfer has either a structured reference or a text.")
    lines = [
        "BCD",
        "002",
        _UTF8,
        "SCT",
        _bic(transfer.bic),
        _line("creditor", transfer.creditor, 70, required=True),
        _iban(transfer.iban),
        f"EUR{_amount(transfer.amount)}",
        _line("purpose", transfer.purpose, 4).upper(),
        _reference(transfer.reference),
        _line("text", transfer.text, 140),
        _line("note", transfer.note, 70),
    ]
    content = "\n".join(lines).rstrip("\n")
    if len(content.encode()) > MAX_BYTES:
        raise GiroCodeRefused(f"The transfer needs more than {MAX_BYTES} bytes.")
    return content


def girocode(transfer: Transfer) -> segno.QRCode:
    """The GiroCode of a transfer. Raises GiroCodeRefused."""
    code = segno.make_qr(payload(transfer), error="m", boost_error=False, mode="byte", encoding="utf-8")
    if int(code.version) > MAX_VERSION:
        raise GiroCodeRefused(f"The transfer needs a code larger than version {MAX_VERSION}.")
    return code


def plain_code(text: str) -> segno.QRCode:
    """A code that holds a text such as an address; level Q, so that a dirty windscreen does not matter."""
    return segno.make_qr(text, error="q", boost_error=False)


def svg_data_uri(code: segno.QRCode) -> str:
    """The code as an image address for letters and pages, with the quiet zone of four modules."""
    return code.svg_data_uri(scale=4, border=4, light="#fff")


def png(code: segno.QRCode, scale: int = 8) -> bytes:
    """The code as a PNG picture; `scale` is the width of one module in pixels."""
    out = BytesIO()
    code.save(out, kind="png", scale=scale, border=4)
    return out.getvalue()


def _line(what: str, value: str, limit: int, *, required: bool = False) -> str:
    """One value on one line: runs of blanks and line breaks become one blank, control characters go."""
    cleaned = "".join(char for char in " ".join(value.split()) if char.isprintable())
    if len(cleaned) > limit:
        raise GiroCodeRefused(f"The {what} is longer than {limit} characters.")
    if required and not cleaned:
        raise GiroCodeRefused(f"The {what} is missing.")
    return cleaned


def _iban(value: str) -> str:
    try:
        return str(IBAN(value).compact)
    except SchwiftyException as error:
        raise GiroCodeRefused("The IBAN is not valid.") from error


def _bic(value: str) -> str:
    if not value.strip():
        return ""
    try:
        return str(BIC(value).compact)
    except SchwiftyException as error:
        raise GiroCodeRefused("The BIC is not valid.") from error


def _reference(value: str) -> str:
    if not value:
        return ""
    try:
        return str(iso11649.validate(value))
    except ValidationError as error:
        raise GiroCodeRefused("The reference is not an ISO 11649 reference.") from error


def _amount(value: Decimal) -> str:
    amount = value.quantize(_CENT, ROUND_HALF_UP) if value.is_finite() else Decimal(0)
    if not _CENT <= amount <= _MAX_AMOUNT or amount != value:
        raise GiroCodeRefused("The amount must be between 0.01 and 999999999.99 euro, in whole cents.")
    return f"{amount:f}"
