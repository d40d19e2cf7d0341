# SPDX-License-Identifier: EUPL-1.2
"""Texts with a meaning: one spelling for each, and a helpful word for what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.special import SPECIAL_TYPES, Unreadable, normalise_plate


@pytest.mark.parametrize(
    ("typed", "plate"),
    [
        ("es-ab 123", "ES-AB 123"),
        ("ES AB 123", "ES-AB 123"),
        ("ES-AB-123", "ES-AB 123"),
        ("es – ab123", "ES-AB 123"),
        ("s-mx 1e", "S-MX 1E"),
        ("b-oo 1234h", "B-OO 1234H"),
        ("tü a 1", "TÜ-A 1"),
        ("es-ab 1234", "ES-AB 1234"),
        ("ka1", "K-A 1"),
        ("gapxx 99", "GAP-XX 99"),
        ("ES\u2014AB 123", "ES-AB 123"),
        ("ES\u2011AB\u2010123", "ES-AB 123"),
    ],
)
def test_plates_get_one_spelling(typed: str, plate: str) -> None:
    assert normalise_plate(typed) == plate
    assert normalise_plate(plate) == plate


@pytest.mark.parametrize(
    "typed", ["ESAB123", "ES-AB 0123", "ES-AB 12345", "ES-ABC 1", "GAP-AB 1234E", "ES-AÖ 1", "123", "", "W-1234 X"]
)
def test_what_is_no_plate_or_could_be_two_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable, match="Bitte"):
        normalise_plate(typed)


@pytest.mark.parametrize(
    ("kind", "typed", "stored", "shown"),
    [
        ("email", "Lena.Vogt@Example.ORG", "Lena.Vogt@example.org", "Lena.Vogt@example.org"),
        ("email", "info@kirchheim-teck.de", "info@kirchheim-teck.de", "info@kirchheim-teck.de"),
        ("phone", "07021 / 502-0", "+4970215020", "+49 7021 5020"),
        ("phone", "+43 1 234567", "+431234567", "+43 1 234567"),
        ("postcode", "73 230", "73230", "73230"),
        ("iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
    ],
)
def test_other_texts_get_one_spelling(kind: str, typed: str, stored: str, shown: str) -> None:
    assert SPECIAL_TYPES[kind].normalise(typed) == stored
    assert SPECIAL_TYPES[kind].show(stored) == shown
    assert SPECIAL_TYPES[kind].normalise(shown) == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("email", "lena@"),
        ("email", "lena vogt@example.org"),
        ("email", "a@b@c.de"),
        ("phone", "keine"),
        ("phone", "12"),
        ("postcode", "7323"),
        ("postcode", "00123"),
        ("postcode", "٧٣٢٣٠"),
        ("iban", "DE89 3704 0044 0532 0130 01"),
        ("iban", "Sparkasse"),
    ],
)
def test_what_is_none_is_refused_with_a_cure(kind: str, typed: str) -> None:
    with pytest.raises(Unreadable, match="Bitte"):
        SPECIAL_TYPES[kind].normalise(typed)


@given(st.sampled_from(sorted(SPECIAL_TYPES)), st.text(max_size=120))
def test_any_text_is_either_brought_to_a_lasting_spelling_or_refused(kind: str, text: str) -> None:
    special = SPECIAL_TYPES[kind]
    try:
        stored = special.normalise(text)
    except Unreadable:
        return
    assert special.normalise(stored) == stored
    assert special.normalise(special.show(stored)) == stored


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("48,6483 9,4511", "48.648300, 9.451100"),
        ("48.6483, 9.4511", "48.648300, 9.451100"),
        ("48.6483,9.4511", "48.648300, 9.451100"),
        ("48,6483; 9,4511", "48.648300, 9.451100"),
        (" 48.6483° 9.4511° ", "48.648300, 9.451100"),
    ],
)
def test_place_is_kept_in_one_spelling(typed: str, kept: str):
    assert SPECIAL_TYPES["position"].normalise(typed) == kept
    assert SPECIAL_TYPES["position"].normalise(kept) == kept


@pytest.mark.parametrize("typed", ["", "Marktplatz", "48.6483", "9.4511 48.6483", "0 0", "48,6483,9,4511", "1e5 9"])
def test_place_that_is_none_is_refused(typed: str):
    with pytest.raises(Unreadable, match="Breite und Länge"):
        SPECIAL_TYPES["position"].normalise(typed)
