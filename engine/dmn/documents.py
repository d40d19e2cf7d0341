# SPDX-License-Identifier: EUPL-1.2
"""One DMN document: its elements by id, its imports, and the names that its expressions may use."""

from collections.abc import Iterable, Sequence

from engine.dmn.cells import Names
from engine.dmn.errors import Finding
from engine.dmn.graph import Key, Requirement
from engine.dmn.logic import LogicReader, result_name
from engine.dmn.xml import NAMESPACES, Element, first_child, local_name, own_children

_PARTS = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
# Elements beside these that say something about them, but do not change what they give.
_DESCRIPTIVE = frozenset(
    ["description", "extensionElements", "knowledgeSource", "itemDefinition", "textAnnotation", "import",
     "association", "group", "elementCollection", "performanceIndicator", "organizationUnit", *_PARTS]
)  # fmt: skip
_NAMED = {"itemComponent", "output", "column", "contextEntry", "parameters"}


class Document:
    """A document among those read together; `number` is its place, 0 for the main one."""

    def __init__(self, number: int, root: Element) -> None:
        self.number = number
        self.root = root
        self.namespace = root.get("namespace") or ""
        self.elements: dict[str, Element] = {}
        self._imports = {child.get("name") or "": child for child in own_children(root, "import")}
        self._others: dict[str, list[Document]] = {}
        self.logic = LogicReader(root)
        self.findings: list[Finding] = self.logic.findings
        self.refuse = self.logic.refuse
        for element in own_children(root, *_PARTS):
            self._add(element)
        self.logic.types.declare(root)

    def _add(self, element: Element) -> None:
        element_id = element.get("id") or element.get("name") or ""
        if not element_id or element_id in self.elements:
            kind = "decision" if local_name(element) == "decision" else "element"
            reason = f"Two {kind}s have the same id." if element_id else f"The {kind} has no id."
            self.refuse(element, reason, f"Give every {kind} an id of its own.")
        self.elements[element_id] = element

    def key_of(self, element: Element) -> Key:
        """The key of one of the document's own elements."""
        return self.number, element.get("id") or element.get("name") or ""

    # -- imports --------------------------------------------------------------------------------------------------

    def imported_namespaces(self) -> set[str]:
        """The namespaces of the documents that this one imports."""
        return {child.get("namespace") or "" for child in self._imports.values()}

    def link(self, documents: Sequence["Document"]) -> None:
        """Connects the imports with the documents they mean."""
        for alias, child in self._imports.items():
            kind = child.get("importType") or ""
            found = [other for other in documents if other is not self and other.namespace == child.get("namespace")]
            if kind and kind not in NAMESPACES:
                self.refuse(child, f"Imports of {kind} are not supported.", "Import DMN models only.")
            elif not found:
                reason = f"The model {child.get('namespace')} that is imported is not here."
                self.refuse(child, reason, "Put its file beside this one.")
            self._others[alias] = found
            for other in found:
                self.logic.types.imported[alias] = other.logic.types
                self.logic.types.by_namespace[other.namespace] = other.logic.types

    def define_types(self) -> None:
        """Reads the item definitions, once those of all documents are declared."""
        self.logic.types.define(self.root, self.logic.tests)

    def prepare(self) -> None:
        """Tells the parser which names there are in this document and in those it imports."""
        others = [other for group in self._others.values() for other in group]
        entries = {name for document in [self, *others] for name in _entry_names(document.root)}
        entries |= {result_name(element) for other in others for element in other.elements.values()}
        services = own_children(self.root, "decisionService")
        if any(len(list(own_children(service, "outputDecision"))) > 1 for service in services):
            entries |= {result_name(element) for element in self.elements.values()}
        everything = {result_name(element) for element in self.elements.values()} | set(self._imports)
        # Types are named too, in `x instance of tPerson`.
        entries |= {name for document in [self, *others] for name in document.logic.types.by_name}
        self.logic.know(frozenset(entries - {""}), frozenset(everything - {""}))

    # -- arrows ---------------------------------------------------------------------------------------------------

    def requirements(self, element: Element) -> tuple[Requirement, ...]:
        """What the arrows that end in the element bring."""
        found: list[Requirement] = []
        for arrow in own_children(element, "informationRequirement", "knowledgeRequirement"):
            target = first_child(arrow, "requiredDecision", "requiredInput", "requiredKnowledge")
            requirement = None if target is None else self.resolve(target, element)
            if requirement is not None and requirement not in found:
                found.append(requirement)
        return tuple(found)

    def resolve(self, reference: Element, owner: Element) -> Requirement | None:
        """What an `href` means; a finding about `owner` when it means nothing."""
        href = reference.get("href") or ""
        namespace, hash_mark, target = href.rpartition("#")
        target = target if hash_mark else href
        if namespace in ("", self.namespace) and target in self.elements:
            element = self.elements[target]
            return Requirement(self.key_of(element), result_name(element))
        for alias, others in self._others.items():
            for other in others:
                if other.namespace == namespace and target in other.elements:
                    element = other.elements[target]
                    return Requirement(other.key_of(element), result_name(element), alias)
        what = "input" if local_name(reference) == "requiredInput" else "decision"
        what = "knowledge" if local_name(reference) == "requiredKnowledge" else what
        reason = f"The required {what} {href} does not exist in this file."
        self.refuse(owner, reason, f"Draw the arrow from {'a' if what == 'decision' else 'an'} existing element.")
        return None

    def names_of(self, requirements: Iterable[Requirement]) -> Names:
        """The names that the requirements bring into an expression."""
        return frozenset(requirement.alias or requirement.name for requirement in requirements)

    def check_contents(self) -> None:
        """Refuses what is no part of a decision model, and a file without any."""
        for element in own_children(self.root):
            if local_name(element) not in _DESCRIPTIVE:
                cure = "Express it with decision tables and FEEL expressions."
                self.refuse(element, f"The element {local_name(element)} is not supported.", cure)
        library = first_child(self.root, "businessKnowledgeModel", "itemDefinition", "inputData")
        if library is None and first_child(self.root, "decision") is None:
            self.refuse(self.root, "The file contains no decision.", "Add a decision.")


def _entry_names(root: Element) -> Iterable[str]:
    """The names of parts of values, which may follow a dot."""
    for element in root.iter():
        kind = local_name(element)
        if kind in _NAMED:
            named = first_child(element, "variable") if kind == "contextEntry" else element
            yield "" if named is None else named.get("name") or ""
