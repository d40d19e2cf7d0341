# SPDX-License-Identifier: EUPL-1.2
"""Reading what a ``.form`` file shows between the questions: words, pictures, tables, computed values."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any

import nh3

from .model import Component, Computed, Documents, Image, Rule, Separator, StaticText, Table
from .problems import Place
from .uploads import UploadRefused, check_upload

COSMETIC = frozenset(("id", "type", "layout", "verticalAlignment", "showOutline"))
_SHOWN = COSMETIC | {"conditional", "properties"}

_PLACE_IN_TEXT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TAG = re.compile(r"<\s*/?\s*([a-zA-Z][\w-]*)")
_ATTRIBUTE = re.compile(r"\s([a-zA-Z][\w-]*)\s*=")
_PICTURE = re.compile(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/=\s]+)")
#: A picture lies in the form and travels with every page that shows it.
_PICTURE_BYTES = 200_000

_TAGS = frozenset(
    ("p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "a", "h3", "h4", "dl", "dt", "dd", "abbr", "small")
    + ("table", "caption", "thead", "tbody", "tr", "th", "td", "blockquote", "hr", "span", "div", "sub", "sup", "code")
)
_ATTRIBUTES = {"a": {"href"}, "abbr": {"title"}, "th": {"scope", "colspan"}, "td": {"colspan"}, "*": {"lang"}}
_SCHEMES = {"https", "http", "mailto", "tel"}

Groups = tuple[str, ...]
Hide = tuple[Rule, ...]


def read_text(part: Mapping[str, Any], ident: str, groups: Groups, hide: Hide, place: Place) -> StaticText:
    """Words in markdown-lite."""
    place.unknown(part, _SHOWN | {"text", "label"})
    text = _words(part, "text", place)
    return StaticText(ident, text, _places(text, groups, "text", place), hide)


def read_html(part: Mapping[str, Any], ident: str, groups: Groups, hide: Hide, place: Place) -> StaticText:
    """Words in HTML. What could run, load or look like something else than text is refused, not cut out in silence."""
    place.unknown(part, _SHOWN | {"content", "label"})
    text = _words(part, "content", place)
    without_places = _PLACE_IN_TEXT.sub("", text)
    for tag in sorted({found.lower() for found in _TAG.findall(without_places)} - _TAGS):
        place.add(f"Das HTML-Element „{tag}“ wird nicht gezeigt.", "Möglich sind Absätze, Listen, Tabellen und Links.")
    known = set().union(*_ATTRIBUTES.values())
    inside_tags = " ".join(re.findall(r"<[a-zA-Z][^>]*>", without_places))
    for attribute in sorted({found.lower() for found in _ATTRIBUTE.findall(inside_tags)} - known):
        place.add(f"Die HTML-Angabe „{attribute}“ hat keine Wirkung.", "Bitte entfernen; das Aussehen gibt KERN vor.")
    if re.search(r"<[^>]*\{\{", text):
        place.add("Ein {{Ausdruck}} steht in einem HTML-Element.", "Bitte nur zwischen den Elementen einsetzen.")
    clean = nh3.clean(text, tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener")
    return StaticText(ident, clean, _places(text, groups, "content", place), hide, is_html=True)


def read_separator(part: Mapping[str, Any], ident: str, groups: Groups, hide: Hide, place: Place) -> Separator:
    """A line."""
    place.unknown(part, _SHOWN)
    return Separator(ident, hide)


def read_spacer(part: Mapping[str, Any], ident: str, groups: Groups, hide: Hide, place: Place) -> Separator:
    """Some room; how much is the design's to say."""
    place.unknown(part, _SHOWN | {"height"})
    return Separator(ident, hide, is_line=False)


def read_image(part: Mapping[str, Any], ident: str, groups: Groups, hide: Hide, place: Place) -> Image:
    """A picture that lies in the form itself: one from elsewhere would tell a stranger who fills in the form."""
    place.unknown(part, _SHOWN | {"source", "alt"})
    source, alt = str(part.get("source") or ""), part.get("alt")
    if not isinstance(alt, str) or not alt.strip() or alt.startswith("="):
        place.add("Das Bild hat keine Beschreibung („alt“).", "Bitte in Worten sagen, was es zeigt.")
        alt = ""
    match = _PICTURE.fullmatch(source.strip())
    if match is None:
        place.add(
            "Das Bild liegt nicht im Formular.",
            "Bitte als „data:image/png;base64,…“ einsetzen; von fremden Adressen wird nichts geladen.",
        )
        return Image(ident, "", alt, hide)
    try:
        content = base64.b64decode(re.sub(r"\s", "", match[2]), validate=True)
        check_upload(f"bild.{match[1]}", content, ("png", "jpeg"), _PICTURE_BYTES)
    except (binascii.Error, UploadRefused) as trouble:
        reason = "Die Zeichen sind kein Base64." if isinstance(trouble, binascii.Error) else str(trouble)
        place.add(f"Das Bild lässt sich nicht zeigen: {reason}", f"Nötig ist PNG oder JPEG bis {_PICTURE_BYTES} Byte.")
    return Image(ident, f"data:image/{match[1]};base64,{''.join(match[2].split())}", alt.strip(), hide)


def read_table(part: Mapping[str, Any], ident: str, groups: Groups, hide: Hide, place: Place) -> Table | None:
    """A list of the answers or the case, shown as rows."""
    place.unknown(part, _SHOWN | {"label", "dataSource", "columns", "rowCount"})
    data = _data(part, groups, place)
    columns = []
    for column in part.get("columns") or ():
        pair = (column.get("key"), column.get("label")) if isinstance(column, Mapping) else (None, None)
        if all(isinstance(text, str) and text.strip() for text in pair):
            columns.append((str(pair[0]), str(pair[1]).strip()))
        else:
            place.add("Eine Spalte hat keinen „key“ oder keine Überschrift.", "Bitte beides ausfüllen.")
    if not columns:
        place.add("Die Tabelle hat keine Spalten („columns“).", "Bitte die Spalten einzeln anlegen.")
    label = _label(part, place)
    return Table(ident, label, data, tuple(columns), hide) if data else None


def read_documents(part: Mapping[str, Any], ident: str, groups: Groups, hide: Hide, place: Place) -> Documents | None:
    """Files of the answers or the case, to be opened."""
    place.unknown(part, _SHOWN | {"label", "title", "dataSource", "maxHeight"})
    data = _data(part, groups, place)
    label = str(part.get("title") or "") or _label(part, place)
    return Documents(ident, label, data, hide) if data else None


_COMPUTED = frozenset({"amt.label", "amt.suffix", "amt.decimals"})


def read_computed(part: Mapping[str, Any], ident: str, groups: Groups, hide: Hide, place: Place) -> Computed | None:
    """A value that follows from the answers; it is shown where `amt.label` gives it words."""
    place.unknown(part, _SHOWN | {"key", "expression", "computeOn"})
    names = place.names(part.get("key"))
    rule = place.rule(part.get("expression"), groups, "expression")
    properties = place.properties(part, _COMPUTED)
    decimals = properties.get("amt.decimals", "")
    if decimals and not (decimals.isascii() and decimals.isdecimal() and len(decimals) == 1):
        place.add("„amt.decimals“ ist keine Ziffer.", "Bitte die Zahl der Stellen nach dem Komma eingeben.")
        decimals = ""
    if not names or rule is None:
        return None
    return Computed(
        ident,
        ".".join(groups + names),
        rule,
        hide,
        label=properties.get("amt.label", ""),
        suffix=properties.get("amt.suffix", ""),
        decimals=int(decimals) if decimals else None,
    )


def button_label(part: Mapping[str, Any], place: Place) -> str:
    """What the button that sends the form says."""
    place.unknown(part, COSMETIC | {"key", "label", "action", "properties"})
    if part.get("action", "submit") != "submit":
        place.add("Schaltflächen, die alles löschen, gibt es nicht.", "Bitte entfernen: Ein Fehlgriff kostete alles.")
    return _label(part, place)


READERS: Mapping[str, Callable[[Mapping[str, Any], str, Groups, Hide, Place], Component | None]] = {
    "text": read_text,
    "html": read_html,
    "separator": read_separator,
    "spacer": read_spacer,
    "image": read_image,
    "table": read_table,
    "documentPreview": read_documents,
    "expression": read_computed,
}
"""How each kind of component that asks nothing is read."""


def _words(part: Mapping[str, Any], key: str, place: Place) -> str:
    text = part.get(key)
    if not isinstance(text, str) or not text.strip():
        place.add("Der Text ist leer.", "Bitte Text eingeben oder das Element löschen.")
        return ""
    if text.startswith("="):
        cure = "Bitte den Text schreiben und nur die Werte als {{Ausdruck}} einsetzen."
        place.add("Der ganze Text ist ein Ausdruck.", cure)
    return text


def _places(text: str, groups: Groups, where: str, place: Place) -> tuple[Rule, ...]:
    rules = [place.rule(match[1].strip(), groups, where) for match in _PLACE_IN_TEXT.finditer(text)]
    return tuple(rule for rule in rules if rule)


def _data(part: Mapping[str, Any], groups: Groups, place: Place) -> Rule | None:
    return place.rule(part.get("dataSource"), groups, "dataSource")


def _label(part: Mapping[str, Any], place: Place) -> str:
    label = part.get("label")
    if isinstance(label, str) and label.strip() and not label.startswith("="):
        return label.strip()
    place.add("Die Beschriftung („label“) fehlt.", "Bitte eine eingeben.")
    return ""
