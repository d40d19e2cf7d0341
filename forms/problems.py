# SPDX-License-Identifier: EUPL-1.2
"""Collecting what is wrong with a form, so that a designer sees everything at once."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from engine.feel import parse
from engine.feel.errors import FeelError

from .model import Rule

_NAME = re.compile(r"[A-Za-z_ÄÖÜäöüß][A-Za-z0-9_ÄÖÜäöüß]*")


@dataclass
class Problems:
    """German findings of one form, in the order in which they were met."""

    findings: list[str] = field(default_factory=list)

    def add(self, place: str, reason: str, cure: str) -> None:
        """Note a finding."""
        self.findings.append(f"{place}: {reason} {cure}")


@dataclass(frozen=True)
class Place:
    """A component of the form, to which findings are pinned."""

    name: str
    problems: Problems

    def add(self, reason: str, cure: str) -> None:
        """Note a finding here."""
        self.problems.add(self.name, reason, cure)

    def unknown(self, part: Mapping[str, Any], known: Set[str]) -> None:
        """Refuse settings that would have no effect: a designer relies on what he has set."""
        for key in sorted(set(part) - known):
            self.add(f"Die Einstellung „{key}“ wird hier nicht unterstützt.", "Bitte entfernen.")

    def properties(self, part: Mapping[str, Any], known: Set[str]) -> dict[str, str]:
        """The custom properties that begin with ``amt.``; others are the designer's own business."""
        given, found = part.get("properties", {}), {}
        if not isinstance(given, Mapping):
            self.add("„properties“ ist kein Objekt.", "Bitte im Formular-Editor speichern.")
            return {}
        for key, value in given.items():
            if not key.startswith("amt."):
                continue
            if key not in known:
                self.add(f"Die Eigenschaft „{key}“ gibt es hier nicht.", f"Möglich sind: {', '.join(sorted(known))}.")
            elif not isinstance(value, str) or not value.strip():
                self.add(f"Die Eigenschaft „{key}“ ist leer oder kein Text.", "Bitte Text eingeben oder entfernen.")
            else:
                found[key] = value.strip()
        return found

    def names(self, path: Any) -> tuple[str, ...]:
        """A dotted name, taken apart."""
        parts = tuple(path.split(".")) if isinstance(path, str) else ()
        if not parts or not all(_NAME.fullmatch(part) for part in parts):
            self.add(
                f"Der Name „{path}“ ist nicht möglich.",
                "Bitte nur Buchstaben, Ziffern und _ nehmen, und mit einem Buchstaben beginnen.",
            )
            return ()
        return parts

    def rule(self, text: Any, groups: tuple[str, ...], where: str) -> Rule | None:
        """A FEEL expression, with or without leading ``=``."""
        if not isinstance(text, str) or not text.strip("= \n"):
            self.add(f"Der Ausdruck in „{where}“ ist leer.", "Bitte einen FEEL-Ausdruck eingeben oder entfernen.")
            return None
        source = text.strip().removeprefix("=").strip()
        try:
            return Rule(source, parse(source), groups)
        except FeelError as reason:
            self.add(f"Der Ausdruck „{source}“ in „{where}“ ist kein FEEL ({reason}).", "Bitte berichtigen.")
            return None
