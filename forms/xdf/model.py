# SPDX-License-Identifier: EUPL-1.2
"""What a data schema of XDatenfelder says, the same for version 2 and 3."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


class XdfRefused(ValueError):
    """The file is no XDatenfelder schema that can be read; the message is German, with the cure."""


@dataclass(frozen=True)
class CodeList:
    """Values to choose from. Without `codes` only its name (URN) and version are known."""

    urn: str = ""
    version: str = ""
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class XdfRule:
    """A rule in prose; scripts of rules are never run."""

    id: str
    name: str
    text: str


@dataclass(frozen=True)
class Base:
    """What fields and groups have in common."""

    id: str
    version: str
    name: str
    label: str
    help: str
    minimum: int
    #: None: as many as one likes.
    maximum: int | None
    law: tuple[str, ...]
    status: str
    rules: tuple[XdfRule, ...]

    @property
    def is_list(self) -> bool:
        """Whether it may be given more than once."""
        return self.maximum is None or self.maximum > 1


@dataclass(frozen=True)
class XdfField(Base):
    """A Datenfeld. `art`: input, select, label, hidden, locked; `type`: text, date, bool, num, …"""

    art: str
    type: str
    content: str
    limits: dict[str, str]
    #: A precision that is no set of limits, as it was written.
    loose_limits: str
    codes: CodeList | None
    prefill: str
    media_types: tuple[str, ...]
    max_bytes: int | None


@dataclass(frozen=True)
class Group(Base):
    """A Datenfeldgruppe."""

    children: tuple["Element", ...]


Element: TypeAlias = Group | XdfField


@dataclass(frozen=True)
class Schema:
    """A Stammdatenschema."""

    id: str
    version: str
    name: str
    label: str
    help: str
    description: str
    status: str
    law: tuple[str, ...]
    rules: tuple[XdfRule, ...]
    children: tuple[Element, ...]
    #: 2 or 3, the version of the standard.
    standard: int

    def elements(self) -> Iterator[tuple[tuple[Base, ...], Element]]:
        """Every element with the groups around it, in order; the same element may stand at several places."""
        yield from _below((), self.children)


def _below(around: tuple[Base, ...], elements: tuple[Element, ...]) -> Iterator[tuple[tuple[Base, ...], Element]]:
    for element in elements:
        yield around, element
        if isinstance(element, Group):
            yield from _below((*around, element), element.children)
