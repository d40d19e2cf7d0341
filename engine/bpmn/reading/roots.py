# SPDX-License-Identifier: EUPL-1.2
"""What stands beside the processes of a file and is referred to: messages, signals, errors, escalations, stores."""

from lxml import etree

from engine.bpmn.reading.notes import Notes
from engine.bpmn.reading.understood import check_understood
from engine.bpmn.reading.vocabulary import EVENT_DEFINITIONS
from engine.bpmn.xml import BPMN, bpmn_children, camunda, local_name, local_part

_KINDS = frozenset({"message", "signal", "error", "escalation", "dataStore"}) | EVENT_DEFINITIONS
#: Root elements that neither run nor are referred to by anything that runs.
_PASSED_OVER = frozenset(
    {
        "process",
        "collaboration",
        "import",
        "itemDefinition",
        "interface",
        "category",
        "resource",
        "partnerEntity",
        "partnerRole",
        "endPoint",
        "relationship",
        "correlationProperty",
        "globalConversation",
        "documentation",
        "extensionElements",
    }
)


class Roots:
    """The root elements of a file by their kind and id."""

    def __init__(self, root: etree._Element, notes: Notes) -> None:
        self.notes = notes
        self._found: dict[tuple[str, str], etree._Element] = {}
        self._definitions: dict[str, etree._Element] = {}
        #: Associations by where they begin.
        self.associations: dict[str, list[etree._Element]] = {}
        for association in root.iter(f"{{{BPMN}}}association"):
            self.associations.setdefault(local_part(association.get("sourceRef")), []).append(association)
        for element in bpmn_children(root):
            kind = local_name(element)
            if kind in _KINDS:
                self._found[kind, element.get("id", "")] = element
                if kind in EVENT_DEFINITIONS:
                    self._definitions[element.get("id", "")] = element
                check_understood(element, notes)
            elif kind == "extension" and element.get("mustUnderstand") == "true":
                reason = f"The model needs an extension that is not known: {element.get('definition', '')}."
                notes.refuse(element, reason, "Remove it.")
            elif kind.startswith("global") and kind.endswith("Task"):
                notes.refuse(element, f"A {kind} cannot be run.", "Draw a process of one task and call that.")
            elif kind == "choreography":
                notes.refuse(element, "A choreography cannot be run.", "Draw the processes of its participants.")
            elif kind not in _PASSED_OVER and kind != "extension":
                notes.refuse(element, f"The element {kind} is not known.", "Remove it.")

    def find(self, kind: str, holder: etree._Element, attribute: str) -> etree._Element | None:
        """The root element that an attribute refers to; a reference to nothing is noted."""
        reference = local_part(holder.get(attribute))
        if not reference:
            return None
        found = self._found.get((kind, reference))
        if found is None:
            self.notes.refuse(holder, f"There is no {kind} {reference} in the file.", f"Choose another {kind}.")
        return found

    def name(self, kind: str, holder: etree._Element, attribute: str) -> str | None:
        """The name of the message or signal that an attribute refers to."""
        found = self.find(kind, holder, attribute)
        return (found.get("name", "").strip() or None) if found is not None else None

    def code(self, kind: str, holder: etree._Element, attribute: str) -> tuple[str | None, str | None]:
        """Code and message of the error or escalation that an attribute refers to."""
        reference = local_part(holder.get(attribute))
        if kind == "error" and reference and (kind, reference) not in self._found:
            # Camunda 7 takes the name of an error that is not declared for its code; thrown and caught it is the same.
            self.notes.warn(holder, f"There is no error {reference} in the file.", "Declare it, with its code.")
            return reference, None
        found = self.find(kind, holder, attribute)
        if found is None:
            return None, None
        return found.get(f"{kind}Code", "").strip() or None, camunda(found, "errorMessage")

    def event_definition(self, reference: str) -> etree._Element | None:
        """The event definition beside the processes that an `eventDefinitionRef` means."""
        return self._definitions.get(reference)

    def store_name(self, reference: str | None) -> str | None:
        """What a data store is called."""
        found = self._found.get(("dataStore", local_part(reference)))
        return (" ".join(found.get("name", "").split()) or found.get("id")) if found is not None else None
