# SPDX-License-Identifier: EUPL-1.2
"""Facts about unary tests that follow from their syntax alone."""

from engine.feel.nodes import In, Name, Node, children


def uses_input(node: Node) -> bool:
    """Whether the test speaks about the tested value with `?`, so that its result is the verdict."""
    if isinstance(node, Name):
        return node.name == "?"
    # Inside `x in (...)` the question mark means `x`.
    below = [node.value] if isinstance(node, In) else children(node)
    return any(uses_input(child) for child in below)
