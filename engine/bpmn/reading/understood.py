# SPDX-License-Identifier: EUPL-1.2
"""Whether everything in a file is understood: what stands in no table becomes a finding, nothing is passed over."""

from difflib import get_close_matches

from lxml import etree

from engine.bpmn.reading.notes import Notes
from engine.bpmn.reading.vocabulary import DESCRIBING, ENTRIES, Entry, known_somewhere
from engine.bpmn.xml import BPMN, CAMUNDA, bpmn_children, local_name, members, namespace

_JAVA = "Java is not run here. Use type external with the topic of an operation, an expression or a script."
_NO_TENANTS = "There are no tenants here. Remove it."
_NO_CASES = "CMMN cases are not run. Call a process."
#: Reason and cure for what Camunda 7 knows and is not run here; by name of the attribute or element.
_CURES: dict[str, str] = {
    "class": _JAVA,
    "delegateExpression": _JAVA,
    "field": _JAVA,
    "connector": "Connectors are not run. Use type external with the topic of an operation.",
    "variableMappingClass": "Java is not run here. Use camunda:in and camunda:out.",
    "variableMappingDelegateExpression": "Java is not run here. Use camunda:in and camunda:out.",
    "formHandlerClass": "Java is not run here. Use a .form file.",
    "caseRef": _NO_CASES,
    "caseBinding": _NO_CASES,
    "caseVersion": _NO_CASES,
    "caseTenantId": _NO_CASES,
    "calledElementTenantId": _NO_TENANTS,
    "decisionRefTenantId": _NO_TENANTS,
    "resource": "Write the script into the model.",
}
#: Extensions that Camunda 7 itself refuses where they would do nothing.
_NOWHERE_ELSE = frozenset({"inputOutput"})
#: Attributes and elements of BPMN that mean something to web services only.
_DESCRIBING = frozenset({"operationRef"})
#: Where the second one would be passed over.
_ONCE = frozenset(
    {
        *("conditionExpression", "condition", "completionCondition", "activationCondition", "loopCondition"),
        *("loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"),
        *("multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "ioSpecification", "script"),
        *("targetRef", "transformation", "from", "to", "formalExpression", "camunda:failedJobRetryTimeCycle"),
    }
)
#: Engines whose extensions would change what happens; those of drawing tools are passed over.
_ENGINES = {
    "http://www.jboss.org/drools": "jBPM",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
}


def check_understood(element: etree._Element, notes: Notes) -> None:
    """Note everything in an element, and in what it holds, that the reader has no meaning for."""
    name = _key(element)
    known = ENTRIES[name]
    if known.is_opaque:
        return
    _check_attributes(element, name, known, notes)
    _check_once(element, notes)
    for child in element.iterchildren(etree.Element):
        if namespace(child) == BPMN and local_name(child) == "extensionElements":
            for extension in child.iterchildren(etree.Element):
                _check_child(extension, name, {f"camunda:{each}" for each in known.extensions}, notes)
        else:
            _check_child(child, name, known.children, notes)


def check_head(root: etree._Element, notes: Notes) -> None:
    """Note attributes of Camunda 7 at the file as a whole: they mean nothing there."""
    for written in root.attrib:
        attribute = etree.QName(str(written))
        if attribute.namespace == CAMUNDA:
            _check_camunda(root, attribute.localname, notes)


def _key(element: etree._Element) -> str:
    return f"camunda:{local_name(element)}" if namespace(element) == CAMUNDA else local_name(element)


def _check_once(element: etree._Element, notes: Notes) -> None:
    seen: set[str] = set()
    extended = (each for holder in bpmn_children(element, "extensionElements") for each in members(holder))
    for child in (*members(element), *extended):
        name = _key(child)
        if name in _ONCE and name in seen:
            notes.refuse(child, f"There are two elements {name} at one element.", "Remove one of them.")
        seen.add(name)


def _check_child(child: etree._Element, holder: str, known: frozenset[str] | set[str], notes: Notes) -> None:
    if namespace(child) not in (BPMN, CAMUNDA):
        if engine := _ENGINES.get(namespace(child)):
            reason = f"The extension {local_name(child)} of {engine} is not read."
            notes.warn(child, reason, "Say it with attributes of Camunda 7 if it matters.")
        return
    name = _key(child)
    if name == "camunda:properties" and name not in known:
        notes.warn(child, "camunda:properties only describe here; they are not read.")
    elif name in known and name in ENTRIES:
        check_understood(child, notes)
        if name in _DESCRIBING:
            notes.warn(child, f"The element {name} only describes; it is not read.")
    elif name.startswith("camunda:"):
        at_home = any(name.removeprefix("camunda:") in each.extensions for each in ENTRIES.values())
        _tell_camunda(child, f"The extension {name}", local_name(child), at_home, notes)
    elif name in ENTRIES:
        notes.refuse(child, f"{name} would be ignored at this {holder}.", "Remove it.")
    else:
        cure = "Draw it with tasks, gateways and events." if child.get("id") else "Remove it."
        notes.refuse(child, f"The element {name} cannot be run.", cure)


def _check_attributes(element: etree._Element, name: str, known: Entry, notes: Notes) -> None:
    for written in element.attrib:
        attribute = etree.QName(str(written))
        word = attribute.localname
        if not attribute.namespace:
            _check_plain(element, name, word, known, notes)
        elif attribute.namespace == CAMUNDA and word not in known.camunda:
            _check_camunda(element, word, notes)
        elif engine := _ENGINES.get(attribute.namespace or ""):
            notes.warn(
                element,
                f"The attribute {word} of {engine} is not read.",
                "Say it with attributes of Camunda 7 if it matters.",
            )


def _check_camunda(element: etree._Element, word: str, notes: Notes) -> None:
    if word in DESCRIBING:
        notes.warn(element, f"The attribute camunda:{word} only describes; it is not read.")
    else:
        _tell_camunda(element, f"The attribute camunda:{word}", word, any(known_somewhere(word)), notes)


def _check_plain(element: etree._Element, name: str, word: str, known: Entry, notes: Notes) -> None:
    if word in known.attributes:
        if word in _DESCRIBING:
            notes.warn(element, f"The attribute {word} only describes; it is not read.")
        return
    if name.startswith("camunda:"):
        _tell_camunda(element, f"The attribute {word} of {name}", word, False, notes)
    elif word in known.camunda:
        notes.refuse(element, f"The attribute {word} has no prefix and is not read.", f"Write camunda:{word}.")
    else:
        notes.refuse(element, f"BPMN knows no attribute {word} at this {name}.", "Remove it.")


def _tell_camunda(element: etree._Element, what: str, word: str, at_home: bool, notes: Notes) -> None:
    """What Camunda 7 would pass over is passed over too, with a warning; what it would do and we do not is refused."""
    if word in _CURES:
        notes.refuse(element, f"{what} cannot be run.", _CURES[word])
    elif at_home and word in _NOWHERE_ELSE:
        notes.refuse(element, f"{what} would be ignored at this element.", "Remove it, or choose another element.")
    elif at_home:
        notes.warn(element, f"{what} is ignored at this element.", "Remove it, or choose another element.")
    else:
        meant = get_close_matches(word, _words_at(element), n=1, cutoff=0.8)
        notes.warn(element, f"{what} is not known.", f"Write camunda:{meant[0]}." if meant else "Remove it.")


def _words_at(element: etree._Element) -> list[str]:
    """Attributes and extensions that are understood at an element, or at the one that it extends."""
    holders = (element, *element.iterancestors())
    known = next((ENTRIES[_key(each)] for each in holders if _key(each) in ENTRIES), Entry())
    return sorted(known.camunda | known.extensions)
