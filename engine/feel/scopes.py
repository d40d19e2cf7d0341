# SPDX-License-Identifier: EUPL-1.2
"""Where names are looked up: the innermost scope first."""

from collections.abc import Mapping

from engine.feel.values import MISSING


class Scope:
    """Names on top of those of a parent scope.

    The values of a `foreign` scope come from outside and still have to be converted to FEEL; all others are FEEL.
    """

    __slots__ = ("foreign", "names", "parent")

    def __init__(self, names: Mapping[str, object], parent: "Scope | None" = None, foreign: bool = False) -> None:
        self.names = names
        self.parent = parent
        self.foreign = foreign

    def lookup(self, name: str) -> tuple[object, bool]:
        """The value of the name, or MISSING; and whether it is foreign."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name], scope.foreign
            scope = scope.parent
        return MISSING, False
