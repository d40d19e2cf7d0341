# SPDX-License-Identifier: EUPL-1.2
"""The services of the town, one folder each. A folder with a README and an `__init__.py` is a slice.

`load()` imports what the slices register (operations, tables, chores, invariants); `slices()` says which there are and
what the portal tells people about them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

#: Template folder of letters and mails: templates are named `slice/letters/name.html`.
FOLDER = Path(__file__).parent
#: Shared by slices, and no service of its own.
_SHARED = "gemeinsam"

#: The headings of a service description as the state's service portal uses them, by key in `leistung.toml`.
HEADINGS: dict[str, str] = {
    "leistungsbeschreibung": "Leistungsbeschreibung",
    "voraussetzungen": "Voraussetzungen",
    "verfahrensablauf": "Verfahrensablauf",
    "fristen": "Fristen",
    "erforderliche_unterlagen": "Erforderliche Unterlagen",
    "kosten": "Kosten",
    "bearbeitungsdauer": "Bearbeitungsdauer",
    "zustaendige_stelle": "Zuständige Stelle",
    "rechtsgrundlage": "Rechtsgrundlage",
    "freigabevermerk": "Freigabevermerk",
}


#: The keys of `leistung.toml` that are words for people, and so are translated.
_WORDS = {"titel", "kurz", "lebenslage", "suchworte", "knopf", "verweise", "leichte_sprache", "abschnitte"}


class ServicePageRefused(ValueError):
    """A `leistung.toml` lacks a heading or has one that nobody knows; the message names file and key."""


@dataclass(frozen=True)
class Section:
    """One part of a service page. Paragraphs are plain text; those that begin with `- ` are list items."""

    key: str
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class ServicePage:
    """What the portal tells people about a service before they begin."""

    #: Key of the process that an application starts, and the service's name in addresses.
    process_key: str
    title: str
    #: One sentence for the catalogue.
    teaser: str
    #: Life situation under which the catalogue lists it.
    category: str
    #: Other words under which people look for it.
    keywords: tuple[str, ...]
    #: How long filling in the form takes, in minutes.
    minutes: int
    sections: tuple[Section, ...]
    #: What the button says that begins it.
    begin: str = "Online beantragen"
    #: Text and path of pages that belong to it.
    links: tuple[tuple[str, str], ...] = ()
    #: The same in plain words and short sentences, a sentence a line; empty when nobody has written it.
    plain: tuple[str, ...] = ()
    #: In which language this is written.
    language: str = "de"
    #: The same page in other languages, by code.
    translations: Mapping[str, "ServicePage"] = field(default_factory=dict)

    def speaking(self, language: str) -> "ServicePage":
        """The page in that language, or as it is when nobody has translated it."""
        return self.translations.get(language, self)

    def section(self, key: str) -> Section:
        """The part with that key of `HEADINGS`."""
        return next(section for section in self.sections if section.key == key)


@dataclass(frozen=True)
class Slice:
    """One service of the town, as a folder."""

    name: str
    folder: Path
    service: ServicePage | None


def load() -> None:
    """Import what every slice registers: its tables and operations, and more. Errors in a slice are loud here."""
    for name in (_SHARED, *_names()):
        for module in ("models", "operations", "chores", "invariants"):
            if find_spec(f"processes.{name}.{module}") is not None:
                import_module(f"processes.{name}.{module}")


@cache
def slices() -> list[Slice]:
    """All slices by name, with their service page where citizens can apply."""
    return [Slice(name, FOLDER / name, service_page(FOLDER / name / "leistung.toml")) for name in _names()]


def service(process_key: str) -> ServicePage | None:
    """The service page whose application starts that process, None when there is none."""
    pages = (found.service for found in slices())
    return next((page for page in pages if page is not None and page.process_key == process_key), None)


def _names() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/__init__.py") if path.parent.name != _SHARED)


def service_page(path: Path) -> ServicePage | None:
    """The page that a `leistung.toml` describes, None when there is no such file. Raises ServicePageRefused."""
    if not path.exists():
        return None
    source = tomllib.loads(path.read_text(encoding="utf-8"))
    page = _page(path, source)
    translations = {
        code: replace(_page(path, source | texts), language=code)
        for code, texts in source.get("sprachen", {}).items()
        if _translates(path, code, source, texts)
    }
    return replace(page, translations=translations)


def _translates(path: Path, code: str, source: Mapping[str, Any], texts: Mapping[str, Any]) -> bool:
    """A page is translated whole: one that is half German serves nobody."""
    wrong = sorted((_WORDS & set(source)) ^ set(texts))
    if wrong:
        raise ServicePageRefused(f"{path}: sprachen.{code} lacks, or has too much: {', '.join(wrong)}")
    return True


def _page(path: Path, source: Mapping[str, Any]) -> ServicePage:
    texts: dict[str, Any] = source["abschnitte"]
    wrong = sorted(set(texts) ^ set(HEADINGS))
    if wrong:
        raise ServicePageRefused(f"{path}: missing or unknown headings: {', '.join(wrong)}")
    return ServicePage(
        process_key=source["prozess"],
        title=source["titel"],
        teaser=source["kurz"],
        category=source["lebenslage"],
        keywords=tuple(source["suchworte"]),
        minutes=source["minuten"],
        begin=source.get("knopf", ServicePage.begin),
        links=tuple((text, path) for text, path in source.get("verweise", {}).items()),
        plain=tuple(line for line in source.get("leichte_sprache", "").splitlines() if line.strip()),
        sections=tuple(Section(key, heading, _paragraphs(texts[key])) for key, heading in HEADINGS.items()),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    """Lines of a list stand for themselves; other lines belong together until an empty line."""
    paragraphs: list[str] = []
    for block in text.strip().split("\n\n"):
        lines = [line.strip() for line in block.splitlines()]
        if all(line.startswith("- ") for line in lines):
            paragraphs.extend(lines)
        else:
            paragraphs.append(" ".join(lines))
    return tuple(paragraphs)
