# SPDX-License-Identifier: EUPL-1.2
"""From BPMN XML in the Camunda 7 dialect to the plain model; whatever is not understood becomes a finding."""

from collections import Counter
from itertools import count

from lxml import etree

from engine.bpmn.model import Process
from engine.bpmn.reading.notes import Notes
from engine.bpmn.reading.roots import Roots
from engine.bpmn.reading.scopes import ProcessReader
from engine.bpmn.reading.understood import check_head
from engine.bpmn.xml import BPMN, CAMUNDA, XmlRefused, bpmn_children, local_name, namespace, parse_xml
from engine.errors import Finding, ModelRefused

#: Names of engines that Camunda 7 grew from, or that grew from it: they say the same with the same words.
_FLOWABLE = "http://flowable.org/bpmn"
_FOX = frozenset({"http://www.camunda.com/fox", "http://www.operaton.com/fox"})
_RELATIVES = _FOX | {"http://activiti.org/bpmn", "http://operaton.org/schema/1.0/bpmn", _FLOWABLE}
_ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_PLATFORM = "{http://camunda.org/schema/modeler/1.0}executionPlatform"

__all__ = ["read_process", "read_processes", "read_processes_with_findings"]


def read_process(source: bytes, resource: str) -> Process:
    """The one executable process of a file, or `ModelRefused` naming every place that cannot be run."""
    found = read_processes(source, resource)
    if len(found) != 1:
        reason = f"The file has {len(found)} executable processes."
        raise ModelRefused([Finding(resource, "", "", reason, "Draw exactly one process a file.")])
    return found[0]


def read_processes(source: bytes, resource: str) -> list[Process]:
    """The executable processes of a file, or `ModelRefused` naming every place that cannot be run."""
    processes, findings = read_processes_with_findings(source, resource)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise ModelRefused(errors)
    return processes


def read_processes_with_findings(source: bytes, resource: str) -> tuple[list[Process], list[Finding]]:
    """The executable processes of a file as far as they could be read, with all errors and warnings."""
    notes = Notes(resource)
    try:
        root = parse_xml(source)
    except XmlRefused as error:
        return [], [Finding(resource, "", "", str(error))]
    if namespace(root) != BPMN or local_name(root) != "definitions":
        reason = f"The file is no BPMN model but begins with {local_name(root)}, so it has 0 executable processes."
        return [], [Finding(resource, "", "", reason, "Save it as BPMN 2.0.")]
    _rename(root)
    _name_flows(root)
    _check_platform(root, notes)
    check_head(root, notes)
    roots = Roots(root, notes)
    read = [ProcessReader(element, roots).read() for element in _executable(root, notes)]
    return [process for process in read if process is not None], notes.findings


def _executable(root: etree._Element, notes: Notes) -> list[etree._Element]:
    """The processes to be run: those that say so, or the only one if it does not say anything."""
    written = [(process, process.get("isExecutable")) for process in bpmn_children(root, "process")]
    for process, says in written:
        if says not in (None, "true", "1", "false", "0"):
            notes.refuse(process, f"{says} at isExecutable is neither true nor false.", "Write true or false.")
    found = [process for process, says in written if says in ("true", "1")]
    silent = [process for process, says in written if says is None]
    if not found:
        found = silent
    else:
        for process in silent:
            notes.warn(process, "The process is not run: isExecutable is missing.", "Set it to true or false.")
    if not found:
        cure = "Mark the process that is to be run as executable."
        notes.refuse(root, f"The file has 0 executable processes out of {len(written)}.", cure)
    keys = Counter(process.get("id") for process in found)
    for process in found:
        if process.get("id") and keys[process.get("id")] > 1:
            notes.refuse(process, "Two processes have the same id.", "Give each process an id of its own.")
    return found


def _rename(root: etree._Element) -> None:
    """Camunda 7 reads the names of the engine that it grew from as its own; so do we, and those of its relatives."""
    for element in root.iter(etree.Element):
        if namespace(element) in _RELATIVES:
            element.tag = f"{{{CAMUNDA}}}{local_name(element)}"
        for name, value in element.attrib.items():
            written = etree.QName(str(name))
            if written.namespace in _RELATIVES:
                del element.attrib[name]
                is_worker = written.namespace == _FLOWABLE and (written.localname, value) == ("type", "external-worker")
                element.set(f"{{{CAMUNDA}}}{written.localname}", "external" if is_worker else value)


def _name_flows(root: etree._Element) -> None:
    """Nothing refers to most flows, so that drawings by hand leave their ids out; the standard lets them."""
    taken = {element.get("id") for element in root.iter(etree.Element)}
    names = (name for number in count(1) if (name := f"flow-{number}") not in taken)
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        if not flow.get("id"):
            flow.set("id", next(names))


def _check_platform(root: etree._Element, notes: Notes) -> None:
    """A model of Camunda 8 says everything in another way, so one finding is enough."""
    is_cloud = root.get(_PLATFORM) == "Camunda Cloud"
    foreign = root if is_cloud else next((each for each in root.iter(etree.Element) if _is_zeebe(each)), None)
    if foreign is not None:
        reason = "This is a Camunda 8 model."
        cure = "Draw it for Camunda 7: its attributes, topics and forms have the prefix camunda:."
        notes.refuse(foreign, reason, cure)


def _is_zeebe(element: etree._Element) -> bool:
    names = (element.tag, *element.attrib)
    return any(str(name).startswith(f"{{{_ZEEBE}}}") for name in names)
