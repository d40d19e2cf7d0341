# SPDX-License-Identifier: EUPL-1.2
"""Reading bank statements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.bank import StatementRefused, read_statements
from tests.statements import IBAN, Movement, camt

RF = "RF18539007547034"

MT940 = f"""
:20:STARTUMS
:25:{IBAN}
:28C:00023/001
:60F:C261123EUR1000,00
:61:2611241124C30,00N166NONREF
:86:166?00GUTSCHRIFT?20SVWZ+{RF[:20]}?21 Hundesteuer?30COBADEFFXXX?31DE89370400440532013000?32Erika Muster
:62F:C261124EUR1030,00
-
"""


@pytest.mark.parametrize("version", ["02", "08"])
@pytest.mark.parametrize("kind", ["053", "052", "054"])
def test_every_kind_and_version_of_camt_is_read(kind: str, version: str):
    [statement] = read_statements(
        camt([Movement("30.00", text="Parkausweis", reference=RF)], kind=kind, version=version)
    )
    [line] = statement.lines
    assert (statement.iban, statement.format) == (IBAN, f"camt.{kind}")
    assert (line.amount, line.currency, line.booked_on) == (Decimal("30.00"), "EUR", date(2026, 11, 24))
    assert (line.name, line.iban, line.text, line.reference) == (
        *("Erika Muster", "DE89370400440532013000"),
        *("Parkausweis", RF),
    )


def test_a_text_that_the_bank_has_cut_is_put_together_again():
    words = f"Verwendungszweck mit vielen Worten {RF} und noch mehr davon"
    [statement] = read_statements(camt([Movement("1.00", text=words)]))
    assert RF in statement.lines[0].text.replace(" ", "")


def test_what_goes_out_is_negative_and_a_returned_debit_says_why():
    [statement] = read_statements(camt([Movement("-30.00", end_to_end=RF, return_reason="AC04")]))
    [line] = statement.lines
    assert (line.amount, line.return_reason, line.end_to_end) == (Decimal("-30.00"), "AC04", RF)


def test_what_is_not_booked_yet_is_left_out():
    [statement] = read_statements(camt([Movement("5.00", status="PDNG"), Movement("6.00")]))
    assert [line.amount for line in statement.lines] == [Decimal("6.00")]


def test_equal_lines_of_a_day_are_two_and_the_same_file_has_the_same_keys():
    movements = [Movement("5.00", text="Eis"), Movement("5.00", text="Eis"), Movement("7.00", bank_reference="BANK-1")]
    first, again = (read_statements(camt(movements))[0] for _ in range(2))
    keys = [line.key for line in first.lines]
    assert len(set(keys)) == 3
    assert keys == [line.key for line in again.lines]


def test_the_day_s_report_and_the_statement_have_the_same_keys():
    movements = [Movement("5.00", text="Eis"), Movement("7.00", bank_reference="BANK-1")]
    within, after = (read_statements(camt(movements, kind=kind))[0] for kind in ("052", "053"))
    assert [line.key for line in within.lines] == [line.key for line in after.lines]


def test_mt940_is_read():
    [statement] = read_statements(MT940.encode())
    [line] = statement.lines
    assert (statement.iban, statement.format) == (IBAN, "MT940")
    assert (statement.opening, statement.closing) == (Decimal("1000.00"), Decimal("1030.00"))
    assert (line.amount, line.name, line.iban) == (Decimal("30.00"), "Erika Muster", "DE89370400440532013000")
    assert RF in line.text


BOMB = b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Document>&b;</Document>'
FILE = b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kein Kontoauszug"),
        (b"%PDF-1.7", "kein Kontoauszug"),
        (b"<html></html>", "kein Kontoauszug nach camt"),
        (b"<Document>", "kein gültiges XML"),
        (b"<Document/>", "steht kein Kontoauszug"),
        (BOMB, "Dokumenttyp"),
        (FILE, "Dokumenttyp"),
        (camt([Movement("30.00")], iban=""), "fehlt die IBAN"),
        (camt([Movement("1.005")], closing=Decimal(1001)), "Betrag, der keiner ist"),
        (camt([Movement("NaN", status="BOOK")], closing=Decimal(1)), "Betrag, der keiner ist"),
        (camt([Movement("30.00")], closing=Decimal("1029.99")), "geht nicht auf"),
        (b":20:STARTUMS\n:25:\n", "kein lesbarer Kontoauszug nach MT940"),
    ],
)
def test_what_is_no_statement_is_refused_with_the_reason(content: bytes, words: str):
    with pytest.raises(StatementRefused) as refused:
        read_statements(content)
    assert words in str(refused.value)


def test_control_characters_become_blanks():
    content = camt([Movement("1.00", text="A", name="B")]).replace(b">A<", b">A&#13;&#10;RF<")
    assert read_statements(content)[0].lines[0].text == "A RF"


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(content: bytes):
    for start in (b"", b"<Document>", b":20:X\n"):
        try:
            read_statements(start + content)
        except StatementRefused:
            continue
