# SPDX-License-Identifier: EUPL-1.2
"""Whatever is drawn is executed or refused: every file is compared with what the engine has made of it.

The XML is read here without the engine's reader, so that what that one passes over is found.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import processes
from engine.bpmn import read_processes_with_findings
from engine.bpmn.lint import lint
from engine.bpmn.xml import BPMN
from engine.errors import Finding
from engine.spiff.build import build_spec

TESTS = Path(__file__).parents[1]
FILES = sorted([*TESTS.rglob("*.bpmn"), *Path(processes.FOLDER).rglob("*.bpmn")])
ACTIVITIES = {
    *("task", "manualTask", "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask"),
    *("callActivity", "subProcess", "transaction", "adHocSubProcess"),
}
EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
GATEWAYS = {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway"}
NODES = ACTIVITIES | EVENTS | GATEWAYS
LOOPS = {"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"}


def tag(element: etree._Element) -> str:
    """The name of a BPMN element, empty for any other."""
    name = etree.QName(element)
    return name.localname if name.namespace == BPMN else ""


def children(element: etree._Element) -> list[etree._Element]:
    """Its BPMN elements."""
    return [child for child in element.iterchildren(etree.Element) if tag(child)]


def drawn_nodes(process: etree._Element) -> Iterator[etree._Element]:
    """All flow nodes of a process, also within subprocesses."""
    return (element for element in process.iter(etree.Element) if tag(element) in NODES)


def kinds(event: etree._Element, root: etree._Element) -> list[str]:
    """What the event definitions of an event are for."""
    beside = {element.get("id"): element for element in children(root)}
    found = []
    for child in children(event):
        if tag(child) == "eventDefinitionRef":
            child = beside[(child.text or "").strip()]
        if tag(child).endswith("EventDefinition"):
            found.append(tag(child).removesuffix("EventDefinition").replace("compensate", "compensation"))
    return found


def text_of(element: etree._Element, name: str) -> str:
    """The text of a child."""
    return "".join((child.text or "").strip() for child in children(element) if tag(child) == name)


class Drawn:
    """A file as it lies there, and what the engine makes of it."""

    def __init__(self, file: Path) -> None:
        source = file.read_bytes()
        self.root = etree.fromstring(source)
        read, self.findings = read_processes_with_findings(source, file.name)
        self.findings += [finding for process in read for finding in lint(process, file.name)]
        self.read = {process.id: process for process in read}

    @property
    def errors(self) -> list[Finding]:
        """Why it is refused, if it is."""
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def executable(self) -> list[etree._Element]:
        """The processes that want to be run."""
        return [each for each in children(self.root) if tag(each) == "process" and each.get("isExecutable") == "true"]


@pytest.fixture(scope="module", params=FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def drawing(request: pytest.FixtureRequest) -> Drawn:
    """Each model of the repository."""
    return Drawn(request.param)


def test_a_refusal_names_an_element_that_is_drawn(drawing: Drawn):
    ids = {element.get("id") for element in drawing.root.iter(etree.Element)}
    assert {finding.element_id for finding in drawing.errors} <= ids


def test_every_executable_process_is_read(drawing: Drawn):
    assert {process.get("id") for process in drawing.executable} <= set(drawing.read)


def test_every_flow_node_is_read_as_what_it_is(drawing: Drawn):
    for process in drawing.executable:
        nodes = drawing.read[process.get("id", "")].nodes
        drawn = {element.get("id"): tag(element) for element in drawn_nodes(process)}
        assert {node.id: node.type for node in nodes.values()} == drawn


def test_every_flow_is_read_with_its_ends_and_its_condition(drawing: Drawn):
    for process in drawing.executable:
        flows = drawing.read[process.get("id", "")].flows
        for element in process.iter(f"{{{BPMN}}}sequenceFlow"):
            flow = flows[element.get("id", "")]
            assert (flow.source, flow.target) == (element.get("sourceRef"), element.get("targetRef"))
            assert bool(flow.condition) is bool(text_of(element, "conditionExpression"))


def test_what_is_not_refused_is_compiled_as_it_is_drawn(drawing: Drawn):
    for process in drawing.executable if not drawing.errors else ():
        specs = build_spec(drawing.read[process.get("id", "")]).task_specs
        for element in drawn_nodes(process):
            compare(element, specs[element.get("id")], drawing.root)


def assumed_default(element: etree._Element, leaving: list[etree._Element]) -> str | None:
    """The only flow without a condition out of an exclusive gateway is taken when no other one is."""
    bare = [flow.get("id") for flow in leaving if not text_of(flow, "conditionExpression")]
    return bare[0] if tag(element) == "exclusiveGateway" and len(leaving) > 1 and len(bare) == 1 else None


def compare(element: etree._Element, spec: Any, root: etree._Element) -> None:
    """What an element says, and what the spec that runs it has."""
    node = spec.node
    assert (node.id, node.type) == (element.get("id"), tag(element))
    if tag(element) in EVENTS:
        assert [event.kind for event in node.events] == kinds(element, root)
    leaving = [flow for flow in root.iter(f"{{{BPMN}}}sequenceFlow") if flow.get("sourceRef") == node.id]
    assert [flow.id for flow in spec.outgoing] == [flow.get("id") for flow in leaving]
    assert node.default_flow == (element.get("default") or assumed_default(element, leaving))
    assert node.attached_to == element.get("attachedToRef")
    assert node.is_event_subprocess is (element.get("triggeredByEvent") == "true")
    assert node.for_compensation is (element.get("isForCompensation") == "true")
    assert (node.loop is not None) is any(tag(child) in LOOPS for child in children(element))
    holder = element.getparent()
    assert holder is not None
    assert node.parent == ("" if tag(holder) == "process" else holder.get("id"))
