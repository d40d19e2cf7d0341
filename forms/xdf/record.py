# SPDX-License-Identifier: EUPL-1.2
"""A draft of the record of processing activities (Art. 30 GDPR): what is processed follows from the schema."""

from .model import Group, Schema

_OPEN = "*offen*"


def record_of(schema: Schema) -> str:
    """The record in Markdown; what no schema can know is marked as open."""
    law = list(dict.fromkeys([*schema.law, *(law for _, element in schema.elements() for law in element.law)]))
    lines = [
        f"# Verarbeitungstätigkeit: {schema.label}",
        "",
        "Entwurf nach Art. 30 Abs. 1 DSGVO, aus dem Datenschema erzeugt. Was offen ist, ergänzt die Fachstelle mit der",
        "oder dem Datenschutzbeauftragten.",
        "",
        "| Angabe | |",
        "|---|---|",
        f"| Verantwortlicher | {_OPEN} |",
        f"| Zweck | {schema.description or schema.label} |",
        f"| Rechtsgrundlage | {'; '.join(law) or _OPEN} |",
        f"| Betroffene Personen | {_OPEN} |",
        f"| Empfänger | {_OPEN} |",
        f"| Übermittlung in Drittländer | {_OPEN} |",
        f"| Löschfrist | {_OPEN} |",
        f"| Technische und organisatorische Maßnahmen | {_OPEN} |",
        "",
        "## Kategorien der Daten",
        "",
        "| Angabe | Element | Pflicht | Grundlage |",
        "|---|---|---|---|",
    ]
    for around, element in schema.elements():
        if isinstance(element, Group) or element.art == "label":
            continue
        place = " / ".join([*(group.label for group in around), element.label])
        needed = "ja" if element.minimum and all(group.minimum for group in around) else "nein"
        lines.append(f"| {_cell(place)} | {element.id} | {needed} | {_cell('; '.join(element.law)) or '–'} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
