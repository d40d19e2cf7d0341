# SPDX-License-Identifier: EUPL-1.2
"""The parts of a model that others refer to: input data, knowledge, decision services; and who requires whom."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from engine.dmn.itemtypes import Type
from engine.dmn.model import BoxedFunction, Unusable
from engine.feel import FindType

if TYPE_CHECKING:
    from engine.dmn.decision import Decision

#: The number of the document among those read together, and the id in it.
Key: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Requirement:
    """An arrow: what is required, under which name; `alias` is the name of the import that it comes from."""

    key: Key
    name: str
    alias: str = ""


@dataclass(frozen=True, slots=True)
class InputData:
    """A value from outside."""

    key: Key
    name: str
    variable: str
    declared: Type


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions call."""

    key: Key
    name: str
    variable: str
    declared: Type
    function: BoxedFunction | Unusable
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decisions offered together as one function: its parameters are input data, then input decisions."""

    key: Key
    name: str
    variable: str
    declared: Type
    parameters: tuple[Requirement, ...]
    outputs: tuple[Requirement, ...]


Node: TypeAlias = "InputData | Knowledge | DecisionService | Decision"


@dataclass(eq=False, slots=True)
class Graph:
    """All parts of a model and of those it imports."""

    nodes: dict[Key, Node] = field(default_factory=dict, repr=False)
    #: The types of each document, which `instance of` may name.
    types: dict[int, FindType] = field(default_factory=dict, repr=False)

    def named(self, name: str) -> Iterator[Node]:
        """The parts of this name, those of the main document first."""
        return (node for _, node in sorted(self.nodes.items()) if name in (node.name, node.variable))
