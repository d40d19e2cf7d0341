# SPDX-License-Identifier: EUPL-1.2
"""What every public site has to say about itself: privacy, who is responsible, accessibility."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from flask import render_template

from web.bootstrap import platform
from web.citizens import provider_name
from web.portal import blueprint

_CHECKED = Path(__file__).with_name("barrierefreiheit.toml")
STATES = ("erfüllt", "teilweise", "nicht geprüft", "entfällt")


@dataclass(frozen=True)
class Kriterium:
    """One success criterion of WCAG 2.1, and what was found."""

    nummer: str
    stufe: str
    name: str
    #: One of `STATES`.
    stand: str
    #: automatisch | von Hand; empty where nothing was checked.
    wie: str
    #: What is missing, and how one manages all the same.
    luecke: str


@dataclass(frozen=True)
class Pruefung:
    """The list of what was checked, as of a day."""

    am: date
    kriterien: tuple[Kriterium, ...]

    @property
    def luecken(self) -> list[Kriterium]:
        """What is not, or not known to be, as it should be."""
        return [each for each in self.kriterien if each.stand in {"teilweise", "nicht geprüft"}]

    def anzahl(self, stand: str) -> int:
        """How many criteria are in that state."""
        return sum(each.stand == stand for each in self.kriterien)


@cache
def pruefung() -> Pruefung:
    """The checked list."""
    source = tomllib.loads(_CHECKED.read_text("utf-8"))
    return Pruefung(source["stand_am"], tuple(Kriterium(**each) for each in source["kriterium"]))


@blueprint.get("/datenschutz")
def privacy() -> str:
    """What happens to personal data."""
    settings = platform().settings
    return render_template(
        "portal/datenschutz.html",
        provider=provider_name(),
        map_tiles=settings.map_tiles,
        map_attribution=settings.map_attribution,
    )


@blueprint.get("/impressum")
def imprint() -> str:
    """Who is responsible for these pages."""
    return render_template("portal/impressum.html")


@blueprint.get("/barrierefreiheit")
def accessibility() -> str:
    """The declaration of accessibility, in the order that the state's ordinance prescribes (L-BGG-DVO, Anlage 1)."""
    return render_template("portal/barrierefreiheit.html", pruefung=pruefung(), states=STATES)
