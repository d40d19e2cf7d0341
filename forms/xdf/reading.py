# SPDX-License-Identifier: EUPL-1.2
"""Reading the XML of XDatenfelder 2 and 3. Elements are found by namespace and local name, never by prefix."""

import json
import re
from typing import Any

from lxml import etree

from engine.bpmn.xml import XmlRefused, parse_xml

from .model import CodeList, Element, Group, Schema, XdfField, XdfRefused, XdfRule

_STANDARDS = {
    "urn:xoev-de:fim:standard:xdatenfelder_2": 2,
    "urn:xoev-de:fim:standard:xdatenfelder_3.0.0": 3,
}
#: Deeper no real schema is; a file that goes on is broken or an attack.
_MOST_DEPTH = 30
_LIMITS = ("minLength", "maxLength", "minValue", "maxValue", "pattern")
_STATUS = {
    "1": "in Planung",
    "2": "in Bearbeitung",
    "3": "Entwurf",
    "4": "methodisch freigegeben",
    "5": "fachlich freigegeben (silber)",
    "6": "fachlich freigegeben (gold)",
    "7": "inaktiv",
    "8": "vorgesehen zum Löschen",
}


def read_schema(content: bytes) -> Schema:
    """The data schema of a file. Raises `XdfRefused` when it is none."""
    try:
        root = parse_xml(content)
    except XmlRefused as reason:
        raise XdfRefused(f"Die Datei ist kein XML, das gelesen wird ({reason}). Bitte neu laden.") from reason
    space = etree.QName(root).namespace or ""
    if space not in _STANDARDS:
        raise XdfRefused("Die Datei ist kein XDatenfelder 2 oder 3. Bitte in einer dieser Fassungen ausgeben lassen.")
    found = root.find("{*}stammdatenschema")
    if found is None:
        raise XdfRefused("Die Datei enthält kein Datenschema (stammdatenschema), sondern etwa nur eine Gruppe.")
    return _Reader(_STANDARDS[space]).schema(found)


class _Reader:
    def __init__(self, standard: int) -> None:
        self.standard = standard

    def schema(self, node: Any) -> Schema:
        return Schema(
            id=_text(node, "identifikation/id"),
            version=_text(node, "identifikation/version"),
            name=_text(node, "name"),
            label=_text(node, "bezeichnung") or _text(node, "bezeichnungEingabe") or _text(node, "name"),
            help=_text(node, "hilfetext"),
            description=_text(node, "beschreibung"),
            status=_status(node),
            law=_law(node),
            rules=_rules(node),
            children=self.children(node, 1),
            standard=self.standard,
        )

    def children(self, node: Any, depth: int) -> tuple[Element, ...]:
        if depth > _MOST_DEPTH:
            raise XdfRefused(f"Gruppen stehen mehr als {_MOST_DEPTH}-fach ineinander.")
        found: list[Element] = []
        for structure in node.findall("{*}struktur"):
            minimum, maximum = _number(_text(structure, "anzahl"))
            law = _law(structure)
            inside = structure.find("{*}enthaelt")
            for part in inside if inside is not None else ():
                kind = etree.QName(part).localname
                if kind == "datenfeld":
                    found.append(self.field(part, minimum, maximum, law))
                elif kind == "datenfeldgruppe":
                    found.append(self.group(part, minimum, maximum, law, depth))
        return tuple(found)

    def group(self, node: Any, minimum: int, maximum: int | None, law: tuple[str, ...], depth: int) -> Group:
        common = self.common(node, minimum, maximum, law)
        return Group(**common, children=self.children(node, depth + 1))

    def field(self, node: Any, minimum: int, maximum: int | None, law: tuple[str, ...]) -> XdfField:
        limits, loose = self.limits(node)
        size = _text(node, "maxSize")
        return XdfField(
            **self.common(node, minimum, maximum, law),
            art=_code(node, "feldart") or "input",
            type=_code(node, "datentyp") or "text",
            content=_text(node, "inhalt"),
            limits=limits,
            loose_limits=loose,
            codes=_codes(node),
            prefill=_code(node, "vorbefuellung"),
            media_types=tuple(_own(part) for part in node.findall("{*}mediaType") if _own(part)),
            max_bytes=int(size) if size.isdecimal() else None,
        )

    def common(self, node: Any, minimum: int, maximum: int | None, law: tuple[str, ...]) -> dict[str, Any]:
        return {
            "id": _text(node, "identifikation/id"),
            "version": _text(node, "identifikation/version"),
            "name": _text(node, "name"),
            "label": _text(node, "bezeichnungEingabe") or _text(node, "name"),
            "help": _text(node, "hilfetextEingabe"),
            "minimum": minimum,
            "maximum": maximum,
            "law": tuple(dict.fromkeys((*law, *_law(node)))),
            "status": _status(node),
            "rules": _rules(node),
        }

    def limits(self, node: Any) -> tuple[dict[str, str], str]:
        """Version 2 writes them as JSON in a text, sometimes as prose; version 3 as attributes."""
        part = node.find("{*}praezisierung")
        if part is None:
            return {}, ""
        if self.standard == 3:
            return {name: part.get(name) for name in _LIMITS if part.get(name)}, _own(part)
        text = _own(part)
        try:
            said = json.loads(text) if text else {}
        except ValueError:
            return {}, text
        if not isinstance(said, dict):
            return {}, text
        return {name: str(said[name]) for name in _LIMITS if said.get(name) not in (None, "")}, ""


def _own(node: Any) -> str:
    return " ".join((node.text or "").split()) if node is not None else ""


def _text(node: Any, path: str) -> str:
    found = node.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return _own(found)


def _code(node: Any, name: str) -> str:
    """`code` stands without a namespace in both versions; some write the value directly."""
    part = node.find(f"{{*}}{name}")
    if part is None:
        return ""
    code = part.find("{*}code")
    return _own(code if code is not None else part)


def _status(node: Any) -> str:
    code = _code(node, "freigabestatus") or _code(node, "status")
    return _STATUS.get(code, code)


def _law(node: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_own(part) for part in node.findall("{*}bezug") if _own(part)))


def _rules(node: Any) -> tuple[XdfRule, ...]:
    return tuple(
        XdfRule(
            _text(rule, "identifikation/id"),
            _text(rule, "name"),
            _text(rule, "freitextRegel") or _text(rule, "definition") or _text(rule, "beschreibung"),
        )
        for rule in node.findall("{*}regel")
    )


def _number(text: str) -> tuple[int, int | None]:
    found = re.fullmatch(r"(\d{1,6}):(\d{1,6}|\*)", text)
    if found is None:
        raise XdfRefused(f"Die Anzahl „{text}“ hat nicht die Form 0:1, 1:1 oder 1:*.")
    return int(found[1]), None if found[2] == "*" else int(found[2])


def _codes(node: Any) -> CodeList | None:
    values = node.find("{*}werte")
    if values is not None:
        pairs = [(_text(value, "code"), _text(value, "name")) for value in values.findall("{*}wert")]
        return CodeList(codes=tuple((code, name or code) for code, name in pairs if code))
    reference = node.find("{*}codelisteReferenz")
    if reference is None:
        return None
    inner = reference.find("{*}genericodeIdentification")
    named = reference if inner is None else inner
    return CodeList(_text(named, "canonicalIdentification"), _text(named, "version"))
