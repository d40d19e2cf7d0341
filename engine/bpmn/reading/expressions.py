# SPDX-License-Identifier: EUPL-1.2
"""Expressions, scripts and plain values as they stand in a model."""

from lxml import etree

from engine.bpmn.model import Change, Script
from engine.bpmn.reading.notes import Notes
from engine.bpmn.xml import bpmn_child, camunda, text_of
from engine.feel import FeelError, stripped_change
from engine.feel.juel import quoted

_JAVASCRIPT = frozenset({"javascript", "ecmascript", "js", "graal.js", "text/javascript", "application/javascript"})
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


def is_marked(text: str) -> bool:
    """Whether a text is an expression of one of the notations."""
    return text.startswith(("=", "${", "#{"))


def flag(element: etree._Element, name: str, usual: bool, notes: Notes) -> bool:
    """A yes or no attribute."""
    written = (element.get(name) or "").strip()
    if written and written not in _TRUE | _FALSE:
        plain = name.rpartition("}")[2]
        notes.refuse(element, f"{written} at {plain} is neither true nor false.", "Write true or false.")
    return written in _TRUE if written in _TRUE | _FALSE else usual


def script(element: etree._Element, language: str | None, text: str, notes: Notes) -> Script | None:
    """A script in a language that is run here; None when it is empty or refused."""
    written = (language or "").strip()
    if not written:
        reason = "It is not said in which language the script is written."
        notes.refuse(element, reason, "Set the format to feel or javascript.")
        return None
    if written.lower() == "juel" and not text.startswith("=") and "${" not in text and "#{" not in text:
        return Script("feel", quoted(text)) if text else None  # To JUEL, what has no marker is a text.
    if "feel" in written.lower() or written.lower() == "juel":
        return Script("feel", text) if text else None
    if written.lower() in _JAVASCRIPT:
        return Script("javascript", text) if text else None
    notes.refuse(element, f"Only scripts in FEEL and JavaScript are run, not in {written}.", "Write it in one of them.")
    return None


def action(element: etree._Element, language: str | None, text: str, notes: Notes) -> Script | Change | None:
    """As `script`, where changing a variable is all right."""
    return (change(text) if (language or "").strip().lower() == "juel" else None) or script(
        element, language, text, notes
    )


def change(written: str) -> Change | None:
    """What an expression does to a variable if that is all it does; what is wrong with it is told elsewhere."""
    try:
        found = stripped_change(written)
    except FeelError:
        return None
    if found is None:
        return None
    name, value, is_local = found
    return Change(f"={name}", None if value is None else f"={value}", is_local)


def condition(element: etree._Element, name: str, notes: Notes) -> "str | Script | None":
    """The expression in a child such as `conditionExpression`: text, or a script when it names a script language."""
    child = bpmn_child(element, name)
    if child is None:
        return None
    text, language = text_of(child), (child.get("language") or "").strip()
    if not language or "feel" in language.lower() or language.lower() in ("juel", "el"):
        return text or None
    if language.lower() in _JAVASCRIPT:
        return Script("javascript", text) if text else None
    what = "condition" if "ondition" in name else "expression"
    notes.refuse(child, f"The {what} is written in {language}.", "Write it in FEEL.")
    return None


def expression(element: etree._Element, name: str, notes: Notes) -> str | None:
    """As `condition`, where a script cannot be."""
    found = condition(element, name, notes)
    if isinstance(found, Script):
        notes.refuse(element, f"A script at {name} cannot be run.", "Write it in FEEL.")
        return None
    return found


def result_variable(element: etree._Element) -> str | None:
    """The variable that takes what an element gives, under its present or its older name."""
    return camunda(element, "resultVariable") or camunda(element, "resultVariableName")


def split_names(written: str | None) -> tuple[str, ...]:
    """Names between commas; a comma within `${…}` separates nothing."""
    found, depth, start = [], 0, 0
    text = written or ""
    if text.lstrip().startswith("="):
        return (text.strip(),)
    for offset, character in enumerate(text):
        if character == "{" and (depth or text[max(offset - 1, 0)] in "$#"):
            depth += 1
        elif character == "}" and depth:
            depth -= 1
        elif character == "," and not depth:
            found.append(text[start:offset])
            start = offset + 1
    found.append(text[start:])
    return tuple(name.strip() for name in found if name.strip())
