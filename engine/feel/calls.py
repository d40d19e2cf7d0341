# SPDX-License-Identifier: EUPL-1.2
"""Calls that can only fail: of functions that neither FEEL nor the expression itself knows."""

from collections.abc import Iterator

from engine.feel.builtins import BUILTIN_NAMES
from engine.feel.nodes import Call, Entry, FunctionOf, Name, Node, children
from engine.feel.nodes import Iterator as Iteration


def unknown_functions(root: Node) -> list[str]:
    """The names of called functions that nobody defines. Variables of a case hold no functions."""
    nodes = list(_walk(root))
    known = set(BUILTIN_NAMES)
    for node in nodes:
        if isinstance(node, FunctionOf):
            known |= set(node.parameters)
        elif isinstance(node, Iteration):
            known.add(node.name)
        elif isinstance(node, Entry):
            known.add(node.key)
    called = (node.callee.name for node in nodes if isinstance(node, Call) and isinstance(node.callee, Name))
    return list(dict.fromkeys(name for name in called if name not in known))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _walk(child)
