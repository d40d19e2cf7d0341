# SPDX-License-Identifier: EUPL-1.2
"""Text fields with a meaning of their own (``amt.type``): bring to one spelling, or say in German what is wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

_PLATE = re.compile(r"([A-ZÄÖÜ]{1,3})[ -]+([A-Z]{1,2})[ -]*([1-9][0-9]{0,3})[ -]*([EH]?)")
_PLATE_WITHOUT_GAP = re.compile(r"(?:([A-ZÄÖÜ])([A-Z])|([A-ZÄÖÜ]{3})([A-Z]{2}))[ -]*([1-9][0-9]{0,3})[ -]*([EH]?)")
_POSTCODE = re.compile(r"(?!00)[0-9]{5}")
_PLATE_MAX = 8
#: A decimal comma is told from the comma between the numbers by the digit behind it.
_DEGREES = r"(\d{1,2}(?:[.,]\d{1,15})?)°?"
_POSITION = re.compile(_DEGREES + r"(?:\s*[,;]\s+|\s*;\s*|\s+|,(?=\d{1,2}\.))" + _DEGREES)
_DASHES = dict.fromkeys(range(0x2010, 0x2016), "-") | {0x2212: "-"}
"""Hyphens, dashes and the minus sign, as phones and word processors put them in place of a hyphen."""


class Unreadable(ValueError):
    """The text is not of this type; the message is a German sentence with the cure."""


@dataclass(frozen=True)
class SpecialType:
    """How texts of one ``amt.type`` are handled. ``autocomplete`` is the WCAG 1.3.5 token unless the form names one."""

    normalise: Callable[[str], str]
    spaced: Callable[[str], str] = str
    input_type: str = "text"
    input_mode: str = ""
    autocomplete: str = ""
    max_length: int = 100

    def show(self, text: str) -> str:
        """The text as people write it; one that is not of this type stays as it was typed."""
        try:
            return self.spaced(text) if self.normalise(text) == text else text
        except Unreadable:
            return text


def normalise_email(text: str) -> str:
    """``Lena.Vogt@Example.ORG`` → ``Lena.Vogt@example.org``; asks no name server."""
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as reason:
        raise Unreadable(
            "Bitte geben Sie eine vollständige E-Mail-Adresse an, zum Beispiel name@beispiel.de."
        ) from reason


def normalise_phone(text: str) -> str:
    """``07021 / 502-0`` → ``+4970215020``; numbers without country code are German, and need their area code."""
    try:
        number = phonenumbers.parse(text, "DE")
    except phonenumbers.NumberParseException as reason:
        raise Unreadable(_PHONE_CURE) from reason
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not possible or not text.lstrip(" (").startswith(("+", "0")):
        raise Unreadable(_PHONE_CURE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_PHONE_CURE = "Bitte geben Sie eine Telefonnummer mit Vorwahl an, zum Beispiel 07021 5020."


def show_phone(text: str) -> str:
    """``+4970215020`` → ``+49 7021 5020``."""
    return phonenumbers.format_number(phonenumbers.parse(text), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def normalise_plate(text: str) -> str:
    """``es-ab 123`` → ``ES-AB 123``, ``s mx1e`` → ``S-MX 1E`` (§ 10 FZV, Anlage 2: 8 characters at most).

    Without a gap after the district code the same letters can name two cars (E-SA 1, ES-A 1); only where a single
    division is possible is it taken.
    """
    text = " ".join(text.upper().translate(_DASHES).split())
    found = _PLATE.fullmatch(text) or _PLATE_WITHOUT_GAP.fullmatch(text)
    if not found:
        raise Unreadable("Bitte geben Sie das Kennzeichen mit Bindestrich an, zum Beispiel ES-AB 123.")
    district, letters, digits, suffix = (part for part in found.groups() if part is not None)
    if len(district + letters + digits + suffix) > _PLATE_MAX:
        raise Unreadable("Ein Kennzeichen hat höchstens 8 Buchstaben und Ziffern. Bitte prüfen Sie Ihre Eingabe.")
    return f"{district}-{letters} {digits}{suffix}"


def normalise_postcode(text: str) -> str:
    """A German postcode: five digits."""
    digits = text.replace(" ", "").removeprefix("D-")
    if not _POSTCODE.fullmatch(digits):
        raise Unreadable("Bitte geben Sie eine Postleitzahl mit 5 Ziffern an, zum Beispiel 73230.")
    return digits


def normalise_position(text: str) -> str:
    """``48,6483 9,4511`` → ``48.648300, 9.451100``: latitude and longitude in degrees, within Germany (WGS 84)."""
    found = _POSITION.fullmatch(text.strip())
    lat, lon = (float(part.replace(",", ".")) for part in found.groups()) if found else (0.0, 0.0)
    if not (47.2 <= lat <= 55.1 and 5.8 <= lon <= 15.1):
        raise Unreadable(
            "Bitte geben Sie Breite und Länge in Grad an, zum Beispiel 48,6483 9,4511, oder lassen Sie das Feld leer."
        )
    return f"{lat:.6f}, {lon:.6f}"


def normalise_iban(text: str) -> str:
    """``de89 3704 0044 …`` → ``DE89370400440532013000``; checks length and check digits."""
    try:
        return IBAN(text).compact
    except SchwiftyException as reason:
        raise Unreadable(
            "Diese IBAN stimmt nicht. Bitte vergleichen Sie sie mit Ihrer Bankkarte oder Ihrem Kontoauszug."
        ) from reason


def show_iban(text: str) -> str:
    """In groups of four, as on the card."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


SPECIAL_TYPES: Mapping[str, SpecialType] = {
    "email": SpecialType(normalise_email, input_type="email", input_mode="email", autocomplete="email", max_length=254),
    "phone": SpecialType(normalise_phone, show_phone, input_type="tel", input_mode="tel", autocomplete="tel"),
    "plate": SpecialType(normalise_plate, max_length=20),
    "postcode": SpecialType(normalise_postcode, input_mode="numeric", autocomplete="postal-code", max_length=10),
    "position": SpecialType(normalise_position, input_mode="text", max_length=60),
    "iban": SpecialType(normalise_iban, show_iban, max_length=50),
}
