# SPDX-License-Identifier: EUPL-1.2
"""From a DMN document to decisions. What cannot be run is refused here, with the element and what to do about it."""

from engine.dmn.decision import Decision
from engine.dmn.errors import DmnRefused, Finding
from engine.dmn.logic import LogicReader
from engine.dmn.model import Logic
from engine.dmn.names import names_in
from engine.dmn.xml import Element, description_of, first_child, local_name, own_children, read_definitions

# Elements beside decisions that say something about them, but do not change what they give.
_DESCRIPTIVE = frozenset(
    ["description", "extensionElements", "inputData", "knowledgeSource", "itemDefinition", "textAnnotation",
     "association", "group", "elementCollection", "performanceIndicator", "organizationUnit", "decision"]
)  # fmt: skip
# So many decisions may hang on each other in a row.
_MAX_CHAIN = 50
_UNSUPPORTED_CURE = "Express it with decision tables and FEEL expressions."


def load_decisions(xml: bytes) -> dict[str, Decision]:
    """The decisions of a DMN document (1.1 to 1.5) by their id. Raises DmnRefused with everything that is wrong."""
    root = read_definitions(xml)
    return _Document(root).decisions()


def usable_decisions(xml: bytes) -> dict[str, Decision]:
    """Those decisions of a document that can be run; for tests of the language, where parts are wrong on purpose."""
    document = _Document(read_definitions(xml))
    try:
        return document.decisions()
    except DmnRefused:
        return document.built


class _Document:
    def __init__(self, root: Element) -> None:
        self._root = root
        self._elements: dict[str, Element] = {}
        self._logic = LogicReader(root, names_in(root))
        self._findings = self._logic.findings
        self.built: dict[str, Decision] = {}
        self._open: list[str] = []
        for element in own_children(root, "decision"):
            decision_id = element.get("id") or element.get("name") or ""
            if not decision_id or decision_id in self._elements:
                reason = "Two decisions have the same id." if decision_id else "The decision has no id."
                self._refuse(element, reason, "Give every decision an id of its own.")
            self._elements[decision_id] = element

    def decisions(self) -> dict[str, Decision]:
        for element in own_children(self._root):
            if local_name(element) not in _DESCRIPTIVE:
                self._refuse(element, f"The element {local_name(element)} is not supported.", _UNSUPPORTED_CURE)
        if not self._elements:
            self._refuse(self._root, "The file contains no decision.", "Add a decision.")
        for decision_id in self._elements:
            self._decision(decision_id)
        if self._findings:
            raise DmnRefused(self._findings)
        return self.built

    def _refuse(self, element: Element, reason: str, cure: str) -> None:
        element_id = element.get("id") or element.get("name") or local_name(element)
        self._findings.append(Finding(element_id, reason, cure, element.get("name") or ""))

    def _decision(self, decision_id: str) -> Decision | None:
        if decision_id in self.built:
            return self.built[decision_id]
        element = self._elements[decision_id]
        if decision_id in self._open:
            self._refuse(element, "The decision requires itself.", "Remove one of the arrows of the circle.")
            return None
        if len(self._open) >= _MAX_CHAIN:
            self._refuse(element, f"More than {_MAX_CHAIN} decisions require each other.", "Shorten the chain.")
            return None
        self._open.append(decision_id)
        required = self._required(element)
        logic = self._read_logic(element)
        self._open.pop()
        if logic is None:
            return None
        name = element.get("name") or decision_id
        variable = first_child(element, "variable")
        shown_name = name if variable is None else variable.get("name") or name
        decision = Decision(decision_id, name, description_of(element), shown_name, logic, required)
        self.built[decision_id] = decision
        return decision

    def _required(self, element: Element) -> tuple[Decision, ...]:
        found: list[Decision] = []
        for requirement in own_children(element, "informationRequirement"):
            target = first_child(requirement, "requiredDecision")
            if target is None:
                continue
            namespace, _, target_id = (target.get("href") or "").partition("#")
            if (namespace and namespace != self._root.get("namespace")) or target_id not in self._elements:
                reason = f"The required decision {target.get('href')} does not exist in this file."
                self._refuse(element, reason, "Draw the arrow from a decision of this file; imports are not supported.")
                continue
            decision = self._decision(target_id)
            if decision is not None:
                found.append(decision)
        for requirement in own_children(element, "knowledgeRequirement"):
            self._refuse(requirement, "Business knowledge models are not supported.", _UNSUPPORTED_CURE)
        return tuple(found)

    def _read_logic(self, element: Element) -> Logic | None:
        table = first_child(element, "decisionTable")
        if table is not None:
            return self._logic.table(table, _result_name(element))
        literal = first_child(element, "literalExpression")
        if literal is not None:
            return self._logic.literal(literal, element)
        boxed = first_child(
            element, "context", "invocation", "list", "relation", "functionDefinition", "conditional", "for",
            "every", "some", "filter",
        )  # fmt: skip
        if boxed is not None:
            self._refuse(element, f"The boxed expression {local_name(boxed)} is not supported.", _UNSUPPORTED_CURE)
        else:
            self._refuse(element, "The decision has no logic.", "Give it a decision table or a literal expression.")
        return None


def _result_name(element: Element) -> str:
    variable = first_child(element, "variable")
    name = None if variable is None else variable.get("name")
    return name or element.get("name") or element.get("id") or "result"
