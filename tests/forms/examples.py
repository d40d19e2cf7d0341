# SPDX-License-Identifier: EUPL-1.2
"""A form with one question of every kind, and short ways to make others."""

from typing import Any

from forms import Form, load_form


def field(type_: str, key: str, **more: Any) -> dict[str, Any]:
    """A question with the least that it needs."""
    return {"type": type_, "key": key, "label": key.capitalize(), **more}


def group(label: str, path: str, *components: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A group: a step on the top level, a fieldset further in."""
    return {"type": "group", "label": label, "path": path, "components": list(components), **more}


def source(*components: dict[str, Any]) -> dict[str, Any]:
    """A form as it lies in the file."""
    return {"type": "default", "id": "beispiel", "components": list(components)}


def form(*components: dict[str, Any]) -> Form:
    """A form that has been read."""
    return load_form(source(*components))


YES_NO = [{"value": "ja", "label": "Ja"}, {"value": "nein", "label": "Nein"}]
COLOURS = [{"value": "rot", "label": "Rot & Blau"}, {"value": "<gelb>", "label": "<b>Gelb</b>"}]

EVERY_KIND = [
    group(
        "Über Sie",
        "person",
        {
            "type": "text",
            "text": "Wir fragen **nur**, was wir brauchen.\n\nMehr [dazu](https://example.org/datenschutz).",
        },
        field("textfield", "vorname", properties={"amt.autocomplete": "given-name"}, validate={"required": True}),
        field("textfield", "email", description="Dorthin schreiben wir.", properties={"amt.type": "email"}),
        field("textfield", "telefon", properties={"amt.type": "phone"}),
        field("textfield", "plz", properties={"amt.type": "postcode"}),
        field("textfield", "iban", properties={"amt.type": "iban"}),
        field("datetime", "geburtstag", subtype="date", properties={"amt.autocomplete": "bday"}),
        {"type": "separator"},
        field("textarea", "grund", validate={"maxLength": 200}),
    ),
    group(
        "Ihr Fahrzeug",
        "fahrzeug",
        field("textfield", "kennzeichen", properties={"amt.type": "plate"}),
        field("number", "preis", decimalDigits=2, appearance={"suffixAdorner": "€"}, validate={"min": 0}),
        group("Ausstattung", "extras", field("checklist", "farben", values=COLOURS), field("checkbox", "haken")),
        field("radio", "halter", values=YES_NO, validate={"required": True}),
        field("select", "farbe", values=COLOURS),
        field(
            "textfield",
            "halter_name",
            conditional={"hide": '=fahrzeug.halter != "nein"'},
            properties={"amt.requiredIf": '=fahrzeug.halter = "nein"'},
        ),
    ),
    group(
        "Nachweise",
        "anlagen",
        field("filepicker", "schein", properties={"amt.accept": "pdf,jpeg,png", "amt.maxBytes": "1000000"}),
        field("filepicker", "weitere", multiple=True),
        field(
            "checkbox",
            "einwilligung",
            validate={"required": True},
            properties={"amt.type": "consent", "amt.consentVersion": "2026-11"},
        ),
    ),
]


def every_kind() -> Form:
    """The form with one question of every kind."""
    return form(*EVERY_KIND)
