# SPDX-License-Identifier: EUPL-1.2
"""Reads decision tables and literal expressions; collects findings instead of stopping at the first."""

from engine.dmn.errors import Finding
from engine.dmn.model import DecisionTable, HitPolicy, Input, LiteralExpression, Output, Rule
from engine.dmn.types import feel_type, is_known
from engine.dmn.xml import Element, description_of, first_child, local_name, own_children, text_of
from engine.feel import Expression, FeelError, FeelSyntaxError, parse, parse_unary_tests, strip_marker

_HIT_POLICIES: dict[str, HitPolicy] = {"UNIQUE": "UNIQUE", "FIRST": "FIRST"}


class LogicReader:
    """Reads the logic of one document's decisions."""

    def __init__(self, root: Element, names: frozenset[str]) -> None:
        self.findings: list[Finding] = []
        self._names = names
        self._types = {
            item.get("name") or "": "".join(str(part) for part in reference.itertext()).strip()
            for item in own_children(root, "itemDefinition")
            if (reference := first_child(item, "typeRef")) is not None and item.get("isCollection") != "true"
        }
        self._structured = {item.get("name") or "" for item in own_children(root, "itemDefinition")}
        self._check_language(root)

    def literal(self, element: Element, decision: Element) -> LiteralExpression | None:
        """The expression of a decision without a table; its type is that of the decision's variable."""
        expression = self._expression(element, decision)
        variable = first_child(decision, "variable")
        type_ref = self._type(element) or (None if variable is None else self._type(variable))
        if expression is None:
            self._refuse(decision, "The literal expression is empty.", "Write a FEEL expression.")
            return None
        return LiteralExpression(element.get("id") or "", expression, type_ref)

    def table(self, element: Element, result_name: str) -> DecisionTable | None:
        """The table; None when it cannot be used (the findings say why)."""
        before = len(self.findings)
        policy = _HIT_POLICIES.get(element.get("hitPolicy") or "UNIQUE")
        if policy is None:
            reason = f"The hit policy {element.get('hitPolicy')} is not supported."
            self._refuse(element, reason, f"Use one of {', '.join(_HIT_POLICIES)}.")
        inputs = [self._input(child) for child in own_children(element, "input")]
        outputs = self._outputs(element, result_name)
        headings = [child.get("name") or "" for child in own_children(element, "annotation")]
        rules = [
            self._rule(child, number, len(inputs), len(outputs), headings)
            for number, child in enumerate(own_children(element, "rule"), start=1)
        ]
        if policy is None or len(self.findings) > before:
            return None
        usable = tuple(column for column in inputs if column is not None)
        return DecisionTable(element.get("id") or "", policy, usable, tuple(outputs), tuple(rules))

    # -- columns --------------------------------------------------------------------------------------------------

    def _input(self, element: Element) -> Input | None:
        asked = first_child(element, "inputExpression")
        expression = None if asked is None else self._expression(asked, element)
        if asked is None or expression is None:
            if asked is None or not text_of(asked):
                self._refuse(element, "The input column asks nothing.", "Write a variable or an expression.")
            return None
        label = element.get("label") or asked.get("label") or expression.text
        allowed = self._tests(first_child(element, "inputValues"), element)
        return Input(element.get("id") or "", label, expression, self._type(asked), allowed)

    def _outputs(self, table: Element, result_name: str) -> list[Output]:
        elements = list(own_children(table, "output"))
        if not elements:
            self._refuse(table, "The table has no output column.", "Add an output.")
        outputs: list[Output] = []
        for element in elements:
            name = element.get("name") or (result_name if len(elements) == 1 else "")
            if not name or name in [other.name for other in outputs]:
                reason = "Two output columns have the same name." if name else "The output column has no name."
                self._refuse(element, reason, "Give every output column a name of its own.")
            label = element.get("label") or element.get("name") or table.get("outputLabel") or result_name
            default = self._expression(first_child(element, "defaultOutputEntry"), element)
            outputs.append(Output(element.get("id") or "", name, label, self._type(element), default))
        return outputs

    def _rule(self, element: Element, number: int, inputs: int, outputs: int, headings: list[str]) -> Rule:
        entries = list(own_children(element, "inputEntry"))
        results = list(own_children(element, "outputEntry"))
        if len(entries) != inputs or len(results) != outputs:
            reason = (
                f"Rule {number} has {len(entries)} conditions and {len(results)} results, "
                f"the table has {inputs} inputs and {outputs} outputs."
            )
            self._refuse(element, reason, "Give the rule one cell per column.")
        notes = [text_of(note) for note in own_children(element, "annotationEntry")]
        titles = [heading or "Anmerkung" for heading in headings] + ["Anmerkung"] * len(notes)
        return Rule(
            element.get("id") or "",
            number,
            description_of(element),
            tuple(self._tests(entry, element) for entry in entries),
            tuple(self._expression(result, element) for result in results),
            {title: note for title, note in zip(titles, notes, strict=False) if note},
        )

    # -- cells ----------------------------------------------------------------------------------------------------

    def _tests(self, element: Element | None, owner: Element) -> Expression | None:
        """The unary tests of a cell; an empty cell and `-` both take anything."""
        if element is None or not self._check_language(element) or text_of(element) in ("", "-"):
            return None
        return self._parsed(element, owner, tests=True)

    def _expression(self, element: Element | None, owner: Element) -> Expression | None:
        if element is None or not self._check_language(element) or not text_of(element):
            return None
        return self._parsed(element, owner, tests=False)

    def _parsed(self, element: Element, owner: Element, *, tests: bool) -> Expression | None:
        text = text_of(element)
        try:
            if text.startswith("${"):
                text = strip_marker(text) or text
            return parse_unary_tests(text, self._names) if tests else parse(text, self._names)
        except FeelError as error:
            cure = f"Expected {error.expected}." if isinstance(error, FeelSyntaxError) else "Make it shorter."
            place = element if element.get("id") else owner
            self._refuse(place, f"{text[:80]!r} is not FEEL ({error}).", cure)
            return None

    def _check_language(self, element: Element) -> bool:
        language = element.get("expressionLanguage")
        if language is None or "feel" in language.lower():
            return True
        self._refuse(element, f"The expression language {language} is not supported.", "Write the expression in FEEL.")
        return False

    def _type(self, element: Element) -> str | None:
        """The built-in type behind a type reference; None when every value fits or the type is structured."""
        type_ref = (element.get("typeRef") or "").strip()
        for _ in range(10):
            if not type_ref:
                return None
            if type_ref in self._types:
                type_ref = self._types[type_ref]
            elif type_ref in self._structured:
                return None
            elif is_known(type_ref):
                return feel_type(type_ref)
            else:
                break
        self._refuse(element, f"The type {type_ref} is not known.", "Use a type of FEEL or add an item definition.")
        return None

    def _refuse(self, element: Element, reason: str, cure: str) -> None:
        parent = element.getparent()
        element_id = element.get("id") or (None if parent is None else parent.get("id")) or local_name(element)
        self.findings.append(Finding(element_id, reason, cure, element.get("name") or element.get("label") or ""))
