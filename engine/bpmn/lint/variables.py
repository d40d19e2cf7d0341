# SPDX-License-Identifier: EUPL-1.2
"""Names of variables that look like a slip of the pen.

Where a variable comes from cannot be known for sure: forms, messages and whoever starts a case bring their own. So one
thing only is told: a name that is read at a single place, written nowhere in the model, and almost the name of a
variable that is written there. Endings (`item`, `items`) and numbers (`phone1`, `phone2`) make different names.
"""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches

from engine.bpmn.lint.complaints import Complaint, warn
from engine.bpmn.lint.places import Place, places
from engine.bpmn.model import Change, Event, Node, Process, Script
from engine.feel import FeelError, parse, strip_marker, variables_of
from engine.feel.builtins import BUILTIN_NAMES
from engine.feel.names import long_names

#: Shorter names are alike by chance.
_SHORTEST = 5
#: How much of two names has to agree.
_ALIKE = 0.82
#: So many names are compared with all others; in a model with more of them something else is wrong.
_MOST_COMPARED = 100
#: What the engine itself offers at some places.
_OFFERED = frozenset(
    {
        "result",
        "payload",
        "task",
        "execution",
        "loopCounter",
        "nrOfInstances",
        "nrOfActiveInstances",
        "nrOfCompletedInstances",
        "activationCount",
    }
)
_SET_BY_SCRIPT = re.compile(r"setVariable(?:Local)?\(\s*(['\"])(?P<name>[^'\"]+)\1")
_BY_TEXT = re.compile(r'="(?P<name>[^"\\]+)"')
_ENDING = re.compile(r"(?:e?n|e?s|er|e)$")


def check_variables(process: Process) -> Iterator[Complaint]:
    """Names that are probably misspelt."""
    written = written_names(process)
    names = long_names(written)
    reads = [(place, name) for place in places(process) for name in _read(place, names)]
    reads += [(place, name) for place, name in _read_by_name(process)]
    count = Counter(name for _, name in reads)
    known = written | _OFFERED | BUILTIN_NAMES
    doubtful = [(place, name) for place, name in reads if name not in known and count[name] == 1]
    for place, name in doubtful[:_MOST_COMPARED]:
        near = [other for other in sorted(written) if abs(len(other) - len(name)) < 3 and other[:1] == name[:1]]
        for meant in get_close_matches(name, near, cutoff=_ALIKE) if len(name) >= _SHORTEST else ():
            if not _differ_on_purpose(name, meant):
                reason = f"{place.name} reads the variable {name}, which nothing in the model writes."
                yield warn(place.element_id, reason, f"If {meant} is meant, write that.")
                break


def _differ_on_purpose(one: str, other: str) -> bool:
    if re.sub(r"\d+", "", one) == re.sub(r"\d+", "", other):
        return True
    return bool({one, _ENDING.sub("", one)} & {other, _ENDING.sub("", other)})


def _read(place: Place, names: frozenset[str]) -> set[str]:
    if isinstance(place.written, Script):
        text: str | None = place.written.text if place.written.language == "feel" else None
        always = True
    else:
        text, always = place.written, place.is_expression
    if text is None:
        return set()
    try:
        expression = strip_marker(text)
        if expression is None and always:
            expression = text
        return variables_of(parse(expression, names)) if expression is not None else set()
    except FeelError:
        return set()  # told where expressions are checked


def _read_by_name(process: Process) -> Iterator[tuple[Place, str]]:
    """Variables that are read by their bare name."""
    for node in process.nodes.values():
        if node.loop and node.loop.collection and node.loop.collection.isidentifier():
            yield Place(node.id, "collection", node.loop.collection), node.loop.collection
        for passed in node.called.ins if node.called else ():
            if passed.source:
                yield Place(node.id, "camunda:in", passed.source), passed.source


def written_names(process: Process) -> set[str]:
    """The variables that something in the model writes."""
    found = set(process.data_stores.values())
    for objects in process.data_objects.values():
        found.update(objects)
    for node in process.nodes.values():
        found.update(name for name in _written_by(node) if name)
    for place in places(process):
        if isinstance(place.written, Script):
            found.update(match["name"] for match in _SET_BY_SCRIPT.finditer(place.written.text))
    return found


def _changed(code: object) -> Iterator[str | None]:
    """The variable that an expression sets, if it names it by a text."""
    if isinstance(code, Change) and (found := _BY_TEXT.fullmatch(code.name)):
        yield found["name"]


def _written_by(node: Node) -> Iterator[str | None]:
    for code in (node.expression, node.script, *(listener.code for listener in node.listeners)):
        yield from _changed(code)
    yield from node.inputs
    yield from node.outputs
    yield from (
        node.result_variable,
        node.initiator,
        node.properties.get("answersTo"),
        node.properties.get("payloadTo"),
    )
    yield from (field.id for field in node.form_fields)
    if node.type == "businessRuleTask":
        yield node.id
    if node.loop is not None:
        yield from (node.loop.element, node.loop.output_collection, node.loop.output_element)
    for passed in node.called.outs if node.called else ():
        yield passed.target
    for association in (*node.data_inputs, *node.data_outputs):
        yield association.target
    for event in node.events:
        yield from _written_by_event(event)


def _written_by_event(event: Event) -> Iterator[str | None]:
    yield from (event.code_variable, event.message_variable, event.result_variable)
    yield from (passed.target for passed in event.payload)
