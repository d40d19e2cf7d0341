# SPDX-License-Identifier: EUPL-1.2
"""In which language people are spoken to. Sentences are written in German; catalogues (gettext) say them otherwise.

The office speaks German (§ 23 LVwVfG): what a clerk reads and what a town decides is never translated here. Citizens
may read the portal in another language, and the language then holds for the request that asks for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

GERMAN = "de"
LANGUAGES = {GERMAN: "Deutsch", "en": "English"}
"""The languages that citizens can choose, by code, each in its own words."""

_spoken: ContextVar[str] = ContextVar("language", default=GERMAN)
_FOLDERS = [Path(__file__).parent / "translations"]


def language() -> str:
    """The code of the language that is spoken now."""
    return _spoken.get()


def speak(code: str) -> None:
    """Speak that language from here on, in this request or thread only. One that is not known counts as German."""
    _spoken.set(code if code in LANGUAGES else GERMAN)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak that language within the block."""
    before = language()
    speak(code)
    try:
        yield
    finally:
        speak(before)


def add_translations(folder: Path) -> None:
    """Let the catalogues of a folder count too: ``en.po`` for English."""
    if folder not in _FOLDERS:
        _FOLDERS.append(folder)
        catalogue.cache_clear()


def say(sentence: str, **values: Any) -> str:
    """A German sentence in the language that is spoken; ``%(name)s`` in it are filled with ``values``.

    A sentence that no catalogue knows stays German.
    """
    found = catalogue(language()).get(sentence, sentence)
    return found % values if values else found


@cache
def catalogue(code: str) -> dict[str, str]:
    """German sentence → the same in that language; empty for German."""
    files = [folder / f"{code}.po" for folder in _FOLDERS]
    sentences: dict[str, str] = {}
    for file in files:
        if file.exists():
            with file.open("rb") as source:
                sentences |= {str(each.id): str(each.string) for each in read_po(source) if each.id and each.string}
    return sentences
