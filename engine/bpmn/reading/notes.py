# SPDX-License-Identifier: EUPL-1.2
"""Findings that are collected while a file is read, each at the element that a designer would look for."""

from lxml import etree

from engine.bpmn.reading.vocabulary import NODE_TYPES
from engine.bpmn.xml import BPMN, local_name, namespace
from engine.errors import Finding

#: Elements that a designer sees in a drawing or in a list of the modeller.
_SEEN = NODE_TYPES | {
    "sequenceFlow",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "dataStore",
    "message",
    "signal",
    "error",
    "escalation",
    "process",
}
#: Elements that hold what is drawn: whatever stands directly in them is drawn too.
_HOLDERS = frozenset({"definitions", "process", "subProcess", "transaction", "adHocSubProcess"})


class Notes:
    """The findings of one file."""

    def __init__(self, resource: str) -> None:
        self.resource = resource
        # The same thing may be noticed from two sides; it is told once.
        self._found: dict[Finding, None] = {}

    @property
    def findings(self) -> list[Finding]:
        """All of them, in the order in which they were noticed."""
        return list(self._found)

    def refuse(self, element: etree._Element, reason: str, cure: str = "") -> None:
        """Take note of something that keeps the model from running."""
        self._note(element, reason, cure, "error")

    def warn(self, element: etree._Element, reason: str, cure: str = "") -> None:
        """Take note of something that is not read but changes nothing of what happens."""
        self._note(element, reason, cure, "warning")

    def _note(self, element: etree._Element, reason: str, cure: str, severity: str) -> None:
        owner = _owner(element)
        found = Finding(
            self.resource,
            owner.get("id", ""),
            " ".join(owner.get("name", "").split()),
            reason,
            cure,
            severity,
            int(element.sourceline or 0),
        )
        self._found[found] = None


def _owner(element: etree._Element) -> etree._Element:
    for candidate in (element, *element.iterancestors()):
        if candidate.get("id") and _is_seen(candidate):
            return candidate
    return element


def _is_seen(element: etree._Element) -> bool:
    if namespace(element) != BPMN:
        return False
    parent = element.getparent()
    return local_name(element) in _SEEN or (parent is not None and local_name(parent) in _HOLDERS)
