# SPDX-License-Identifier: EUPL-1.2
"""What a task does: the operation, expression, script, message, decision or process that it stands for."""

from typing import Any

from lxml import etree

from engine.bpmn.model import Binding, Called
from engine.bpmn.reading.events import external_work
from engine.bpmn.reading.expressions import action, change, expression, flag, is_marked, result_variable
from engine.bpmn.reading.extensions import passed
from engine.bpmn.reading.notes import Notes
from engine.bpmn.reading.roots import Roots
from engine.bpmn.xml import bpmn_child, camunda, extensions, local_part, text_of

_BINDINGS: dict[str, Binding] = {
    "latest": "latest",
    "deployment": "deployment",
    "version": "version",
    "versionTag": "versionTag",
}

#: Attributes of the node that is being read, by their names in the model.
Attributes = dict[str, Any]


def work_of(element: etree._Element, kind: str, roots: Roots) -> Attributes:
    """The attributes of a node that say what it does."""
    if kind in ("serviceTask", "sendTask", "businessRuleTask"):
        return _service(element, kind, roots)
    if kind == "receiveTask":
        instantiate = flag(element, "instantiate", False, roots.notes)
        return {"message": roots.name("message", element, "messageRef"), "instantiate": instantiate}
    if kind == "scriptTask":
        text = text_of(bpmn_child(element, "script"))
        language = element.get("scriptFormat") or ("juel" if is_marked(text) else None)
        found = action(element, language, text, roots.notes)
        return {"script": found, "result_variable": result_variable(element)}
    if kind == "callActivity":
        return {"called": _called(element, roots.notes)}
    if kind == "eventBasedGateway":
        return _event_gateway(element, roots.notes)
    if kind == "complexGateway":
        return {"activation": expression(element, "activationCondition", roots.notes)}
    return {}


def _service(element: etree._Element, kind: str, roots: Roots) -> Attributes:
    topic, written = external_work(element, roots.notes)
    found: Attributes = {"topic": topic, "topic_priority": camunda(element, "taskPriority")}
    found["expression"] = (change(written) if written else None) or written
    found["result_variable"] = result_variable(element)
    found["error_mappings"] = errors_of_work(element, roots)
    if kind == "sendTask":
        found["message"] = roots.name("message", element, "messageRef")
    if kind == "businessRuleTask":
        found |= _decision(element, topic or written, roots.notes)
    if found["result_variable"] and kind == "sendTask" and not (topic or written):
        roots.notes.refuse(element, "camunda:resultVariable would be ignored: a message has no result.", "Remove it.")
    return found


def errors_of_work(element: etree._Element, roots: Roots) -> tuple[tuple[str, str | None, str | None], ...]:
    """When external work counts as an error: condition, code and message."""
    found = []
    for each in extensions(element, "errorEventDefinition"):
        written = each.get("expression", "").strip()
        code, message = roots.code("error", each, "errorRef")
        if not written or not code:
            reason = "It is not said when the work counts as an error, or as which."
            roots.notes.refuse(each, reason, "Give it an expression and an error with a code.")
        found.append((written, code, message))
    return tuple(found)


def _decision(element: etree._Element, other: str | None, notes: Notes) -> Attributes:
    decision = camunda(element, "decisionRef")
    if decision and other:
        notes.refuse(element, "It asks a decision and does other work.", "Remove one of them.")
    found: Attributes = {"decision": decision}
    binding = camunda(element, "decisionRefBinding")
    if binding:
        found["decision_binding"] = binding
    for needed, name in (("version", "decisionRefVersion"), ("versionTag", "decisionRefVersionTag")):
        written = camunda(element, name)
        if binding == needed:
            found["decision_version"] = written
        elif written is not None:
            notes.warn(element, f"{name} has no effect without the binding {needed}.", "Set the binding, or remove it.")
    if result := camunda(element, "mapDecisionResult"):
        found["decision_result"] = result
    return found


def _called(element: etree._Element, notes: Notes) -> Called | None:
    called = (element.get("calledElement") or "").strip()
    if not called:
        return None
    written = camunda(element, "calledElementBinding") or "latest"
    binding = _BINDINGS.get(written)
    if binding is None:
        notes.refuse(element, f"The binding {written} is not known.", f"Use one of {', '.join(_BINDINGS)}.")
    version, tag = camunda(element, "calledElementVersion"), camunda(element, "calledElementVersionTag")
    for needed, name, value in (("version", "Version", version), ("versionTag", "VersionTag", tag)):
        if binding != needed and value is not None:
            reason = f"calledElement{name} has no effect without the binding {needed}."
            notes.warn(element, reason, "Set the binding, or remove it.")
    return Called(
        element=called if "{" in called or called.startswith("=") else local_part(called),
        binding=binding or "latest",
        version=version,
        version_tag=tag,
        ins=passed(element, "in", notes),
        outs=passed(element, "out", notes),
    )


def _event_gateway(element: etree._Element, notes: Notes) -> Attributes:
    instantiate = flag(element, "instantiate", False, notes)
    kind = element.get("eventGatewayType", "Exclusive")
    if kind not in ("Exclusive", "Parallel"):
        notes.refuse(element, f"There is no eventGatewayType {kind}.", "Use Exclusive or Parallel.")
    if kind == "Parallel" and not instantiate:
        notes.refuse(element, "Only a gateway that starts a case can wait for all events.", "Use Exclusive.")
    return {"instantiate": instantiate, "all_events": kind == "Parallel"}
