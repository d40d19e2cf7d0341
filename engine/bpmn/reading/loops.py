# SPDX-License-Identifier: EUPL-1.2
"""How often an activity is done: multi-instance and standard loops."""

from lxml import etree

from engine.bpmn.model import Loop
from engine.bpmn.reading.data import DataNames
from engine.bpmn.reading.expressions import condition, expression, flag
from engine.bpmn.reading.extensions import async_of, retry
from engine.bpmn.reading.notes import Notes
from engine.bpmn.xml import bpmn_child, camunda, text_of


def loop_of(element: etree._Element, data: DataNames, notes: Notes) -> Loop | None:
    """The loop of an activity, or None."""
    multiple = bpmn_child(element, "multiInstanceLoopCharacteristics")
    standard = bpmn_child(element, "standardLoopCharacteristics")
    if multiple is not None and standard is not None:
        notes.refuse(element, "It has two kinds of loops.", "Leave one of them.")
    if multiple is not None:
        return _multiple(multiple, data, notes)
    if standard is None:
        return None
    return Loop(
        "standard",
        condition=condition(standard, "loopCondition", notes),
        test_before=flag(standard, "testBefore", False, notes),
        maximum=(standard.get("loopMaximum") or "").strip() or None,
    )


def _multiple(element: etree._Element, data: DataNames, notes: Notes) -> Loop:
    behavior = element.get("behavior", "All")
    if behavior != "All":
        # What it would throw for an instance stands in elements of its own, which are not understood.
        notes.warn(element, f"No event is thrown for each instance (behavior {behavior}).", "Remove it.")
    collection = camunda(element, "collection") or _collection(element, "loopDataInputRef", data)
    cardinality = expression(element, "loopCardinality", notes)
    if collection and cardinality:
        notes.refuse(element, "It is said twice how often it is done.", "Set a collection or a cardinality.")
    around = async_of(element, notes)
    return Loop(
        "sequential" if flag(element, "isSequential", False, notes) else "parallel",
        cardinality=cardinality,
        collection=collection,
        element=camunda(element, "elementVariable") or _item(element, "inputDataItem"),
        condition=condition(element, "completionCondition", notes),
        output_collection=_collection(element, "loopDataOutputRef", data),
        output_element=_item(element, "outputDataItem"),
        async_before=around["async_before"],
        async_after=around["async_after"],
        exclusive=around["exclusive"],
        retry=retry(element),
    )


def _collection(element: etree._Element, name: str, data: DataNames) -> str | None:
    written = text_of(bpmn_child(element, name))
    return data.collection(written) if written else None


def _item(element: etree._Element, name: str) -> str | None:
    item = bpmn_child(element, name)
    return None if item is None else " ".join(item.get("name", "").split()) or item.get("id")
