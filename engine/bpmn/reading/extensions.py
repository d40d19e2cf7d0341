# SPDX-License-Identifier: EUPL-1.2
"""Extension elements of Camunda 7: mappings, properties, listeners and what is handed over to other cases."""

from collections.abc import Mapping

from lxml import etree

from engine.bpmn.model import Change, Listener, Passed, Script, Timer, Written
from engine.bpmn.reading.expressions import action, change, flag, script
from engine.bpmn.reading.notes import Notes
from engine.bpmn.xml import CAMUNDA, bpmn_child, bpmn_children, camunda, extensions, local_name, members, text_of

#: Lists and maps within each other; no value of a form is deeper.
_DEEPEST = 16
_LISTENER_EVENTS: Mapping[str, frozenset[str]] = {
    "process": frozenset({"start", "end"}),
    "node": frozenset({"start", "end"}),
    "flow": frozenset({"take"}),
    "task": frozenset({"create", "assignment", "complete", "update", "delete", "timeout"}),
}
_TIMES = ("timeDate", "timeDuration", "timeCycle")


def properties(element: etree._Element, notes: Notes) -> dict[str, str]:
    """`camunda:property` by name."""
    found: dict[str, str] = {}
    for holder in extensions(element, "properties"):
        for item in members(holder):
            name = item.get("name", "").strip()
            if name in found:
                notes.refuse(item, f"Two properties are called {name}.", "Remove one of them.")
            found[name] = item.get("value", "")
    return found


def retry(element: etree._Element) -> str | None:
    """How a failing job is repeated."""
    return next((text_of(found) or None for found in extensions(element, "failedJobRetryTimeCycle")), None)


def mappings(element: etree._Element, notes: Notes) -> tuple[dict[str, Written], dict[str, Written]]:
    """What `camunda:inputOutput` maps into an activity and out of it."""
    inputs: dict[str, Written] = {}
    outputs: dict[str, Written] = {}
    for holder in extensions(element, "inputOutput"):
        for parameter in members(holder):
            target = inputs if local_name(parameter) == "inputParameter" else outputs
            name = parameter.get("name", "").strip()
            if not name:
                notes.refuse(parameter, "A mapping has no name.", "Name the variable that takes the value.")
            elif name in target:
                notes.refuse(parameter, f"Two mappings are called {name}.", "Remove one of them.")
            target[name] = _written(parameter, notes, 0)
    return inputs, outputs


def _written(holder: etree._Element, notes: Notes, depth: int) -> Written:
    """What stands in a parameter, an entry of a map or a member of a list."""
    children = list(members(holder))
    if len(children) > 1:
        notes.refuse(holder, "A mapping holds several values.", "Write a list.")
    return _value(children[0], notes, depth + 1) if children else text_of(holder) or None


def _value(element: etree._Element, notes: Notes, depth: int) -> Written:
    kind = local_name(element)
    if depth > _DEEPEST:
        notes.refuse(element, f"The mapping is nested more than {_DEEPEST} deep.", "Write it as one expression.")
        return ""
    if kind == "list":
        return [_value(member, notes, depth + 1) for member in members(element)]
    if kind == "map":
        return _map(element, notes, depth)
    if kind == "script":
        return script(element, element.get("scriptFormat"), text_of(element), notes)
    return text_of(element) or None


def _map(element: etree._Element, notes: Notes, depth: int) -> Written:
    found: dict[str, Written] = {}
    for entry in members(element):
        key = entry.get("key", "").strip()
        if not key:
            notes.refuse(entry, "An entry of a map has no key.", "Give it one.")
        elif key in found:
            notes.refuse(entry, f"Two entries of a map have the key {key}.", "Remove one of them.")
        found[key] = _written(entry, notes, depth)
    return found


def listeners(element: etree._Element, place: str, notes: Notes) -> tuple[Listener, ...]:
    """The listeners of a process, a node, a flow or (`task`) of a user task's life."""
    tag = "taskListener" if place == "task" else "executionListener"
    read = (_listener(found, place, notes) for found in extensions(element, tag))
    return tuple(listener for listener in read if listener is not None)


def _listener(element: etree._Element, place: str, notes: Notes) -> Listener | None:
    event = element.get("event", "").strip() or ("take" if place == "flow" else "")
    known = _LISTENER_EVENTS[place]
    if event not in known:
        notes.refuse(element, f"A listener cannot wait for {event or 'nothing'}.", f"Use {', '.join(sorted(known))}.")
        return None
    expression = element.get("expression", "").strip()
    code: str | Script | Change | None = change(expression) or expression or None
    for inside in members(element):
        if local_name(inside) == "script":
            if code is not None:
                notes.refuse(element, "The listener has several expressions or scripts.", "Leave one of them.")
            code = action(inside, inside.get("scriptFormat"), text_of(inside), notes)
    if code is None:
        if not {"class", "delegateExpression"} & set(element.attrib) and next(members(element), None) is None:
            notes.refuse(element, "The listener does nothing.", "Give it an expression or a script.")
        return None
    definition = bpmn_child(element, "timerEventDefinition")
    due = timer(definition, notes) if definition is not None else None
    if (event == "timeout") != (due is not None):
        notes.refuse(element, "Only a listener for timeout has a timer.", "Set both, or neither.")
    return Listener(event, code, due)


def timer(definition: etree._Element, notes: Notes) -> Timer | None:
    """When a timer fires."""
    found = [child for child in bpmn_children(definition, *_TIMES) if text_of(child)]
    if len(found) > 1:
        notes.refuse(definition, "The timer has more than one time.", "Leave one of them.")
    for child in found:
        language = child.get("language", "")
        if language and "feel" not in language.lower() and language.lower() not in ("juel", "el"):
            notes.refuse(child, f"The time is written in {language}.", "Write it in FEEL.")
        match local_name(child):
            case "timeDate":
                return Timer("date", text_of(child))
            case "timeDuration":
                return Timer("duration", text_of(child))
            case _:
                return Timer("cycle", text_of(child))
    return None


def passed(element: etree._Element, tag: str, notes: Notes) -> tuple[Passed, ...]:
    """What `camunda:in` or `camunda:out` hands over."""
    read = (_passed(found, notes) for found in extensions(element, tag))
    return tuple(each for each in read if each is not None)


def _passed(element: etree._Element, notes: Notes) -> Passed | None:
    written = {name: element.get(name, "").strip() or None for name in ("source", "sourceExpression", "target")}
    business_key = element.get("businessKey", "").strip() or None
    everything = element.get("variables", "").strip()
    ways = [way for way in (written["source"], written["sourceExpression"], business_key, everything) if way]
    what = f"camunda:{local_name(element)}"
    if len(ways) != 1:
        notes.refuse(element, f"{what} says {len(ways)} things to hand over.", "Set a source or variables=all.")
        return None
    if everything not in ("", "all"):
        notes.refuse(element, f"{what} knows no variables={everything}.", "Write all.")
        return None
    if (written["source"] or written["sourceExpression"]) and not written["target"]:
        notes.refuse(element, f"{what} does not say which variable takes the value.", "Set the target.")
        return None
    return Passed(
        source=written["source"],
        expression=written["sourceExpression"],
        target=written["target"],
        all=everything == "all",
        business_key=business_key,
        local=flag(element, "local", False, notes),
    )


def async_of(element: etree._Element, notes: Notes) -> dict[str, bool]:
    """Where a transaction ends around an element."""
    prefix = f"{{{CAMUNDA}}}"
    legacy = flag(element, f"{prefix}async", False, notes) if camunda(element, "async") else False
    return {
        "async_before": flag(element, f"{prefix}asyncBefore", legacy, notes),
        "async_after": flag(element, f"{prefix}asyncAfter", False, notes),
        "exclusive": flag(element, f"{prefix}exclusive", True, notes),
    }
