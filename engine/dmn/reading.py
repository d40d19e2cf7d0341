# SPDX-License-Identifier: EUPL-1.2
"""From DMN documents to decisions. What cannot be run is refused here, with the element and what to do about it."""

from collections.abc import Iterable

from engine.dmn.dated import read_dating
from engine.dmn.decision import Decision
from engine.dmn.documents import Document
from engine.dmn.errors import DmnRefused
from engine.dmn.graph import DecisionService, Graph, InputData, Key, Knowledge, Requirement
from engine.dmn.logic import result_name
from engine.dmn.model import BoxedFunction, Unusable
from engine.dmn.xml import Element, description_of, first_child, local_name, own_children, read_definitions

# So many decisions may hang on each other in a row.
_MAX_CHAIN = 50


def load_decisions(xml: bytes, beside: Iterable[bytes] = ()) -> dict[str, Decision]:
    """The decisions of a DMN document (1.1 to 1.5) by their id. Raises DmnRefused with everything that is wrong.

    `beside` are documents that it may import from, by their namespace.
    """
    model = _Model(xml, beside)
    if model.main.findings:
        raise DmnRefused(model.main.findings)
    return model.decisions()


def load_graph(xml: bytes, beside: Iterable[bytes] = ()) -> Graph:
    """Everything that can be run of a document; what is wrong is null when it is asked.

    For tests of the language, where models are wrong on purpose. Raises DmnRefused for what is no DMN document.
    """
    return _Model(xml, beside).graph


class _Model:
    """A document and those that it imports, directly or through others."""

    def __init__(self, xml: bytes, beside: Iterable[bytes]) -> None:
        self.main = Document(0, read_definitions(xml))
        self.graph = Graph()
        self._documents = [self.main]
        self._import(beside)
        for document in self._documents:
            document.link(self._documents)
        for document in self._documents:
            document.define_types()
        for document in self._documents:
            document.prepare()
            self.graph.types[document.number] = document.logic.types.test
        for document in self._documents:
            for element in document.elements.values():
                self._read(document, element)
        self._check_circles()
        self.main.check_contents()
        for document in self._documents[1:]:
            self.main.findings.extend(document.findings)

    def decisions(self) -> dict[str, Decision]:
        nodes = (self.graph.nodes.get((0, name)) for name in self.main.elements)
        return {node.id: node for node in nodes if isinstance(node, Decision)}

    def _import(self, beside: Iterable[bytes]) -> None:
        wanted = self.main.imported_namespaces()
        waiting = list(_readable(beside)) if wanted else []
        while True:
            found = [root for root in waiting if root.get("namespace") in wanted]
            if not found:
                return
            for root in found:
                waiting.remove(root)
                document = Document(len(self._documents), root)
                self._documents.append(document)
                wanted |= document.imported_namespaces()

    def _read(self, document: Document, element: Element) -> None:
        key = document.key_of(element)
        name = element.get("name") or key[1]
        variable = result_name(element)
        declared = document.logic.types.of(first_child(element, "variable"))
        kind = local_name(element)
        if kind == "inputData":
            self.graph.nodes[key] = InputData(key, name, variable, declared)
        elif kind == "businessKnowledgeModel":
            self._read_knowledge(document, element, Knowledge(key, name, variable, declared, Unusable("", ""), ()))
        elif kind == "decisionService":
            parameters = [*_targets(document, element, "inputData"), *_targets(document, element, "inputDecision")]
            outputs = _targets(document, element, "outputDecision")
            if not outputs:
                document.refuse(element, "The decision service gives nothing.", "Name its output decisions.")
            service = DecisionService(key, name, variable, declared, tuple(parameters), tuple(outputs))
            self.graph.nodes[key] = service
        else:
            requirements = document.requirements(element)
            names = document.names_of(requirements)
            logic = document.logic.logic(element, element, variable, names)
            dating = read_dating(element, document.refuse)
            self.graph.nodes[key] = Decision(
                key[1], name, description_of(element), variable, logic, requirements, declared, key, self.graph, dating
            )

    def _read_knowledge(self, document: Document, element: Element, named: Knowledge) -> None:
        requirements = document.requirements(element)
        names = document.names_of(requirements) | {named.variable}
        encapsulated = first_child(element, "encapsulatedLogic")
        if encapsulated is None:
            document.refuse(element, "The business knowledge model has no logic.", "Give it an encapsulated logic.")
            function: BoxedFunction | Unusable = Unusable(named.key[1], "The business knowledge model has no logic.")
        else:
            read = document.logic.function(encapsulated, named.variable, names)
            function = read if isinstance(read, BoxedFunction | Unusable) else Unusable(named.key[1], "no function")
        knowledge = Knowledge(named.key, named.name, named.variable, named.declared, function, requirements)
        self.graph.nodes[named.key] = knowledge

    def _check_circles(self) -> None:
        done: set[Key] = set()
        for key in list(self.graph.nodes):
            self._visit(key, [], done)

    def _visit(self, key: Key, path: list[Key], done: set[Key]) -> None:
        node = self.graph.nodes.get(key)
        if key in done or not isinstance(node, Decision):
            return
        document = self._documents[key[0]]
        element = document.elements[key[1]]
        if key in path:
            self._cut(node, "The decision requires itself.")
            document.refuse(element, "The decision requires itself.", "Remove one of the arrows of the circle.")
            return
        if len(path) >= _MAX_CHAIN:
            document.refuse(element, f"More than {_MAX_CHAIN} decisions require each other.", "Shorten the chain.")
            return
        for requirement in node.requirements:
            self._visit(requirement.key, [*path, key], done)
        done.add(key)

    def _cut(self, node: Decision, reason: str) -> None:
        """Takes a decision out of its circle, so that nothing can run in it."""
        cut = Unusable(node.id, reason)
        self.graph.nodes[node.key] = Decision(
            node.id, node.name, node.description, node.variable, cut, (), node.declared, node.key, self.graph
        )


def _targets(document: Document, element: Element, kind: str) -> list[Requirement]:
    """What the elements of a decision service refer to."""
    found = (document.resolve(child, element) for child in own_children(element, kind))
    return [requirement for requirement in found if requirement is not None]


def _readable(beside: Iterable[bytes]) -> Iterable[Element]:
    """Those of the documents that are DMN; the others are refused where they are read themselves."""
    for xml in beside:
        try:
            yield read_definitions(xml)
        except DmnRefused:
            continue
