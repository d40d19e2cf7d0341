# SPDX-License-Identifier: EUPL-1.2
"""Reading the settings of a repeated group (``dynamiclist``) of a ``.form`` file."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .model import Repeat, Rule
from .problems import Place

MOST_ITEMS = 20
"""More items than this are possible only where the form says so."""
_MOST_EVER = 200
_PROPERTIES = frozenset({"amt.itemLabel", "amt.minItems", "amt.maxItems"})


def read_repeat(part: Mapping[str, Any], repeat: Repeat, hide: tuple[Rule, ...], place: Place) -> Repeat:
    """The list with its bounds; all that is wrong is noted at the place."""
    properties = place.properties(part, _PROPERTIES)
    minimum = _number(properties.get("amt.minItems"), 0, "amt.minItems", place)
    maximum = _number(properties.get("amt.maxItems"), MOST_ITEMS, "amt.maxItems", place)
    at_first = _number(part.get("defaultRepetitions"), max(1, minimum), "defaultRepetitions", place)
    if part.get("isRepeating", True) is not True:
        place.add(
            "Die Liste wiederholt sich nicht („isRepeating“).", "Bitte „isRepeating“ setzen oder eine Gruppe nehmen."
        )
    if maximum < 1 or minimum > maximum:
        place.add("Die kleinste Zahl der Einträge ist größer als die größte.", "Bitte beide berichtigen.")
    elif at_first > maximum:
        place.add("„defaultRepetitions“ ist mehr, als die Liste fasst.", "Bitte „amt.maxItems“ erhöhen.")
    return replace(
        repeat,
        item_label=properties.get("amt.itemLabel", repeat.label),
        minimum=minimum,
        maximum=maximum,
        at_first=at_first,
        changeable=part.get("allowAddRemove", True) is not False,
        hide=hide,
    )


def _number(value: Any, usual: int, name: str, place: Place) -> int:
    if value is None or value == "":
        return usual
    text = str(value)
    if not isinstance(value, bool) and text.isascii() and text.isdecimal() and int(text) <= _MOST_EVER:
        return int(text)
    place.add(f"„{name}“ ist keine ganze Zahl von 0 bis {_MOST_EVER}.", "Bitte nur Ziffern eingeben.")
    return usual
