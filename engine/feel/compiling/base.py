# SPDX-License-Identifier: EUPL-1.2
"""How a syntax tree becomes functions: each kind of node registers one that makes the function for such a node.

Walking the tree anew for every evaluation costs several times as much as calling functions that know their parts.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from engine.feel.errors import Failure
from engine.feel.nodes import Node, children
from engine.feel.runtime import Place, Runtime
from engine.feel.scopes import Scope
from engine.feel.values import Value

# Gives the value of one part of an expression; raises only FeelLimitExceeded, unless it is said otherwise.
Code = Callable[[Runtime, Scope], Value]


class Compiler:
    """Makes the code of one expression; `watched` code tells the evaluation's watch about every part."""

    def __init__(self, source: str, *, watched: bool = False) -> None:
        self.source = source
        self._watched = watched

    def code(self, node: Node) -> Code:
        """The code of a part."""
        code = _MAKERS[type(node)](self, node)
        return _watched(node, code) if self._watched else code

    def codes(self, nodes: tuple[Node, ...]) -> tuple[Code, ...]:
        """The code of several parts."""
        return tuple(self.code(node) for node in nodes)

    def place(self, node: Node) -> Place:
        """Where the part stands."""
        return self.source, min(node.span[0], len(self.source))

    def guarded(self, node: Node, code: Code) -> Code:
        """The code, with null and a warning in place of a Failure."""
        place = self.place(node)

        def run_guarded(run: Runtime, scope: Scope) -> Value:
            try:
                return code(run, scope)
            except Failure as failure:
                run.warn(place, failure)
                return None

        return run_guarded


Maker = Callable[[Compiler, Any], Code]
AnyMaker = TypeVar("AnyMaker", bound=Callable[..., Code])
_MAKERS: dict[type[Node], Maker] = {}


def makes(*kinds: type[Node]) -> Callable[[AnyMaker], AnyMaker]:
    """Registers the decorated function as the maker of code for these kinds of nodes."""

    def register(maker: AnyMaker) -> AnyMaker:
        for kind in kinds:
            _MAKERS[kind] = maker
        return maker

    return register


def weight(node: Node) -> int:
    """How many parts there are; what one evaluation of them costs."""
    return 1 + sum(weight(child) for child in children(node))


def _watched(node: Node, code: Code) -> Code:
    def run_watched(run: Runtime, scope: Scope) -> Value:
        if run.watch is None:
            return code(run, scope)
        run.watch.begin(node)
        value = code(run, scope)
        run.watch.end(value)
        return value

    return run_watched
