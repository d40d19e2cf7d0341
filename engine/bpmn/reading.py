# SPDX-License-Identifier: EUPL-1.2
"""From BPMN XML in the Camunda 7 dialect to the plain model; whatever is not understood becomes a finding."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.model import EventKind, Flow, Node, Process, Timer, Written
from engine.bpmn.xml import BPMN, CAMUNDA, XmlRefused, local_name, namespace, parse_xml
from engine.errors import Finding, ModelRefused

_NODE_TYPES = frozenset(
    {
        "startEvent",
        "endEvent",
        "task",
        "manualTask",
        "userTask",
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "receiveTask",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "exclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
    }
)
#: Elements that only draw or describe.
_DRAWN = frozenset(
    {
        "laneSet",
        "textAnnotation",
        "association",
        "group",
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "conditionExpression",
        "script",
    }
)
_EVENTS: dict[str, EventKind] = {
    "messageEventDefinition": "message",
    "timerEventDefinition": "timer",
    "terminateEventDefinition": "terminate",
}
_CAMUNDA_ATTRIBUTES = frozenset(
    {
        "type",
        "topic",
        "formRef",
        "formRefBinding",
        "assignee",
        "candidateGroups",
        "dueDate",
        "followUpDate",
        "priority",
        "decisionRef",
        "decisionRefBinding",
        "mapDecisionResult",
        "resultVariable",
        "historyTimeToLive",
        "versionTag",
        "isStartableInTasklist",
        "modelerTemplate",
        "modelerTemplateVersion",
        "modelerTemplateIcon",
    }
)
_CAMUNDA_ELEMENTS = frozenset(["properties", "inputOutput"])
#: Ids and names are columns that lists are made of.
_LONGEST_ID = 200
_LONGEST_NAME = 200


def read_process(source: bytes, resource: str) -> Process:
    """The one executable process of a file, or `ModelRefused` naming every place that cannot be run."""
    try:
        root = parse_xml(source)
    except XmlRefused as error:
        raise ModelRefused([Finding(resource, "", "", str(error))]) from None
    return _Reader(root, resource).read()


class _Reader:
    """Walks one file and collects findings on the way."""

    def __init__(self, root: etree._Element, resource: str) -> None:
        self.root = root
        self.resource = resource
        self.findings: list[Finding] = []
        self.messages = {
            message.get("id", ""): message.get("name", "") for message in root.iterchildren(f"{{{BPMN}}}message")
        }

    def read(self) -> Process:
        found = [
            process
            for process in self.root.iterchildren(f"{{{BPMN}}}process")
            if process.get("isExecutable", "true") == "true"
        ]
        if len(found) != 1:
            reason = f"The file has {len(found)} executable processes."
            raise ModelRefused([Finding(self.resource, "", "", reason, "Draw exactly one process a file.")])
        process = self._process(found[0])
        if self.findings:
            raise ModelRefused(self.findings)
        return process

    def refuse(self, element: etree._Element, reason: str, cure: str = "") -> None:
        owner = next((e for e in (element, *element.iterancestors()) if e.get("id")), element)
        self.findings.append(Finding(self.resource, owner.get("id", ""), owner.get("name", ""), reason, cure))

    def _process(self, element: etree._Element) -> Process:
        self._check_camunda(element)
        self._check_id(element, set())
        seen: set[str] = set()
        nodes: dict[str, Node] = {}
        flows: dict[str, Flow] = {}
        for child in element.iterchildren(etree.Element):
            kind = local_name(child)
            if namespace(child) != BPMN or kind in _DRAWN:
                continue
            if kind == "sequenceFlow":
                self._check_id(child, seen)
                flow = self._flow(child)
                flows[flow.id] = flow
            elif kind in _NODE_TYPES:
                self._check_id(child, seen)
                node = self._node(child, kind)
                nodes[node.id] = node
            else:
                self.refuse(child, f"The element {kind} cannot be run yet.", "Draw it with tasks, gateways and events.")
        return Process(
            id=element.get("id", ""),
            name=element.get("name", "") or element.get("id", ""),
            nodes=nodes,
            flows=flows,
            properties=self._properties(element),
            history_time_to_live=_camunda(element, "historyTimeToLive"),
        )

    def _check_id(self, element: etree._Element, seen: set[str]) -> None:
        element_id = element.get("id", "")
        if not element_id:
            self.refuse(element, f"A {local_name(element)} has no id.", "Give each element an id of its own.")
        elif element_id in seen:
            self.refuse(element, "Two elements have the same id.", "Give each element an id of its own.")
        if len(element_id) > _LONGEST_ID or len(element.get("name", "")) > _LONGEST_NAME:
            self.refuse(element, "The id or the name is too long.", f"Use at most {_LONGEST_NAME} characters.")
        seen.add(element_id)

    def _flow(self, element: etree._Element) -> Flow:
        self._check_camunda(element)
        condition = element.find(f"{{{BPMN}}}conditionExpression")
        if condition is not None and (language := condition.get("language")) and "feel" not in language.lower():
            self.refuse(element, f"The condition is written in {language}.", "Write it in FEEL.")
        return Flow(
            id=element.get("id", ""),
            source=element.get("sourceRef", ""),
            target=element.get("targetRef", ""),
            name=element.get("name", ""),
            condition=(condition.text or "").strip() or None if condition is not None else None,
        )

    def _node(self, element: etree._Element, kind: str) -> Node:
        self._check_camunda(element)
        event, timer, message = self._event(element, kind)
        inputs, outputs = self._mappings(element)
        script = element.find(f"{{{BPMN}}}script")
        return Node(
            id=element.get("id", ""),
            type=kind,
            name=" ".join(element.get("name", "").split()),
            event=event,
            timer=timer,
            message=message,
            attached_to=element.get("attachedToRef"),
            interrupting=element.get("cancelActivity", "true") != "false",
            default_flow=element.get("default"),
            topic=self._topic(element, kind),
            decision=_camunda(element, "decisionRef"),
            decision_result=_camunda(element, "mapDecisionResult") or "singleResult",
            decision_binding=_camunda(element, "decisionRefBinding") or "deployment",
            script=self._script(element, script) if kind == "scriptTask" else None,
            result_variable=_camunda(element, "resultVariable"),
            form_key=_camunda(element, "formRef"),
            assignee=_camunda(element, "assignee"),
            candidate_groups=_names(_camunda(element, "candidateGroups")),
            due=_camunda(element, "dueDate"),
            follow_up=_camunda(element, "followUpDate"),
            priority=_camunda(element, "priority"),
            inputs=inputs,
            outputs=outputs,
            properties=self._properties(element),
        )

    def _event(self, element: etree._Element, kind: str) -> tuple[EventKind, Timer | None, str | None]:
        event: EventKind = "none"
        timer = None
        message = self._message(element, element) if kind == "receiveTask" else None
        definitions = [child for child in _bpmn_children(element) if local_name(child).endswith("EventDefinition")]
        if len(definitions) > 1:
            self.refuse(element, "The event waits for several things at once.", "Draw one event for each of them.")
        for definition in definitions[:1]:
            name = local_name(definition)
            if name not in _EVENTS:
                self.refuse(element, f"Events of the type {name.removesuffix('EventDefinition')} cannot be run yet.")
                continue
            event = _EVENTS[name]
            if event == "timer":
                timer = self._timer(element, definition)
            elif event == "message":
                message = self._message(element, definition)
        for child in _bpmn_children(element):
            known = local_name(child) in _DRAWN or local_name(child).endswith("EventDefinition")
            if not known:
                self.refuse(element, f"{local_name(child)} at this element cannot be run yet.", "Remove it.")
        return event, timer, message

    def _timer(self, element: etree._Element, definition: etree._Element) -> Timer | None:
        for child in _bpmn_children(definition):
            written = (child.text or "").strip()
            if local_name(child) == "timeDuration" and written:
                return Timer("duration", written)
            if local_name(child) == "timeDate" and written:
                return Timer("date", written)
        self.refuse(element, "The timer has no duration and no date.", "Give it a duration such as P14D.")
        return None

    def _message(self, element: etree._Element, holder: etree._Element) -> str | None:
        name = self.messages.get(holder.get("messageRef", ""))
        if not name:
            self.refuse(element, "It is not said which message is awaited.", "Choose a message with a name.")
        return name

    def _topic(self, element: etree._Element, kind: str) -> str | None:
        if kind != "serviceTask":
            return None
        topic = _camunda(element, "topic")
        if _camunda(element, "type") != "external" or not topic:
            self.refuse(element, "The service task names no operation.", "Set type external and the topic.")
        return topic

    def _script(self, element: etree._Element, script: etree._Element | None) -> str | None:
        if element.get("scriptFormat", "").lower() != "feel":
            self.refuse(element, "Only scripts in FEEL are run.", "Set the format to feel.")
        return (script.text or "").strip() or None if script is not None else None

    def _mappings(self, element: etree._Element) -> tuple[dict[str, Written], dict[str, Written]]:
        inputs: dict[str, Written] = {}
        outputs: dict[str, Written] = {}
        for mapping in _camunda_extensions(element, "inputOutput"):
            for parameter in mapping.iterchildren(etree.Element):
                target = inputs if local_name(parameter) == "inputParameter" else outputs
                target[parameter.get("name", "")] = self._written(parameter)
        return inputs, outputs

    def _written(self, parameter: etree._Element) -> Written:
        for child in parameter.iterchildren(etree.Element):
            if local_name(child) == "list":
                return [self._written_value(value) for value in child.iterchildren(etree.Element)]
            if local_name(child) == "map":
                return {entry.get("key", ""): self._written(entry) for entry in child.iterchildren(etree.Element)}
            self.refuse(parameter, f"A mapping of the type {local_name(child)} cannot be run yet.", "Write it in FEEL.")
        return (parameter.text or "").strip()

    def _written_value(self, value: etree._Element) -> Written:
        if local_name(value) != "value":
            self.refuse(value, f"A {local_name(value)} within a list cannot be run yet.", "Write the list in FEEL.")
        return (value.text or "").strip()

    def _properties(self, element: etree._Element) -> dict[str, str]:
        return {
            item.get("name", ""): item.get("value", "")
            for properties in _camunda_extensions(element, "properties")
            for item in properties.iterchildren(etree.Element)
        }

    def _check_camunda(self, element: etree._Element) -> None:
        for name in element.attrib:
            attribute = etree.QName(str(name))
            if attribute.namespace == CAMUNDA and attribute.localname not in _CAMUNDA_ATTRIBUTES:
                self.refuse(element, f"The attribute camunda:{attribute.localname} cannot be run yet.", "Remove it.")
        extensions = element.find(f"{{{BPMN}}}extensionElements")
        for child in extensions.iterchildren(etree.Element) if extensions is not None else ():
            if namespace(child) == CAMUNDA and local_name(child) not in _CAMUNDA_ELEMENTS:
                self.refuse(element, f"The extension camunda:{local_name(child)} cannot be run yet.", "Remove it.")


def _camunda(element: etree._Element, name: str) -> str | None:
    value = element.get(f"{{{CAMUNDA}}}{name}")
    return value.strip() or None if value else None


def _camunda_extensions(element: etree._Element, name: str) -> Iterator[etree._Element]:
    extensions = element.find(f"{{{BPMN}}}extensionElements")
    if extensions is not None:
        yield from extensions.iterchildren(f"{{{CAMUNDA}}}{name}")


def _bpmn_children(element: etree._Element) -> Iterator[etree._Element]:
    return (child for child in element.iterchildren(etree.Element) if namespace(child) == BPMN)


def _names(written: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in written.split(",") if name.strip()) if written else ()
