# SPDX-License-Identifier: EUPL-1.2
"""Other languages of a form. They stand beside the German words, as custom properties that every form-js editor keeps:
``amt.en.label``, ``amt.en.description``, ``amt.en.option.<value>``.

A form in English is the form with its English words in place of the German ones, read like any other: so rules, checks
and summary cannot differ.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from .language import GERMAN, LANGUAGES
from .problems import Place, Problems

_PLAIN = ("label", "description", "text", "content", "alt", "title", "dateLabel", "timeLabel")
_ADORNERS = {"prefix": "prefixAdorner", "suffix": "suffixAdorner"}
#: Words that stand in custom properties themselves.
_OWN = ("label", "suffix", "message", "itemLabel")
_NOT_SHOWN = {"text": "label", "html": "label"}
#: Signs such as € need no translation; they may have one.
_MAY_STAY = ("prefix", "suffix")


def speaks(source: Mapping[str, Any], code: str) -> bool:
    """Whether the form has words in that language."""
    return code == GERMAN or any(_given(part, code) for part in _parts(source))


def translated(source: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    """The form with the words of that language, without the properties that hold them; German where it has none."""
    form = deepcopy(dict(source))
    for part in _parts(form):
        words = _given(part, code)
        _without_translations(part)
        for name, text in words.items():
            _put(part, name, text)
    return form


def check_translations(source: Mapping[str, Any], problems: Problems) -> None:
    """A form is translated whole or not at all, and nothing is translated that is not there."""
    for code in LANGUAGES:
        if code == GERMAN or not speaks(source, code):
            continue
        for part in _parts(source):
            place = Place(str(part.get("key") or part.get("id") or part.get("type")), problems)
            german, given = _words(part), _given(part, code)
            for name in german:
                if name not in given and name not in _MAY_STAY:
                    place.add(
                        f"Die Übersetzung „amt.{code}.{name}“ fehlt.",
                        f"Bitte „{german[name][:60]}“ übersetzen oder dem Formular die Sprache ganz nehmen.",
                    )
            for name in sorted(set(given) - set(german)):
                place.add(
                    f"„amt.{code}.{name}“ übersetzt etwas, das es hier nicht gibt.",
                    f"Möglich sind: {', '.join(german) or 'keine'}.",
                )


def _parts(source: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every component, also those in groups and lists."""
    for part in source.get("components") or ():
        if isinstance(part, dict):
            yield part
            yield from _parts(part)


def _words(part: Mapping[str, Any]) -> dict[str, str]:
    """The German words of a component that people see, by the name of their translation."""
    found = {name: part.get(name) for name in _PLAIN if name != _NOT_SHOWN.get(str(part.get("type")))}
    adorners = part.get("appearance") or {}
    found |= {name: adorners.get(key) for name, key in _ADORNERS.items()}
    properties = part.get("properties") or {}
    found |= {name: properties[f"amt.{name}"] for name in _OWN if f"amt.{name}" in properties}
    found |= {f"option.{each.get('value')}": each.get("label") for each in part.get("values") or ()}
    found |= {f"column.{each.get('key')}": each.get("label") for each in part.get("columns") or ()}
    return {name: text for name, text in found.items() if isinstance(text, str) and text.strip()}


def _given(part: Mapping[str, Any], code: str) -> dict[str, str]:
    start = f"amt.{code}."
    properties = part.get("properties") or {}
    return {
        key.removeprefix(start): text
        for key, text in properties.items()
        if key.startswith(start) and isinstance(text, str) and text.strip()
    }


def _without_translations(part: dict[str, Any]) -> None:
    starts = tuple(f"amt.{code}." for code in LANGUAGES)
    if properties := part.get("properties"):
        part["properties"] = {key: text for key, text in properties.items() if not key.startswith(starts)}


def _put(part: dict[str, Any], name: str, text: str) -> None:
    """Set the words of a name that `_words` knows."""
    kind, _, key = name.partition(".")
    properties, adorners = part.get("properties") or {}, part.get("appearance") or {}
    if key:
        entries, id_key = (part["values"], "value") if kind == "option" else (part["columns"], "key")
        next(entry for entry in entries if str(entry.get(id_key)) == key)["label"] = text
    elif name in _OWN and f"amt.{name}" in properties:
        properties[f"amt.{name}"] = text
    elif name in _ADORNERS:
        adorners[_ADORNERS[name]] = text
    else:
        part[name] = text
