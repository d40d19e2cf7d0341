# SPDX-License-Identifier: EUPL-1.2
"""Walks a process and its subprocesses: nodes, flows and what only their places say."""

from dataclasses import replace

from lxml import etree

from engine.bpmn.model import SUBPROCESS_TYPES, Flow, Node, Process
from engine.bpmn.reading.data import DataNames, associations
from engine.bpmn.reading.events import definitions_of, events_of
from engine.bpmn.reading.expressions import condition, flag
from engine.bpmn.reading.extensions import async_of, listeners, mappings, properties, retry
from engine.bpmn.reading.fields import form_of_node
from engine.bpmn.reading.loops import loop_of
from engine.bpmn.reading.people import people_of, starters_of
from engine.bpmn.reading.roots import Roots
from engine.bpmn.reading.understood import check_understood
from engine.bpmn.reading.vocabulary import NODE_TYPES
from engine.bpmn.reading.work import Attributes, errors_of_work, work_of
from engine.bpmn.xml import BPMN, CAMUNDA, bpmn_children, camunda, local_name, local_part, text_of

#: After these there is nothing left to go on beside.
_ALWAYS_INTERRUPTING = frozenset({"error", "cancel"})
#: Ids and names are columns that lists are made of.
_LONGEST_ID = 200
_LONGEST_NAME = 200
#: Subprocesses within each other; nobody draws more, and each level costs stack.
_DEEPEST = 20


class ProcessReader:
    """Reads one process of a file."""

    def __init__(self, element: etree._Element, roots: Roots) -> None:
        self.element = element
        self.roots = roots
        self.notes = roots.notes
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self._seen: set[str] = set()
        self._all_known = True

    def read(self) -> Process | None:
        """The process; None if its elements cannot be told apart. Whatever is wrong with it stands in the notes."""
        element, notes = self.element, self.notes
        check_understood(element, notes)
        self._check_id(element, set())
        self.data = DataNames(element, self.roots)
        self._scope(element, "", 0)
        self._link_compensations()
        self._assume_defaults()
        users, groups = starters_of(element, notes)
        process = self._process(users, groups)
        return process if self._all_known else None

    def _process(self, users: tuple[str, ...], groups: tuple[str, ...]) -> Process:
        element, notes = self.element, self.notes
        return Process(
            id=element.get("id", ""),
            name=" ".join(element.get("name", "").split()) or element.get("id", ""),
            nodes=self.nodes,
            flows=self.flows,
            properties=properties(element, notes),
            history_time_to_live=camunda(element, "historyTimeToLive"),
            version_tag=camunda(element, "versionTag"),
            startable_in_tasklist=flag(element, f"{{{CAMUNDA}}}isStartableInTasklist", True, notes),
            documentation=_documentation(element),
            job_priority=camunda(element, "jobPriority"),
            data_objects={scope: tuple(names) for scope, names in self.data.objects.items()},
            data_stores=self.data.stores,
            listeners=listeners(element, "process", notes),
            candidate_starter_groups=groups,
            candidate_starter_users=users,
        )

    def _scope(self, element: etree._Element, scope: str, depth: int) -> None:
        if depth > _DEEPEST:
            self.notes.refuse(element, f"Subprocesses are nested more than {_DEEPEST} deep.", "Call a process.")
            return
        for child in bpmn_children(element):
            kind = local_name(child)
            if kind == "sequenceFlow":
                self._check_id(child, self._seen)
                self.flows[child.get("id", "")] = self._flow(child)
            elif kind in NODE_TYPES:
                self._check_id(child, self._seen)
                self.nodes[child.get("id", "")] = self._node(child, kind, scope)
                if kind in SUBPROCESS_TYPES:
                    self._scope(child, child.get("id", ""), depth + 1)

    def _check_id(self, element: etree._Element, seen: set[str]) -> None:
        element_id = element.get("id", "")
        self._all_known &= bool(element_id) and element_id not in seen
        if not element_id:
            self.notes.refuse(element, f"A {local_name(element)} has no id.", "Give each element an id of its own.")
        elif element_id in seen:
            self.notes.refuse(element, "Two elements have the same id.", "Give each element an id of its own.")
        if len(element_id) > _LONGEST_ID or len(element.get("name", "")) > _LONGEST_NAME:
            cure = f"Use at most {_LONGEST_NAME} characters."
            self.notes.refuse(element, "The id or the name is too long.", cure)
        seen.add(element_id)

    def _flow(self, element: etree._Element) -> Flow:
        return Flow(
            id=element.get("id", ""),
            source=local_part(element.get("sourceRef")),
            target=local_part(element.get("targetRef")),
            name=" ".join(element.get("name", "").split()),
            condition=condition(element, "conditionExpression", self.notes),
            listeners=listeners(element, "flow", self.notes),
        )

    def _node(self, element: etree._Element, kind: str, scope: str) -> Node:
        notes = self.notes
        inputs, outputs = mappings(element, notes)
        attributes: Attributes = {
            **work_of(element, kind, self.roots),
            **people_of(element, kind, notes),
            **self._drawn(element, kind),
            **async_of(element, notes),
        }
        if kind in ("userTask", "startEvent"):
            attributes |= form_of_node(element, self.element.get("id", ""), notes)
        if attributes.get("topic") or any(event.topic for event in attributes.get("events", ())):
            attributes["topic_priority"] = attributes.get("topic_priority") or camunda(self.element, "taskPriority")
        return Node(
            id=element.get("id", ""),
            type=kind,
            name=" ".join(element.get("name", "").split()),
            parent=scope,
            line=int(element.sourceline or 0),
            documentation=_documentation(element),
            default_flow=local_part(element.get("default")) or None,
            for_compensation=flag(element, "isForCompensation", False, notes),
            loop=loop_of(element, self.data, notes),
            retry=retry(element),
            job_priority=camunda(element, "jobPriority"),
            inputs=inputs,
            outputs=outputs,
            data_inputs=associations(element, "dataInputAssociation", self.data, notes),
            data_outputs=associations(element, "dataOutputAssociation", self.data, notes),
            listeners=listeners(element, "node", notes) + listeners(element, "task", notes),
            properties=properties(element, notes),
            **attributes,
        )

    def _drawn(self, element: etree._Element, kind: str) -> Attributes:
        """What the shape itself says: kind of event, of subprocess, of attachment."""
        notes = self.notes
        for quantity in ("startQuantity", "completionQuantity"):
            if element.get(quantity, "1").strip() != "1":
                notes.refuse(element, f"A {quantity} other than 1 cannot be run.", "Remove it.")
        if kind.endswith("Event"):
            events = events_of(element, self.roots)
            found: Attributes = {
                "events": events,
                "interrupting": self._interrupts(element, kind, {event.kind for event in events}),
                "attached_to": local_part(element.get("attachedToRef")) or None,
            }
            if kind in ("startEvent", "intermediateCatchEvent", "boundaryEvent"):
                found["all_events"] = flag(element, "parallelMultiple", False, notes)
            for definition in definitions_of(element, self.roots):
                if camunda(definition, "topic"):
                    found["topic_priority"] = camunda(definition, "taskPriority")
                    found["error_mappings"] = errors_of_work(definition, self.roots)
            return found
        if kind in SUBPROCESS_TYPES:
            return self._subprocess(element, kind)
        return {}

    def _interrupts(self, element: etree._Element, kind: str, events: set[str]) -> bool:
        name = "isInterrupting" if kind == "startEvent" else "cancelActivity"
        always = sorted(events & _ALWAYS_INTERRUPTING) if kind in ("startEvent", "boundaryEvent") else []
        if flag(element, name, True, self.notes):
            return True
        if always:
            # Whatever the drawing says: there is nothing left to go on beside.
            reason = f"The kind {always[0]} always interrupts what it is drawn for."
            self.notes.warn(element, reason, "Make the event an interrupting one.")
        return bool(always)

    def _subprocess(self, element: etree._Element, kind: str) -> Attributes:
        notes = self.notes
        found: Attributes = {"is_event_subprocess": flag(element, "triggeredByEvent", False, notes)}
        if kind == "adHocSubProcess":
            ordering = element.get("ordering", "Parallel")
            if ordering not in ("Parallel", "Sequential"):
                notes.refuse(element, f"There is no ordering {ordering}.", "Use Parallel or Sequential.")
            found["ordered"] = ordering == "Sequential"
            found["cancel_remaining"] = flag(element, "cancelRemainingInstances", True, notes)
            if not flag(element, f"{{{CAMUNDA}}}autoComplete", True, notes):
                reason = "An ad-hoc subprocess that only a program ends (autoComplete) cannot be run."
                notes.refuse(element, reason, "Give it a completionCondition.")
            found["completion"] = condition(element, "completionCondition", notes)
        if kind == "transaction" and "compensate" not in element.get("method", "##Compensate").lower():
            reason = f"Transactions of the method {element.get('method')} cannot be run."
            notes.refuse(element, reason, "Use ##Compensate.")
        return found

    def _link_compensations(self) -> None:
        """An association leads from a compensation boundary event to the activity that undoes."""
        for event in [node for node in self.nodes.values() if node.event == "compensation" and node.attached_to]:
            undoing: str | None = None
            for association in self.roots.associations.get(event.id, ()):
                handler = local_part(association.get("targetRef"))
                if handler not in self.nodes:
                    continue  # a note beside the event
                if undoing not in (None, handler):
                    reason = "Two activities undo the same one."
                    self.notes.refuse(association, reason, "Draw a subprocess that does both.")
                undoing = handler
            self.nodes[event.id] = replace(event, compensated_by=undoing)

    def _assume_defaults(self) -> None:
        """As in Camunda 7 the only flow without a condition out of an exclusive gateway is its default."""
        for node in [each for each in self.nodes.values() if each.type == "exclusiveGateway" and not each.default_flow]:
            flows = [flow for flow in self.flows.values() if flow.source == node.id]
            bare = [flow.id for flow in flows if flow.condition is None]
            if len(flows) < 2 or len(bare) != 1:
                continue
            self.nodes[node.id] = replace(node, default_flow=bare[0])
            drawn = next(each for each in self.element.iter(f"{{{BPMN}}}sequenceFlow") if each.get("id") == bare[0])
            reason = f"The flow leaves {node.label} without a condition and is taken when no other one is."
            self.notes.warn(drawn, reason, "Make it the default, or set a condition.")


def _documentation(element: etree._Element) -> str:
    return "\n".join(text for each in bpmn_children(element, "documentation") if (text := text_of(each)))
