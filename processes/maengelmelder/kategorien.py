# SPDX-License-Identifier: EUPL-1.2
"""What can be reported. The keys stand in the form, in the table of terms and in the interface."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kategorie:
    """One kind of thing that can be broken."""

    name: str
    #: What belongs to it, for whoever chooses.
    beschreibung: str
    gruppe: str


KATEGORIEN = {
    "beleuchtung": Kategorie("Straßenbeleuchtung", "Leuchte aus, flackert oder brennt am Tag", "Straße"),
    "strasse": Kategorie("Straße und Gehweg", "Schlagloch, lockere Platten, Glätte", "Straße"),
    "schild": Kategorie("Verkehrszeichen und Ampel", "Schild verdreht, Ampel ausgefallen", "Straße"),
    "abfall": Kategorie("Abfall und Verschmutzung", "wilder Müll, voller Abfallkorb", "Sauberkeit"),
    "gruen": Kategorie("Bäume und Grünflächen", "Ast droht zu fallen, Hecke ragt in den Weg", "Grün"),
    "spielplatz": Kategorie("Spielplatz", "Spielgerät beschädigt, Scherben", "Grün"),
    "sonstiges": Kategorie("Etwas anderes", "alles, was sonst nirgends passt", "Sonstiges"),
}
