# SPDX-License-Identifier: EUPL-1.2
"""Activities: what each must say to be done, and how often it is done."""

from collections.abc import Iterator

from engine.bpmn.lint.complaints import Complaint, warn
from engine.bpmn.lint.events import found_by_business_key, starts_a_case
from engine.bpmn.model import DECISION_BINDINGS, DECISION_RESULTS, Loop, Node, Process, Script


def check_activities(process: Process) -> Iterator[Complaint]:
    """Work of which it is not said what it is, who does it or how often."""
    for node in process.nodes.values():
        yield from _work(node)
        if node.type == "callActivity":
            yield from _call(node)
        if node.decision:
            yield from _decision(node)
        if node.loop is not None and node.is_activity:
            yield from _repetition(node, node.loop)
        if node.instantiate and node.parent:
            reason = "Within a subprocess nothing can start a case."
            yield Complaint(node.id, reason, "Remove the attribute instantiate.")


def _work(node: Node) -> Iterator[Complaint]:
    is_done = bool(node.topic or node.expression)
    if node.type == "serviceTask" and not is_done:
        yield Complaint(node.id, "The service task names no operation.", "Set type external and the topic.")
    if node.type == "sendTask" and not (is_done or node.message):
        cure = "Choose a message, or set type external and the topic."
        yield Complaint(node.id, "The send task names no message and no operation.", cure)
    if node.type == "receiveTask" and not node.message:
        reason = "It is not said which message is awaited, so only an operator or a program can say that it is done."
        yield warn(node.id, reason, "Choose a message with a name.")
    elif node.type == "receiveTask" and "correlationKey" not in node.properties and not starts_a_case(node):
        yield found_by_business_key(node)
    if node.type == "scriptTask" and node.script is None:
        yield Complaint(node.id, "The script is missing.", "Write it.")
    elif isinstance(node.script, Script) and node.script.language == "feel" and not _keeps_result(node):
        yield warn(node.id, "What the script computes is not kept.", "Set the result variable.")
    if node.type == "businessRuleTask" and not (is_done or node.decision):
        yield Complaint(node.id, "It is not said which decision is asked.", "Set decisionRef.")
    elif node.decision and not _keeps_result(node):
        yield warn(node.id, "The decision's result is not kept.", "Set the result variable.")
    if any(listener.event == "timeout" for listener in node.listeners):
        cure = "Draw a timer at the border of the task that does not interrupt, with a script task behind it."
        yield Complaint(node.id, "A listener for timeout cannot be run.", cure)
    if node.type == "userTask" and not (node.candidate_groups or node.candidate_users or node.assignee):
        yield warn(node.id, "Nobody could take this task.", "Set candidateGroups, candidateUsers or assignee.")


def _keeps_result(node: Node) -> bool:
    return bool(node.result_variable or node.outputs or node.data_outputs or node.listeners)


def _call(node: Node) -> Iterator[Complaint]:
    called = node.called
    if called is None:
        yield Complaint(node.id, "It is not said which process is called.", "Set calledElement.")
        return
    if called.binding == "version" and not called.version:
        reason = "It is not said which version of the process is called."
        yield Complaint(node.id, reason, "Set calledElementVersion, or another binding.")
    if called.binding == "versionTag" and not called.version_tag:
        reason = "It is not said which version tag of the process is called."
        yield Complaint(node.id, reason, "Set calledElementVersionTag, or another binding.")


def _decision(node: Node) -> Iterator[Complaint]:
    if node.decision_result not in DECISION_RESULTS:
        cure = f"Use one of {', '.join(DECISION_RESULTS)}."
        yield Complaint(node.id, f"The mapDecisionResult {node.decision_result} is not known.", cure)
    if node.decision_binding not in DECISION_BINDINGS:
        cure = f"Use one of {', '.join(DECISION_BINDINGS)}; a table of its time is found by its validity."
        yield Complaint(node.id, f"The binding {node.decision_binding} of the decision cannot be run.", cure)
    elif node.decision_binding.startswith("version") and not node.decision_version:
        reason = f"It is not said which {node.decision_binding} of the decision is asked."
        yield Complaint(node.id, reason, "Set decisionRefVersion or decisionRefVersionTag, or another binding.")


def _repetition(node: Node, loop: Loop) -> Iterator[Complaint]:
    if loop.kind == "standard":
        if not (loop.condition or loop.maximum):
            yield Complaint(node.id, "The loop never ends.", "Set a loopCondition or a loopMaximum.")
        return
    if not (loop.cardinality or loop.collection):
        yield Complaint(node.id, "It is not said how often it is done.", "Set a collection or a loopCardinality.")
    elif loop.element and not loop.collection:
        reason = f"The variable {loop.element} would hold nothing: there is no collection."
        yield Complaint(node.id, reason, "Set a collection.")
    if bool(loop.output_collection) != bool(loop.output_element):
        reason = "What the rounds give is collected only if both the collection and its element are named."
        yield Complaint(node.id, reason, "Set loopDataOutputRef and outputDataItem.")
