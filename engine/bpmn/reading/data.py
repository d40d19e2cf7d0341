# SPDX-License-Identifier: EUPL-1.2
"""Data objects, data stores and what is copied between them and activities."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.model import SUBPROCESS_TYPES, Association
from engine.bpmn.reading.expressions import expression
from engine.bpmn.reading.notes import Notes
from engine.bpmn.reading.roots import Roots
from engine.bpmn.xml import BPMN, bpmn_child, bpmn_children, local_name, local_part, text_of

_LOCAL = frozenset({"dataInput", "dataOutput", "inputDataItem", "outputDataItem"})
#: What modellers name a property that only makes an association well-formed.
_PLACEHOLDER = "__targetRef_placeholder"


def _named(element: etree._Element) -> str:
    return " ".join(element.get("name", "").split())


class DataNames:
    """Under which name each data element of a process is known: as a variable, or as a data store."""

    def __init__(self, process: etree._Element, roots: Roots) -> None:
        self._notes = roots.notes
        self.names: dict[str, str] = {}
        self.stores: dict[str, str] = {}
        #: Names that exist in a scope from its beginning.
        self.objects: dict[str, dict[str, None]] = {}
        self._placeholders: set[str] = set()
        #: A local input or output → what it is copied from or to.
        self._beyond: dict[str, str] = {}
        self._read_objects(process)
        for element in process.iter(f"{{{BPMN}}}*"):
            self._read(element, roots)
        for element in process.iter(f"{{{BPMN}}}dataInputAssociation", f"{{{BPMN}}}dataOutputAssociation"):
            self._look_beyond(element)

    def _read_objects(self, process: etree._Element) -> None:
        called_by_reference: dict[str, str] = {}
        for reference in process.iter(f"{{{BPMN}}}dataObjectReference"):
            if _named(reference):
                called_by_reference.setdefault(local_part(reference.get("dataObjectRef")), _named(reference))
        for each in process.iter(f"{{{BPMN}}}dataObject"):
            key = each.get("id", "")
            self._declare(each, _named(each) or called_by_reference.get(key) or key)

    def _declare(self, element: etree._Element, name: str) -> None:
        self.names[element.get("id", "")] = name
        parent = element.getparent()
        if parent is None:
            return
        if local_name(parent) == "process" or local_name(parent) in SUBPROCESS_TYPES:
            scope = "" if local_name(parent) == "process" else parent.get("id", "")
            self.objects.setdefault(scope, {})[name] = None

    def _read(self, element: etree._Element, roots: Roots) -> None:
        kind, key = local_name(element), element.get("id", "")
        if kind == "dataObjectReference":
            target = local_part(element.get("dataObjectRef"))
            if target not in self.names:
                self._notes.refuse(element, f"There is no data object {target}.", "Draw the data object anew.")
            self.names[key] = self.names.get(target, key)
        elif kind == "dataStoreReference":
            self.stores[key] = roots.store_name(element.get("dataStoreRef")) or _named(element) or key
            self.names[key] = self.stores[key]
        elif kind == "property":
            if _named(element) == _PLACEHOLDER:
                self._placeholders.add(key)
            else:
                self._declare(element, _named(element) or key)
        elif kind in _LOCAL:
            self.names[key] = _named(element) or key

    def _look_beyond(self, association: etree._Element) -> None:
        sources = [local_part(text_of(each)) for each in bpmn_children(association, "sourceRef")]
        target = local_part(text_of(bpmn_child(association, "targetRef")))
        if len(sources) == 1 and target:
            inner, outer = (target, sources[0])
            if local_name(association) == "dataOutputAssociation":
                inner, outer = outer, inner
            self._beyond[inner] = outer

    def collection(self, written: str) -> str:
        """The variable that a loop goes through or fills: a data object, or a name as it stands."""
        key = local_part(written)
        key = self._beyond.get(key, key)
        return self.names.get(key, written if "{" in written or written.startswith("=") else key)

    def reference(self, key: str, element: etree._Element) -> str | None:
        """The name of a data element."""
        found = self.names.get(key)
        if found is None and key not in self._placeholders:
            self._notes.refuse(element, f"The data association refers to {key}, which is no data.", "Draw it anew.")
        return found

    def is_placeholder(self, key: str) -> bool:
        """Whether something only stands for a missing end."""
        return not key or key in self._placeholders


def associations(element: etree._Element, tag: str, data: DataNames, notes: Notes) -> tuple[Association, ...]:
    """What is copied into an activity, or out of it."""
    looped = set(_loop_ends(element))
    read = (_association(each, tag, data, looped, notes) for each in bpmn_children(element, tag))
    return tuple(each for each in read if each is not None)


def _loop_ends(element: etree._Element) -> Iterator[str]:
    """The collections of a loop: the loop itself reads and fills them, each round must not."""
    loop = bpmn_child(element, "multiInstanceLoopCharacteristics")
    if loop is not None:
        for name in ("loopDataInputRef", "loopDataOutputRef"):
            if end := local_part(text_of(bpmn_child(loop, name))):
                yield end


def _association(
    element: etree._Element, tag: str, data: DataNames, looped: set[str], notes: Notes
) -> Association | None:
    keys = [local_part(text_of(each)) for each in bpmn_children(element, "sourceRef")]
    target_key = local_part(text_of(bpmn_child(element, "targetRef")))
    into = tag == "dataInputAssociation"
    if looped & ({target_key} if into else set(keys)):
        return None
    sources = tuple(name for key in keys if (name := data.reference(key, element)))
    assignments = tuple(_assignments(element, notes))
    transformation = expression(element, "transformation", notes)
    if data.is_placeholder(target_key):
        if not into or not sources:
            notes.refuse(element, "The data association leads nowhere.", "Draw it anew.")
            return None
        if sources[0] not in data.stores.values() and not assignments and not transformation:
            return None
        target = sources[0]
    else:
        target = data.reference(target_key, element) or ""
    if not target:
        return None
    if not keys and not assignments and not transformation:
        if into:
            notes.refuse(element, "The data association comes from nowhere.", "Draw it anew.")
            return None
        sources = (target,)
    if len(sources) > 1 and not transformation and not assignments:
        notes.refuse(element, "Several sources cannot be copied into one.", "Write a transformation.")
    return Association(sources, target, transformation, assignments) if sources or not keys else None


def _assignments(element: etree._Element, notes: Notes) -> Iterator[tuple[str, str]]:
    for each in bpmn_children(element, "assignment"):
        source, target = (expression(each, end, notes) for end in ("from", "to"))
        if source and target:
            yield source, target
        else:
            notes.refuse(element, "An assignment needs both ends.", "Write from and to.")
