# SPDX-License-Identifier: EUPL-1.2
"""Where names are looked up: the innermost scope first."""

from collections.abc import Mapping

from engine.feel.values import MISSING


class Scope:
    """Names on top of those of a parent scope."""

    __slots__ = ("_names", "_parent")

    def __init__(self, names: Mapping[str, object], parent: "Scope | None") -> None:
        self._names = names
        self._parent = parent

    def lookup(self, name: str) -> object:
        """The value of the name, or MISSING."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope._names:
                return scope._names[name]
            scope = scope._parent
        return MISSING
