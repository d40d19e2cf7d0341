# SPDX-License-Identifier: EUPL-1.2
"""Bank statements as a bank would write them, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

IBAN = "DE02120300000000202051"
DAY = "2026-11-24"


@dataclass(frozen=True)
class Movement:
    """One movement; a negative amount goes out."""

    amount: str
    text: str = ""
    reference: str = ""
    name: str = "Erika Muster"
    iban: str = "DE89370400440532013000"
    end_to_end: str = "NOTPROVIDED"
    bank_reference: str = ""
    return_reason: str = ""
    currency: str = "EUR"
    status: str = "BOOK"


def camt(
    movements: Iterable[Movement],
    *,
    version: str = "08",
    kind: str = "053",
    iban: str = IBAN,
    closing: Decimal | None = None,
) -> bytes:
    """A camt file of one statement that begins with 1.000,00 €."""
    movements = list(movements)
    root, part = {
        "053": ("BkToCstmrStmt", "Stmt"),
        "052": ("BkToCstmrAcctRpt", "Rpt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    opening = Decimal("1000.00")
    booked = [each for each in movements if each.status == "BOOK"]
    end = opening + sum((Decimal(each.amount) for each in booked), Decimal(0)) if closing is None else closing
    balances = "" if kind != "053" else _balance("OPBD", opening) + _balance("CLBD", end)
    entries = "".join(_entry(each, version) for each in movements)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}">'
        f"<{root}><GrpHdr><MsgId>1</MsgId></GrpHdr><{part}><Id>2026-11/24</Id>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>{balances}{entries}</{part}></{root}></Document>"
    ).encode()


def _balance(code: str, amount: Decimal) -> str:
    sign = "CRDT" if amount >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{abs(amount)}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{DAY}</Dt></Dt></Bal>'
    )


def _entry(each: Movement, version: str) -> str:
    comes_in = not each.amount.startswith("-")
    sign, other = ("CRDT", "Dbtr") if comes_in else ("DBIT", "Cdtr")
    status = f"<Sts><Cd>{each.status}</Cd></Sts>" if version == "08" else f"<Sts>{each.status}</Sts>"
    name = f"<Nm>{escape(each.name)}</Nm>"
    party = f"<Pty>{name}</Pty>" if version == "08" else name
    pieces = [each.text[start : start + 35] for start in range(0, len(each.text), 35)]
    free = "".join(f"<Ustrd>{escape(piece)}</Ustrd>" for piece in pieces)
    structured = f"<Strd><CdtrRefInf><Ref>{each.reference}</Ref></CdtrRefInf></Strd>" if each.reference else ""
    returned = f"<RtrInf><Rsn><Cd>{each.return_reason}</Cd></Rsn></RtrInf>" if each.return_reason else ""
    bank = f"<AcctSvcrRef>{each.bank_reference}</AcctSvcrRef>" if each.bank_reference else ""
    amount = f'<Amt Ccy="{each.currency}">{each.amount.lstrip("-")}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
    return (
        f"<Ntry>{amount}{status}<BookgDt><Dt>{DAY}</Dt></BookgDt><ValDt><Dt>{DAY}</Dt></ValDt>{bank}"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{escape(each.end_to_end)}</EndToEndId></Refs>{amount}"
        f"<RltdPties><{other}>{party}</{other}><{other}Acct><Id><IBAN>{each.iban}</IBAN></Id></{other}Acct></RltdPties>"
        f"<RmtInf>{free}{structured}</RmtInf>{returned}</TxDtls></NtryDtls></Ntry>"
    )
