# SPDX-License-Identifier: EUPL-1.2
"""The GiroCode says what the standard says, reads back as it was written, and cannot be bent."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from connectors.girocode import (
    MAX_BYTES,
    MAX_VERSION,
    GiroCodeRefused,
    Transfer,
    girocode,
    payload,
    plain_code,
    png,
    svg_data_uri,
)

FEE = Transfer(
    creditor="Stadtkasse Musterstadt",
    iban="DE02 1203 0000 0000 2020 51",
    bic="BYLADEM1001",
    amount=Decimal("30.00"),
    reference="RF57KT2026000123",
)


def read(picture: bytes) -> zxingcpp.Barcode:
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
    return found


def test_lines_are_those_of_the_standard():
    assert payload(FEE).split("\n") == [
        "BCD", "002", "1", "SCT", "BYLADEM1001", "Stadtkasse Musterstadt", "DE02120300000000202051",
        "EUR30.00", "", "RF57KT2026000123",
    ]  # fmt: skip


def test_free_text_and_note_stand_in_their_lines():
    transfer = replace(FEE, reference="", text="RF57KT2026000123 Parkausweis", purpose="govt", note="Danke")
    assert payload(transfer).split("\n")[8:] == ["GOVT", "", "RF57KT2026000123 Parkausweis", "Danke"]


@pytest.mark.parametrize("reference", ["RF18539007547034", "RF03HUND2026004711", "RF57510123456789", "RF741"])
def test_code_reads_back_as_it_was_written(reference):
    transfer = replace(FEE, reference=reference, creditor="Bürgerkasse Größenwörth")
    assert read(png(girocode(transfer))).text == payload(transfer)


def test_longest_transfer_fits():
    transfer = replace(
        FEE, creditor="K" * 70, reference="", text="T" * 140, purpose="GOVT", amount=Decimal("999999999.99")
    )
    code = girocode(transfer)
    assert code.error == "M"
    assert int(code.version) <= MAX_VERSION
    assert read(png(code)).text == payload(transfer)


def test_short_transfers_keep_level_m():
    assert girocode(FEE).designator == "6-M"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iban": "DE03120300000000202051"},
        {"iban": "DE02"},
        {"bic": "NOBIC"},
        {"reference": "RF18KT2026000123"},
        {"reference": ""},
        {"text": "und noch ein Text"},
        {"amount": Decimal("0")},
        {"amount": Decimal("-1")},
        {"amount": Decimal("1.005")},
        {"amount": Decimal("1000000000")},
        {"amount": Decimal("NaN")},
        {"creditor": " \n "},
        {"creditor": "K" * 71},
        {"purpose": "GOVTX"},
    ],
    ids=str,
)
def test_wrong_values_are_refused(wrong):
    with pytest.raises(GiroCodeRefused):
        payload(replace(FEE, **wrong))


def test_more_bytes_than_a_code_may_hold_are_refused():
    with pytest.raises(GiroCodeRefused, match=str(MAX_BYTES)):
        payload(replace(FEE, creditor="ä" * 70, reference="", text="ö" * 140))


@given(creditor=st.text(min_size=1, max_size=60), note=st.text(max_size=60))
def test_no_value_can_begin_a_line_of_its_own(creditor, note):
    try:
        lines = payload(replace(FEE, creditor=creditor, note=note)).split("\n")
    except GiroCodeRefused:
        return
    assert lines[6:10] == ["DE02120300000000202051", "EUR30.00", "", "RF57KT2026000123"]
    assert len(lines) <= 12
    assert all(line.isprintable() for line in lines)


def test_plain_code_holds_an_address():
    found = read(png(plain_code("https://stadt.example/ausweis/K7QF2M9X")))
    assert found.text == "https://stadt.example/ausweis/K7QF2M9X"
    assert plain_code("https://stadt.example/ausweis/K7QF2M9X").error == "Q"


def test_picture_for_letters_is_a_vector():
    assert svg_data_uri(plain_code("x")).startswith("data:image/svg+xml")
