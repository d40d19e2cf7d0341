# SPDX-License-Identifier: EUPL-1.2
"""Reading ``.form`` files (form-js schema). What cannot be run is refused, with the place, the reason and the cure."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.errors import AmtsflussError

from .elements import COSMETIC, READERS, button_label
from .fields import FIELD_TYPES, read_field
from .language import GERMAN
from .lists import read_repeat
from .model import (
    Component,
    Computed,
    Documents,
    Field,
    Fieldset,
    Form,
    Kind,
    Repeat,
    Rule,
    StaticText,
    Step,
    Table,
    walk,
)
from .problems import Place, Problems
from .repeating import ANY
from .translation import check_translations, speaks, translated

_MAX_DEPTH = 5
_FORM_KEYS = frozenset(
    {"type", "id", "schemaVersion", "exporter", "executionPlatform", "executionPlatformVersion", "versionTag"}
    | {"components", "$schema"}
)
_LIST_KEYS = COSMETIC | {
    *("label", "path", "key", "components", "conditional", "properties", "isRepeating", "allowAddRemove"),
    *("defaultRepetitions", "nonCollapsedItems", "disableCollapse"),
}
#: So many lists may stand in one another.
_MOST_LISTS = 2
_CURES = {
    "iframe": "Fremde Seiten werden nicht eingebettet; bitte als Link in einen Text setzen.",
    "default": "Bitte löschen.",
}


class FormRefused(AmtsflussError):
    """The form cannot be used; ``findings`` are German sentences with place, reason and cure."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("The form cannot be used: " + " | ".join(findings))
        self.findings = findings


def check_form(source: bytes) -> list[str]:
    """Everything that is wrong with a form, in German; empty when it can be used."""
    try:
        load_form(source)
    except FormRefused as refused:
        return refused.findings
    return []


def load_form(source: Mapping[str, Any] | bytes, language: str = GERMAN) -> Form:
    """Read a form, with its words in that language if it has them; raises FormRefused with all findings at once."""
    problems = Problems()
    parsed = _parsed(source, problems)
    form = _Reader(problems).form(translated(parsed, GERMAN))
    check_translations(parsed, problems)
    if problems.findings or form is None:
        raise FormRefused(problems.findings)
    if language == GERMAN or not speaks(parsed, language):
        return form
    return replace(load_form(translated(parsed, language)), language=language)


def _parsed(source: Mapping[str, Any] | bytes, problems: Problems) -> Mapping[str, Any]:
    if isinstance(source, Mapping):
        return source
    try:
        parsed = json.loads(source, parse_float=Decimal)
    except (ValueError, RecursionError) as reason:
        problems.add("Formular", f"Die Datei ist kein gültiges JSON ({reason}).", "Bitte im Formular-Editor speichern.")
        return {}
    if not isinstance(parsed, dict):
        problems.add("Formular", "Die Datei enthält kein JSON-Objekt.", "Bitte im Formular-Editor speichern.")
        return {}
    return parsed


class _Reader:
    """Walks through the components of one form."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.ids: set[str] = set()
        self.submit_label = ""

    def form(self, source: Mapping[str, Any]) -> Form | None:
        if not source and self.problems.findings:
            return None
        place = Place("Formular", self.problems)
        if source.get("type") != "default":
            place.add("„type“ ist nicht „default“.", "Nur Formulare im form-js-Schema werden gelesen.")
        if not isinstance(source.get("id"), str) or not source["id"]:
            place.add("„id“ fehlt.", "Bitte dem Formular eine id geben, zum Beispiel „antrag“.")
        place.unknown(source, _FORM_KEYS)
        components = source.get("components")
        if not isinstance(components, list) or not components:
            place.add("Es hat keine Felder („components“).", "Bitte mindestens ein Feld anlegen.")
            return None
        steps = self._steps([part for part in components if self._is_component(part)])
        form = Form(str(source.get("id")), tuple(steps), self.submit_label)
        self._check_paths(form)
        self._check_names(form)
        return form

    def _is_component(self, part: object) -> bool:
        if isinstance(part, Mapping) and isinstance(part.get("type"), str):
            return True
        self.problems.add("Formular", "Ein Eintrag in „components“ hat keinen „type“.", "Bitte löschen.")
        return False

    def _steps(self, parts: list[Mapping[str, Any]]) -> list[Step]:
        """One step per top-level group; without groups, or for what stands outside of them, all is one step."""
        groups = [part for part in parts if part["type"] == "group"]
        if not groups:
            return [Step("formular", "Ihre Angaben", 0, tuple(self._components(parts, (), (), 1)))]
        for part in parts:
            if part["type"] == "button":
                self.submit_label = button_label(part, self._place(part))
            elif part["type"] != "group":
                self._place(part).add(
                    "Das Feld steht neben den Schritten.", "Bitte in eine der Gruppen der obersten Ebene ziehen."
                )
        steps: list[Step] = []
        for index, group in enumerate(groups):
            place = self._place(group)
            names = self._group_names(group, place)
            hide = self._hide(group, (), place)
            key = names[-1] if names else f"schritt-{index + 1}"
            if key in {step.key for step in steps}:
                key = f"{key}-{index + 1}"
            components = self._components(group.get("components"), names, hide, 2, place)
            steps.append(Step(key, self._group_label(group, place), index, tuple(components), hide))
        return steps

    def _components(
        self, parts: Any, groups: tuple[str, ...], hide: tuple[Rule, ...], depth: int, place: Place | None = None
    ) -> list[Component]:
        if not isinstance(parts, list) or not parts:
            if place:
                place.add("Die Gruppe ist leer.", "Bitte Felder hineinziehen oder die Gruppe löschen.")
            return []
        found: list[Component] = []
        for part in parts:
            if self._is_component(part) and (component := self._component(part, groups, hide, depth)):
                found.append(component)
        return found

    def _component(
        self, part: Mapping[str, Any], groups: tuple[str, ...], hide: tuple[Rule, ...], depth: int
    ) -> Component | None:
        place, kind = self._place(part), part["type"]
        own_hide = hide + self._hide(part, groups, place)
        if kind in FIELD_TYPES:
            return read_field(part, self._id(part), groups, own_hide, place)
        if kind == "group":
            if depth >= _MAX_DEPTH:
                place.add(f"Gruppen sind tiefer als {_MAX_DEPTH} Ebenen geschachtelt.", "Bitte flacher ordnen.")
                return None
            names = groups + self._group_names(part, place)
            inner = self._components(part.get("components"), names, own_hide, depth + 1, place)
            return Fieldset(self._id(part), self._group_label(part, place), tuple(inner), own_hide)
        if kind == "dynamiclist":
            return self._repeat(part, groups, own_hide, depth, place)
        if kind in READERS:
            return READERS[kind](part, self._id(part), groups, own_hide, place)
        if kind == "button":
            self.submit_label = button_label(part, place)
            return None
        place.add(f"Den Feldtyp „{kind}“ gibt es hier nicht.", _CURES.get(kind, "Bitte einen anderen Feldtyp wählen."))
        return None

    def _repeat(
        self, part: Mapping[str, Any], groups: tuple[str, ...], hide: tuple[Rule, ...], depth: int, place: Place
    ) -> Repeat | None:
        place.unknown(part, _LIST_KEYS)
        names = place.names(part.get("path") or part.get("key"))
        if not names:
            return None
        if groups.count(ANY) >= _MOST_LISTS or depth >= _MAX_DEPTH:
            place.add(f"Listen stehen mehr als {_MOST_LISTS}-fach ineinander.", "Bitte flacher ordnen.")
            return None
        path = groups + names
        template = self._components(part.get("components"), (*path, ANY), hide, depth + 1, place)
        for inner in walk(template, templates=True):
            if isinstance(inner, Field) and inner.kind is Kind.FILE:
                place.add(
                    f"„{inner.label}“ fragt in einer Liste nach Dateien.",
                    "Bitte das Dateifeld neben die Liste ziehen; mehrere Dateien gehen dort mit „multiple“.",
                )
        label = self._group_label(part, place)
        return read_repeat(
            part, Repeat(self._id(part), ".".join(path), label, label, tuple(template), 0, 0, 0), hide, place
        )

    def _group_names(self, group: Mapping[str, Any], place: Place) -> tuple[str, ...]:
        """The keys that a group puts before those of its fields: its ``path``, else its ``key``, else none."""
        place.unknown(group, COSMETIC | {"label", "path", "key", "components", "conditional", "properties"})
        name = group.get("path") or group.get("key") or ""
        return place.names(name) if name else ()

    @staticmethod
    def _group_label(group: Mapping[str, Any], place: Place) -> str:
        label = group.get("label")
        if not isinstance(label, str) or not label.strip():
            place.add("Die Gruppe hat keine Überschrift („label“).", "Bitte eine eingeben, zum Beispiel „Fahrzeug“.")
            return ""
        return label.strip()

    @staticmethod
    def _hide(part: Mapping[str, Any], groups: tuple[str, ...], place: Place) -> tuple[Rule, ...]:
        conditional = part.get("conditional")
        if conditional is None:
            return ()
        if not isinstance(conditional, Mapping) or set(conditional) != {"hide"}:
            place.add("„conditional“ kennt nur „hide“.", "Bitte die Bedingung als „hide“ schreiben.")
            return ()
        rule = place.rule(conditional["hide"], groups, "conditional.hide")
        return (rule,) if rule else ()

    def _place(self, part: Mapping[str, Any]) -> Place:
        return Place(str(part.get("key") or part.get("id") or part.get("label") or part.get("type")), self.problems)

    def _id(self, part: Mapping[str, Any]) -> str:
        wanted = str(part.get("id") or f"{part['type']}_{len(self.ids) + 1}")
        if wanted in self.ids:
            self._place(part).add(f"Die id „{wanted}“ kommt doppelt vor.", "Bitte im Formular-Editor neu vergeben.")
        self.ids.add(wanted)
        return wanted

    def _check_paths(self, form: Form) -> None:
        """Two questions must not share a place, nor may one lie inside another."""
        seen: dict[tuple[str, ...], Field | Computed] = {}
        for field in _answers(form):
            clash = seen.get(field.keys) or next((other for keys, other in seen.items() if _nested(keys, field)), None)
            if clash:
                self.problems.add(
                    field.path,
                    f"Die Antwort läge an derselben Stelle wie die von „{clash.path}“.",
                    "Bitte einem der Felder einen anderen „key“ geben.",
                )
            seen[field.keys] = field

    def _check_names(self, form: Form) -> None:
        """``person.vornahme`` in an expression, where the group has no such field, would silently be null."""
        # `hunde.rasse` are the breeds of all dogs of the list `hunde`.
        keys = {tuple(key for key in field.keys if key != ANY) for field in _answers(form)}
        paths = {".".join(each) for each in keys}
        prefixes = {".".join(each[:end]) for each in keys for end in range(1, len(each))}
        for rule in _rules(form):
            for match in re.finditer(r"(?<![\w.\"])([^\W\d]\w*(?:\.[^\W\d]\w*)+)", _without_strings(rule.text)):
                group, _, _ = match[1].rpartition(".")
                known = match[1] in paths or match[1] in prefixes or group in paths
                if group in prefixes and not known:
                    self.problems.add(
                        "Formular",
                        f"Der Ausdruck „{rule.text}“ nennt „{match[1]}“, das es nicht gibt.",
                        "Bitte den Namen berichtigen.",
                    )


def _answers(form: Form) -> list[Field | Computed]:
    parts = (part for step in form.steps for part in walk(step.components, templates=True))
    return [part for part in parts if isinstance(part, Field | Computed)]


def _nested(keys: tuple[str, ...], field: Field | Computed) -> bool:
    shorter = min(len(keys), len(field.keys))
    return keys[:shorter] == field.keys[:shorter]


def _without_strings(text: str) -> str:
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)


def _rules(form: Form) -> list[Rule]:
    rules: dict[int, Rule] = {}
    for step in form.steps:
        for part in (step, *walk(step.components, templates=True)):
            found: tuple[Rule | None, ...] = part.hide
            if isinstance(part, StaticText):
                found += part.places
            elif isinstance(part, Table | Documents):
                found += (part.data,)
            elif isinstance(part, Computed):
                found += (part.rule,)
            if isinstance(part, Field):
                found += (part.required_if, part.check, part.default_rule)
            rules.update((id(rule), rule) for rule in found if rule)
    return list(rules.values())
