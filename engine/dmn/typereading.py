# SPDX-License-Identifier: EUPL-1.2
"""Item definitions of a document become types; type references are resolved against them."""

from collections.abc import Callable, Mapping
from functools import partial

from engine.dmn.itemtypes import ANY, Type, is_shaped
from engine.dmn.types import feel_type, is_known
from engine.dmn.xml import Element, first_child, own_children
from engine.feel import Expression
from engine.feel.values import Value

Refuse = Callable[[Element, str, str], None]
# The unary tests of an element of the second element; None when there are none or they are no FEEL.
ReadTests = Callable[[Element | None, Element], Expression | None]

_MAX_CHAIN = 50


class Types:
    """The types of one document, by name; `imported` are those of other documents by the name of their import."""

    def __init__(self, refuse: Refuse) -> None:
        self._refuse = refuse
        self.imported: dict[str, Types] = {}
        self.by_name: dict[str, Type] = {}
        self.prefixes: Mapping[str | None, str] = {}
        self.by_namespace: dict[str, Types] = {}

    def declare(self, root: Element) -> None:
        """Makes a type of every item definition, still empty: references may go in any direction."""
        self.prefixes = dict(root.nsmap)
        for element in own_children(root, "itemDefinition"):
            name = element.get("name") or ""
            if name in self.by_name:
                self._refuse(element, f"Two item definitions are called {name}.", "Give each a name of its own.")
            self.by_name[name] = Type(name)

    def define(self, root: Element, read_tests: ReadTests) -> None:
        """Fills the types in."""
        for element in own_children(root, "itemDefinition"):
            self._fill(self.by_name[element.get("name") or ""], element, read_tests)
        for element in own_children(root, "itemDefinition"):
            self._check_chain(element)

    def find(self, reference: str) -> Type | None:
        """The type of this name: built in, of this document, or `import.name`; None when nobody knows it."""
        reference = reference.strip()
        if reference in self.by_name:
            return self.by_name[reference]
        for alias, types in self.imported.items():
            if alias and reference.startswith(f"{alias}.") and reference[len(alias) + 1 :] in types.by_name:
                return types.by_name[reference[len(alias) + 1 :]]
            if not alias and reference in types.by_name:
                return types.by_name[reference]
        prefix, _, local = reference.rpartition(":")
        if prefix:
            other = self.by_namespace.get(self.prefixes.get(prefix) or "")
            if other is not None and local in other.by_name:
                return other.by_name[local]
        if is_known(reference):
            name = feel_type(reference)
            return ANY if name is None else Type(name, builtin=name)
        return None

    def test(self, name: str) -> Callable[[Value], bool] | None:
        """Whether a value is an instance of the type of this name; None when nobody knows it."""
        found = self.find(name)
        return None if found is None else partial(is_shaped, wanted=found)

    def of(self, element: Element | None, attribute: str = "typeRef") -> Type:
        """The type that the element declares; anything when it declares none."""
        reference = "" if element is None else (element.get(attribute) or "").strip()
        if element is None or not reference:
            return ANY
        found = self.find(reference)
        if found is None:
            cure = "Use a type of FEEL or add an item definition."
            self._refuse(element, f"The type {reference} is not known.", cure)
            return ANY
        return found

    def _fill(self, target: Type, element: Element, read_tests: ReadTests) -> None:
        """The type itself, or that of its entries when the element is a collection."""
        inner = Type(target.name) if element.get("isCollection") == "true" else target
        parts = list(own_children(element, "itemComponent"))
        function = first_child(element, "functionItem")
        reference = first_child(element, "typeRef")
        if parts:
            inner.parts = {}
            for part in parts:
                inner.parts[part.get("name") or ""] = made = Type(part.get("name") or "")
                self._fill(made, part, read_tests)
        elif function is not None:
            inner.is_function = True
            inner.gives = self.of(function, "outputTypeRef")
            inner.takes = tuple(self.of(parameter) for parameter in own_children(function, "parameters"))
        elif reference is not None:
            self._refer(inner, element, "".join(str(part) for part in reference.itertext()))
        inner.allowed = read_tests(first_child(element, "allowedValues"), element)
        if inner is not target:
            target.of = inner
        target.constraint = read_tests(first_child(element, "typeConstraint"), element)

    def _refer(self, target: Type, element: Element, reference: str) -> None:
        found = self.find(reference)
        if found is None:
            cure = "Use a type of FEEL or add an item definition."
            self._refuse(element, f"The type {reference} is not known.", cure)
        elif found.builtin is not None and found.allowed is None and found.name == found.builtin:
            target.builtin = found.builtin
        elif found is not ANY:
            target.same_as = found
            target.builtin = None

    def _check_chain(self, element: Element) -> None:
        found: Type | None = self.by_name[element.get("name") or ""]
        for _ in range(_MAX_CHAIN):
            if found is None:
                return
            found = found.same_as
        self._refuse(element, "The type refers to itself.", "Let the chain of item definitions end in a FEEL type.")
        self.by_name[element.get("name") or ""].same_as = None
