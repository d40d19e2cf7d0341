# SPDX-License-Identifier: EUPL-1.2
"""Reads boxed expressions; what is wrong with one becomes a finding, and the expression itself `Unusable`."""

from typing import Literal, cast

from engine.dmn.cells import CellReader, Names
from engine.dmn.model import (
    BoxedConditional,
    BoxedContext,
    BoxedEntry,
    BoxedFilter,
    BoxedFunction,
    BoxedInvocation,
    BoxedIterator,
    BoxedList,
    LiteralExpression,
    Logic,
    Parameter,
    Unusable,
)
from engine.dmn.tablereading import read_table
from engine.dmn.xml import Element, first_child, local_name, own_children
from engine.feel import parse
from engine.feel.builtins import BUILTIN_NAMES

LOGIC = (
    "decisionTable", "literalExpression", "context", "list", "relation", "functionDefinition", "invocation",
    "conditional", "filter", "for", "some", "every",
)  # fmt: skip
_CURE = "Give it a decision table or a literal expression."
_MAX_NESTING = 40
_NULL = LiteralExpression("", parse("null"))


class LogicReader(CellReader):
    """Reads the logic of one document's decisions and business knowledge models."""

    _depth = 0

    def logic(self, owner: Element | None, around: Element, result_name: str, names: Names) -> Logic:
        """What stands in `owner`; `around` is the element to name when there is nothing."""
        element = first_child(owner, *LOGIC)
        if element is None:
            what = local_name(owner) if owner is not None else local_name(around)
            return self._unusable(around, f"The {what} has no logic.", _CURE)
        if self._depth > _MAX_NESTING:
            return self._unusable(element, "The boxed expressions are nested too deep.", "Split the decision.")
        self._depth += 1
        try:
            return self._read(element, around, result_name, names)
        finally:
            self._depth -= 1

    def _read(self, element: Element, around: Element, result_name: str, names: Names) -> Logic:
        kind = local_name(element)
        if kind == "decisionTable":
            return read_table(self, element, result_name, names)
        if kind == "literalExpression":
            return self._literal(element, around, names)
        if kind == "context":
            return self._context(element, result_name, names)
        if kind in ("list", "relation"):
            return self._list(element, names) if kind == "list" else self._relation(element, names)
        if kind == "functionDefinition":
            return self.function(element, result_name, names)
        if kind == "invocation":
            return self._invocation(element, names)
        if kind == "conditional":
            return self._conditional(element, names)
        if kind == "filter":
            return self._filter(element, names)
        return self._iterator(element, names)

    def _literal(self, element: Element, around: Element, names: Names) -> Logic:
        before = len(self.findings)
        expression = self.expression(element, element if element.get("id") else around, names)
        if expression is None:
            if len(self.findings) == before:
                what = "imported" if first_child(element, "importedValues") is not None else "empty"
                self.refuse(around, f"The literal expression is {what}.", "Write a FEEL expression.")
            return Unusable(element.get("id") or "", self.findings[-1].reason)
        return LiteralExpression(element.get("id") or "", expression, self.types.of(element))

    def _context(self, element: Element, result_name: str, names: Names) -> Logic:
        entries: list[BoxedEntry] = []
        result: Logic | None = None
        for child in own_children(element, "contextEntry"):
            variable = first_child(child, "variable")
            name = None if variable is None else variable.get("name")
            if not name:
                result = self.logic(child, child, result_name, names)
                continue
            if name in [entry.name for entry in entries]:
                self.refuse(child, f"Two entries are called {name}.", "Give every entry a name of its own.")
            # A function may call itself.
            inside = names | {name} if first_child(child, "functionDefinition") is not None else names
            entries.append(BoxedEntry(name, self.types.of(variable), self.logic(child, child, name, inside)))
            names = names | {name}
        return BoxedContext(element.get("id") or "", tuple(entries), result, self.types.of(element))

    def _list(self, element: Element, names: Names) -> Logic:
        items = tuple(self._read(child, element, "", names) for child in own_children(element, *LOGIC))
        return BoxedList(element.get("id") or "", items, self.types.of(element))

    def _relation(self, element: Element, names: Names) -> Logic:
        columns = list(own_children(element, "column"))
        rows: list[Logic] = []
        for row in own_children(element, "row"):
            cells = list(own_children(row, *LOGIC))
            if len(cells) != len(columns):
                reason = f"A row has {len(cells)} cells, the relation has {len(columns)} columns."
                self.refuse(row, reason, "Give every row one cell per column.")
            entries = tuple(
                BoxedEntry(column.get("name") or "", self.types.of(column), self._read(cell, row, "", names))
                for column, cell in zip(columns, cells, strict=False)
            )
            rows.append(BoxedContext(row.get("id") or "", entries, None))
        return BoxedList(element.get("id") or "", tuple(rows), self.types.of(element))

    def function(self, element: Element, result_name: str, names: Names) -> Logic:
        """A function definition, or the encapsulated logic of a business knowledge model."""
        kind = element.get("kind") or "FEEL"
        parameters = tuple(
            Parameter(child.get("name") or "", self.types.of(child))
            for child in own_children(element, "formalParameter")
        )
        if kind != "FEEL":
            body: Logic = self._unusable(element, f"Functions in {kind} are not run.", "Write the function in FEEL.")
        else:
            inside = names | {parameter.name for parameter in parameters}
            body = self.logic(element, element, result_name, inside)
        return BoxedFunction(element.get("id") or "", parameters, body, self.types.of(element).results)

    def _invocation(self, element: Element, names: Names) -> Logic:
        called = first_child(element, *LOGIC)
        if called is None:
            return self._unusable(element, "The invocation calls nothing.", "Name the function to call.")
        bindings: list[tuple[str, Logic]] = []
        for binding in own_children(element, "binding"):
            parameter = first_child(binding, "parameter")
            name = "" if parameter is None else parameter.get("name") or ""
            empty = first_child(binding, *LOGIC) is None
            bindings.append((name, _NULL if empty else self.logic(binding, element, name, names)))
        function = self._read(called, element, "", names | BUILTIN_NAMES)
        return BoxedInvocation(element.get("id") or "", function, tuple(bindings), self.types.of(element))

    def _conditional(self, element: Element, names: Names) -> Logic:
        condition, then, otherwise = (self._part(element, name, names) for name in ("if", "then", "else"))
        return BoxedConditional(element.get("id") or "", condition, then, otherwise, self.types.of(element))

    def _filter(self, element: Element, names: Names) -> Logic:
        items = self._part(element, "in", names)
        condition = self._part(element, "match", names | {"item"})
        return BoxedFilter(element.get("id") or "", items, condition, self.types.of(element))

    def _iterator(self, element: Element, names: Names) -> Logic:
        kind = cast(Literal["for", "some", "every"], local_name(element))
        variable = element.get("iteratorVariable") or ""
        if not variable:
            self.refuse(element, f"The {kind} has no name for its entries.", "Name the iterator variable.")
        inside = names | {variable} | ({"partial"} if kind == "for" else set())
        items = self._part(element, "in", names)
        body = self._part(element, "return" if kind == "for" else "satisfies", inside)
        return BoxedIterator(element.get("id") or "", kind, variable, items, body, self.types.of(element))

    def _part(self, element: Element, name: str, names: Names) -> Logic:
        part = first_child(element, name)
        if part is None:
            return self._unusable(element, f"The {local_name(element)} has no {name}.", f"Fill in its {name}.")
        return self.logic(part, element, "", names)

    def _unusable(self, element: Element, reason: str, cure: str) -> Unusable:
        self.refuse(element, reason, cure)
        return Unusable(element.get("id") or "", reason)


def result_name(element: Element) -> str:
    """The name under which others see the result of a decision, an input or a function."""
    variable = first_child(element, "variable")
    name = None if variable is None else variable.get("name")
    return name or element.get("name") or element.get("id") or "result"
