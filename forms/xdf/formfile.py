# SPDX-License-Identifier: EUPL-1.2
"""From a data schema to a form: types, lists, choices, limits, and where each question comes from."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import regex

from forms.fields import TEXT_LENGTH, TEXTAREA_LENGTH
from forms.values import RESERVED_NAMES, parse_date

from .model import Base, CodeList, Element, Group, Schema, XdfField

_FEW_CHOICES = 5
_LONG_TEXT = 255
_MOST_LISTS, _MOST_DEPTH = 2, 4
_MOST_ITEMS = 20
_TRUE = frozenset({"true", "1", "ja"})
_MEDIA = {"application/pdf": "pdf", "image/jpeg": "jpeg", "image/png": "png"}
_SUBTYPES = {"date": "date", "time": "time", "datetime": "datetime"}
_YES_NO = [{"value": "ja", "label": "Ja"}, {"value": "nein", "label": "Nein"}]

Part = dict[str, Any]


def form_of(schema: Schema, code_lists: Mapping[str, CodeList]) -> tuple[Part, list[str]]:
    """The form as it lies in a file, and what has not been carried over."""
    maker = _Maker(code_lists)
    steps = [element for element in schema.children if isinstance(element, Group)]
    loose = [element for element in schema.children if not isinstance(element, Group)]
    for rule in schema.rules:
        maker.rule(schema.label, rule.name, rule.text)
    parts: list[Part] = []
    if loose:
        parts.append(_group("Allgemeine Angaben", maker.key("allgemein", set()), maker.parts(loose, 2, 0)))
    taken = {part["path"] for part in parts}
    for group in steps:
        parts.append(maker.step(group, taken))
    return _form("antrag", parts), maker.open_points


def _form(name: str, components: list[Part]) -> Part:
    return {
        "id": name,
        "type": "default",
        "schemaVersion": 18,
        "executionPlatform": "Camunda Platform",
        "executionPlatformVersion": "7.21.0",
        "exporter": {"name": "amtsfluss", "version": "1"},
        "components": components,
    }


#: What whoever looks at an application decides, at first.
DECISION = _form(
    "pruefung",
    [
        {
            "type": "radio",
            "key": "entscheidung",
            "label": "Wie entscheiden Sie?",
            "values": [{"value": "genehmigen", "label": "Genehmigen"}, {"value": "ablehnen", "label": "Ablehnen"}],
            "validate": {"required": True},
        },
        {
            "type": "textarea",
            "key": "begruendung",
            "label": "Begründung",
            "properties": {"amt.requiredIf": 'entscheidung = "ablehnen"'},
        },
    ],
)


def _group(label: str, path: str, components: list[Part], **more: Any) -> Part:
    return {"type": "group", "label": label, "path": path, "components": components, **more}


class _Maker:
    """Makes components, and notes what it cannot make."""

    def __init__(self, code_lists: Mapping[str, CodeList]) -> None:
        self.code_lists = code_lists
        self.open_points: list[str] = []
        self.ids: set[str] = set()

    def note(self, place: Base, reason: str) -> None:
        self.open_points.append(f"{place.label} ({place.id}): {reason}")

    def rule(self, place: str, name: str, text: str) -> None:
        self.open_points.append(f"{place}: offene Regel „{name}“: {text or 'ohne Text'}")

    def step(self, group: Group, taken: set[str]) -> Part:
        """A group on the top level is a page; one that may come several times or not at all is so inside of it."""
        self.rules(group)
        path = self.key(group.name, taken)
        taken.add(path)
        if group.is_list:
            inner = [self.list_of(group, self.parts(group.children, 3, 1), set())]
        elif group.minimum == 0:
            inner = self.optional(group, self.parts(group.children, 3, 0), set())
        else:
            inner = self.parts(group.children, 2, 0)
        return _group(group.label, path, inner, **self.origin(group))

    def parts(self, elements: Sequence[Element], depth: int, lists: int, taken: set[str] | None = None) -> list[Part]:
        """The components of a group; `lists` counts the lists around it."""
        taken = set() if taken is None else taken
        made: list[Part] = []
        for element in elements:
            self.rules(element)
            made += (
                self.group(element, taken, depth, lists)
                if isinstance(element, Group)
                else self.field(element, taken, lists)
            )
        return made or [{"type": "text", "text": "Hier wird nichts gefragt."}]

    def rules(self, element: Element) -> None:
        for rule in element.rules:
            self.rule(f"{element.label} ({element.id})", rule.name, rule.text)

    # -- groups ------------------------------------------------------------------------------------------------------

    def group(self, group: Group, taken: set[str], depth: int, lists: int) -> list[Part]:
        if depth >= _MOST_DEPTH:
            self.note(group, "steht zu tief; ihre Felder stehen jetzt in der Gruppe darüber.")
            return self.parts(group.children, depth, lists, taken)
        if group.is_list and lists < _MOST_LISTS:
            return [self.list_of(group, self.parts(group.children, depth + 1, lists + 1), taken)]
        if group.is_list:
            self.note(group, "ist eine Liste in einer Liste in einer Liste; sie wird einmal gefragt.")
        inner = self.parts(group.children, depth + 1, lists)
        if group.minimum == 0:
            return self.optional(group, inner, taken)
        return [_group(group.label, self.taking(group.name, taken), inner, **self.origin(group))]

    def list_of(self, group: Base, components: list[Part], taken: set[str]) -> Part:
        bounds = {"amt.minItems": str(group.minimum), "amt.maxItems": str(group.maximum or _MOST_ITEMS)}
        if group.maximum is None:
            self.note(group, f"darf beliebig oft vorkommen; eingetragen sind höchstens {_MOST_ITEMS}.")
        origin = self.origin(group)
        return {
            "type": "dynamiclist",
            "label": group.label,
            "path": self.taking(group.name, taken),
            "components": components,
            "isRepeating": True,
            "allowAddRemove": True,
            "defaultRepetitions": max(1, group.minimum) if group.minimum else 0,
            **origin,
            "properties": origin["properties"] | {"amt.itemLabel": group.label} | bounds,
        }

    def optional(self, group: Group, components: list[Part], taken: set[str]) -> list[Part]:
        """Whoever has nothing to say about it is not asked its required questions."""
        key = self.taking(group.name, taken)
        toggle = self.taking(f"{key}_angeben", taken)
        return [
            {"type": "checkbox", "key": toggle, "label": f"Angaben machen: {group.label}"},
            _group(group.label, key, components, conditional={"hide": f"=not({toggle} = true)"}, **self.origin(group)),
        ]

    # -- fields ------------------------------------------------------------------------------------------------------

    def field(self, field: XdfField, taken: set[str], lists: int) -> list[Part]:
        if field.art == "hidden":
            self.note(field, "ist verborgen und wird nicht gefragt; der Wert ist im Prozess zu setzen.")
            return []
        if field.art == "label":
            return [{"type": "text", "text": field.content or field.label}]
        is_wrapped = field.is_list and not self.is_file(field) and lists < _MOST_LISTS
        part = self.question(field, set() if is_wrapped else taken)
        if field.loose_limits:
            self.note(field, f"Präzisierung ist kein Satz von Grenzen: „{field.loose_limits}“.")
        if field.prefill and field.prefill != "keine":
            self.note(field, f"kann vorbefüllt werden ({field.prefill}).")
        if self.is_file(field):
            if lists:
                self.note(field, "ist eine Datei in einer Liste; bitte neben die Liste stellen. Nicht übernommen.")
                return []
            return [part | ({"multiple": True} if field.is_list else {})]
        if field.is_list and not is_wrapped:
            self.note(field, "darf mehrmals vorkommen, steht aber schon in zwei Listen; es wird einmal gefragt.")
        return [self.list_of(field, [part], taken)] if is_wrapped else [part]

    @staticmethod
    def is_file(field: XdfField) -> bool:
        return field.type in ("file", "obj") and field.art != "select" and field.codes is None

    def question(self, field: XdfField, taken: set[str]) -> Part:
        part = self.kind(field)
        part |= {"key": self.taking(field.name, taken), "label": field.label}
        if field.help:
            part["description"] = field.help
        validate = self.limits(field, part["type"])
        is_locked = field.art == "locked"
        if field.minimum > 0 and not is_locked:
            validate["required"] = True
        if validate:
            part["validate"] = validate
        if is_locked:
            part["readonly"] = True
        self.default(field, part)
        origin = self.origin(field)
        part["properties"] = origin["properties"] | part.get("properties", {})
        return part

    def kind(self, field: XdfField) -> Part:
        """What is asked for."""
        if field.art == "select" or field.codes is not None:
            return self.choice(field)
        match field.type:
            case "date" | "time" | "datetime":
                labels = {"dateLabel": field.label} if field.type != "time" else {"timeLabel": field.label}
                return {"type": "datetime", "subtype": _SUBTYPES[field.type], **labels}
            case "bool":
                return {"type": "checkbox"} if field.minimum == 0 else {"type": "radio", "values": _YES_NO}
            case "num":
                return {"type": "number"}
            case "num_int":
                return {"type": "number", "decimalDigits": 0}
            case "num_currency":
                return {"type": "number", "decimalDigits": 2, "appearance": {"suffixAdorner": "€"}}
            case "file" | "obj":
                return self.file(field)
            case _:
                longest = field.limits.get("maxLength", "")
                is_long = longest.isdecimal() and int(longest) > _LONG_TEXT
                return {"type": "textarea" if is_long and "pattern" not in field.limits else "textfield"}

    def choice(self, field: XdfField) -> Part:
        codes = field.codes or CodeList()
        known = codes.codes or self.code_lists.get(codes.urn, CodeList()).codes
        if not known:
            self.note(
                field,
                f"Die Codeliste {codes.urn or 'ohne Namen'} {codes.version} fehlt; jetzt steht dort ein Textfeld."
                " Bitte als Genericode mitgeben.",
            )
            return {"type": "textfield"}
        values = [{"value": code, "label": label} for code, label in dict(known).items()]
        return {"type": "radio" if len(values) <= _FEW_CHOICES else "select", "values": values}

    def file(self, field: XdfField) -> Part:
        wanted = [_MEDIA[media] for media in field.media_types if media in _MEDIA]
        for media in field.media_types:
            if media not in _MEDIA:
                self.note(field, f"Dateien der Art {media} werden nicht geprüft und nicht genommen.")
        properties = {"amt.accept": ",".join(wanted)} if wanted else {}
        if field.max_bytes:
            properties["amt.maxBytes"] = str(field.max_bytes)
        return {"type": "filepicker", "properties": properties}

    def limits(self, field: XdfField, kind: str) -> Part:
        """Those that this kind of question knows; the others are named."""
        found: Part = {}
        for name, text in field.limits.items():
            wanted = {"textfield": _TEXT, "textarea": _TEXT - {"pattern"}, "number": _NUMBER}.get(kind, frozenset())
            key = {"minValue": "min", "maxValue": "max"}.get(name, name)
            value = _pattern(text) if name == "pattern" else _decimal(text)
            if name not in wanted or value is None:
                self.note(field, f"Die Grenze {name} = „{text}“ ist nicht übernommen.")
            else:
                found[key] = value
        longest = TEXT_LENGTH if kind == "textfield" else TEXTAREA_LENGTH
        for low, high, usual in (("minLength", "maxLength", longest), ("min", "max", None)):
            most = found.get(high, usual)
            if low in found and most is not None and found[low] > most:
                self.note(field, f"Die Grenzen {low} = {found[low]} und {high} = {most} widersprechen sich.")
                found = {name: value for name, value in found.items() if name not in (low, high)}
        return found

    def default(self, field: XdfField, part: Part) -> None:
        if not field.content:
            return
        value: Any = field.content
        match part["type"]:
            case "number":
                value = _decimal(field.content)
            case "checkbox":
                value = field.content.lower() in _TRUE
            case "datetime":
                value = field.content if part["subtype"] == "date" and parse_date(field.content) else None
            case "radio" | "select":
                codes = {choice["value"] for choice in part["values"]}
                value = field.content if field.content in codes else None
            case "filepicker":
                value = None
        if value is None:
            self.note(field, f"Der vorgegebene Inhalt „{field.content}“ passt nicht zum Feld.")
        else:
            part["defaultValue"] = value

    # -- names -------------------------------------------------------------------------------------------------------

    def origin(self, element: Base) -> Part:
        """An id of its own, and where it comes from."""
        number = 0
        ident = re.sub(r"\W", "_", element.id) or "element"
        while (name := ident if not number else f"{ident}_{number}") in self.ids:
            number += 1
        self.ids.add(name)
        properties = {"fim.id": element.id, "fim.version": element.version}
        if element.status:
            properties["fim.status"] = element.status
        if element.law:
            properties["fim.bezug"] = "; ".join(element.law)
        return {"id": name, "properties": properties}

    def taking(self, name: str, taken: set[str]) -> str:
        key = self.key(name, taken)
        taken.add(key)
        return key

    @staticmethod
    def key(name: str, taken: set[str]) -> str:
        """A name for expressions, from the words of the schema."""
        words = re.sub(r"[^a-z0-9äöüß]+", "_", name.lower()).strip("_")[:50]
        base = words if words and not words[0].isdecimal() else f"feld_{words}".rstrip("_")
        key, number = base, 2
        while key in taken or key in RESERVED_NAMES:
            key, number = f"{base}_{number}", number + 1
        return key


_TEXT = frozenset({"minLength", "maxLength", "pattern"})
_NUMBER = frozenset({"minValue", "maxValue"})


def _decimal(text: str) -> float | int | None:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _pattern(text: str) -> str | None:
    """Patterns of XDatenfelder mean the whole text."""
    try:
        regex.compile(text)
    except regex.error:
        return None
    return f"^(?:{text})$"
