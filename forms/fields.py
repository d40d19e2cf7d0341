# SPDX-License-Identifier: EUPL-1.2
"""Reading one question of a ``.form`` file. Settings that have no effect here are refused, never ignored."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import regex

from .model import Field, FileLimits, Kind, Limits, Option, Rule
from .problems import Place
from .special import SPECIAL_TYPES
from .uploads import FILE_KINDS
from .values import RESERVED_NAMES, conform

TEXT_LENGTH = 500
TEXTAREA_LENGTH = 4000
FILE_BYTES = 10_000_000
FILES_PER_FIELD = 10

_SUBTYPES = {"date": Kind.DATE, "time": Kind.TIME, "datetime": Kind.MOMENT}
#: These are asked for by other names: as subtypes, or by `amt.type`.
_UNNAMED = (Kind.CONSENT, Kind.TIME, Kind.MOMENT)

FIELD_TYPES = frozenset(kind.value for kind in Kind if kind not in _UNNAMED) | {"taglist"}

AUTOCOMPLETE_TOKENS = frozenset(
    # fmt: off
    [
        "name",
        "honorific-prefix",
        "given-name",
        "additional-name",
        "family-name",
        "honorific-suffix",
        "nickname",
        "username",
        "organization",
        "organization-title",
        "street-address",
        "address-line1",
        "address-line2",
        "address-line3",
        "address-level1",
        "address-level2",
        "postal-code",
        "country",
        "country-name",
        "bday",
        "sex",
        "tel",
        "tel-national",
        "email",
        "url",
        "language",
        "off",
    ]
    # fmt: on
)
"""The purposes of WCAG 2.1, success criterion 1.3.5, that a town asks for; ``off`` for data of another person."""

_COMMON = frozenset(
    {"id", "type", "key", "label", "description", "validate", "conditional", "defaultValue", "properties"}
    | {"layout", "readonly"}
)
_EXTRA: Mapping[str, frozenset[str]] = {
    "textfield": frozenset({"appearance"}),
    "number": frozenset({"appearance", "decimalDigits", "increment"}),
    "datetime": frozenset(
        {"subtype", "dateLabel", "timeLabel", "disallowPassedDates", "useTimeLabel"}
        | {"timeInterval", "timeSerializingFormat", "use24h"}
    ),
    "radio": frozenset({"values"}),
    "select": frozenset({"values", "searchable"}),
    "checklist": frozenset({"values"}),
    "taglist": frozenset({"values"}),
    "filepicker": frozenset({"accept", "multiple"}),
}
_VALIDATE: Mapping[str, frozenset[str]] = {
    "textfield": frozenset({"required", "minLength", "maxLength", "pattern", "validationType"}),
    "textarea": frozenset({"required", "minLength", "maxLength"}),
    "number": frozenset({"required", "min", "max"}),
}
_PROPERTIES: Mapping[str, frozenset[str]] = {
    "textfield": frozenset({"amt.type", "amt.confirm", "amt.townOf"}),
    "checkbox": frozenset({"amt.type", "amt.consentVersion"}),
    "filepicker": frozenset({"amt.accept", "amt.maxBytes", "amt.maxFiles"}),
}
_ANY_PROPERTY = frozenset({"amt.autocomplete", "amt.validate", "amt.message", "amt.requiredIf", "amt.default"})
_CHOICES = frozenset({"radio", "select", "checklist", "taglist"})


def read_field(
    part: Mapping[str, Any], ident: str, groups: tuple[str, ...], hide: tuple[Rule, ...], place: Place
) -> Field | None:
    """One question, or None when it has no usable name; all that is wrong is noted at the place."""
    kind = part["type"]
    place.unknown(part, _COMMON | _EXTRA.get(kind, frozenset()))
    names = place.names(part.get("key"))
    if not names:
        return None
    first = (groups + names)[0]
    if first in RESERVED_NAMES:
        place.add(f"Den Namen „{first}“ braucht die Plattform selbst.", "Bitte einen anderen „key“ wählen.")
    properties = place.properties(part, _ANY_PROPERTY | _PROPERTIES.get(kind, frozenset()))
    validate = _section(part, "validate", place)
    place_validate = Place(f"{place.name}, validate", place.problems)
    place_validate.unknown(validate, _VALIDATE.get(kind, frozenset({"required"})))
    special = _special(properties, validate, place)
    prefix, suffix = _adorners(part, place)
    field = Field(
        id=ident,
        path=".".join(groups + names),
        kind=_kind(part, special, place),
        label=_label(part, place),
        hint=_text(part, "description", place),
        special="" if special == "consent" else special,
        options=_options(part, place) if kind in _CHOICES else (),
        limits=_limits(part, validate, special, place),
        required=validate.get("required") is True,
        required_if=_rule(properties, "amt.requiredIf", groups, place),
        check=_rule(properties, "amt.validate", groups, place),
        check_message=properties.get("amt.message", ""),
        hide=hide,
        default_rule=_rule(properties, "amt.default", groups, place),
        readonly=part.get("readonly") is True,
        confirm=properties.get("amt.confirm") == "true",
        town_of=".".join(groups + place.names(properties["amt.townOf"])) if "amt.townOf" in properties else "",
        time_label=_text(part, "timeLabel", place) or "Uhrzeit",
        no_past=part.get("disallowPassedDates") is True,
        autocomplete=_autocomplete(properties, special, place),
        prefix=prefix,
        suffix=suffix,
        consent_version=properties.get("amt.consentVersion", ""),
        files=_file_limits(part, properties, place) if kind == "filepicker" else None,
    )
    _check_combinations(part, field, properties, place)
    return _with_default(field, part.get("defaultValue"), place)


def _kind(part: Mapping[str, Any], special: str, place: Place) -> Kind:
    if special == "consent":
        return Kind.CONSENT
    if part["type"] == "taglist":
        # Boxes to tick say the same and can be used by everybody.
        return Kind.CHECKLIST
    if part["type"] != "datetime":
        return Kind(part["type"])
    subtype = part.get("subtype", "date")
    if subtype not in _SUBTYPES:
        place.add(f"Den Untertyp „{subtype}“ gibt es nicht.", f"Möglich sind: {', '.join(_SUBTYPES)}.")
    return _SUBTYPES.get(subtype, Kind.DATE)


def _section(part: Mapping[str, Any], key: str, place: Place) -> Mapping[str, Any]:
    section = part.get(key, {})
    if isinstance(section, Mapping):
        return section
    place.add(f"„{key}“ ist kein Objekt.", "Bitte im Formular-Editor speichern.")
    return {}


def _text(part: Mapping[str, Any], key: str, place: Place) -> str:
    text = part.get(key, "")
    if not isinstance(text, str):
        place.add(f"„{key}“ ist kein Text.", "Bitte als Text eingeben.")
        return ""
    if text.startswith("=") or "{{" in text:
        place.add(f"„{key}“ enthält einen Ausdruck.", "Ausdrücke gehen nur in Textelementen; bitte festen Text nehmen.")
    return text.strip()


def _label(part: Mapping[str, Any], place: Place) -> str:
    is_time = part.get("subtype") == "time"
    label = _text(part, "label", place) or _text(part, "timeLabel" if is_time else "dateLabel", place)
    if not label:
        place.add("Die Beschriftung („label“) fehlt.", "Jede Frage braucht eine; bitte eingeben.")
    return label


def _special(properties: Mapping[str, str], validate: Mapping[str, Any], place: Place) -> str:
    special = properties.get("amt.type") or validate.get("validationType") or ""
    if special == "custom":
        return ""
    if special and special not in SPECIAL_TYPES and special != "consent":
        known = ", ".join([*SPECIAL_TYPES, "consent"])
        place.add(f"Die Art „{special}“ gibt es nicht.", f"Möglich sind: {known}.")
        return ""
    return str(special)


def _rule(properties: Mapping[str, str], key: str, groups: tuple[str, ...], place: Place) -> Rule | None:
    return place.rule(properties[key], groups, key) if key in properties else None


def _options(part: Mapping[str, Any], place: Place) -> tuple[Option, ...]:
    values = part.get("values")
    if not isinstance(values, list) or not values:
        place.add("Es gibt keine Auswahlmöglichkeiten („values“).", "Bitte mindestens eine eingeben.")
        return ()
    options: list[Option] = []
    for value in values:
        pair = (value.get("value"), value.get("label")) if isinstance(value, Mapping) else (None, None)
        if not all(isinstance(item, str) and item.strip() for item in pair):
            place.add("Eine Auswahlmöglichkeit hat keinen Text als „value“ und „label“.", "Bitte beides ausfüllen.")
        elif pair[0] in {option.value for option in options}:
            place.add(f"Der Wert „{pair[0]}“ kommt zweimal vor.", "Bitte verschiedene Werte nehmen.")
        else:
            options.append(Option(str(pair[0]), str(pair[1]).strip()))
    return tuple(options)


def _limits(part: Mapping[str, Any], validate: Mapping[str, Any], special: str, place: Place) -> Limits:
    kind = part["type"]
    usual = TEXTAREA_LENGTH if kind == "textarea" else TEXT_LENGTH
    if special in SPECIAL_TYPES:
        usual = SPECIAL_TYPES[special].max_length
    minimum, maximum = (_number(validate, key, place) for key in ("min", "max"))
    decimals = _whole(part, "decimalDigits", place)
    if minimum is not None and maximum is not None and minimum > maximum:
        place.add("Das Minimum ist größer als das Maximum.", "Bitte vertauschen.")
    limits = Limits(
        max_length=_whole(validate, "maxLength", place) or usual,
        min_length=_whole(validate, "minLength", place) or 0,
        pattern=_pattern(validate, place),
        minimum=minimum,
        maximum=maximum,
        decimals=decimals,
    )
    if limits.min_length > limits.max_length:
        place.add("Die Mindestlänge ist größer als die Höchstlänge.", "Bitte vertauschen.")
    return limits


def _number(section: Mapping[str, Any], key: str, place: Place) -> Decimal | None:
    value = section.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        place.add(f"„{key}“ ist keine Zahl.", "Bitte eine feste Zahl eingeben.")
        return None
    return Decimal(str(value))


def _whole(section: Mapping[str, Any], key: str, place: Place) -> int | None:
    value = _number(section, key, place)
    if value is None:
        return None
    if value != int(value) or value < 0:
        place.add(f"„{key}“ ist keine natürliche Zahl.", "Bitte eine ganze Zahl ab 0 eingeben.")
        return None
    return int(value)


def _pattern(validate: Mapping[str, Any], place: Place) -> str | None:
    pattern = validate.get("pattern")
    if pattern is None or pattern == "":
        return None
    try:
        regex.compile(pattern, flags=regex.ASCII)
    except (regex.error, TypeError) as reason:
        place.add(f"Das Muster „{pattern}“ ist kein regulärer Ausdruck ({reason}).", "Bitte berichtigen.")
        return None
    return str(pattern)


def _autocomplete(properties: Mapping[str, str], special: str, place: Place) -> str:
    token = properties.get("amt.autocomplete", "")
    if token and token not in AUTOCOMPLETE_TOKENS:
        place.add(f"„{token}“ ist kein autocomplete-Wort.", "Möglich sind die Wörter aus WCAG 1.3.5, etwa given-name.")
        return ""
    return token or (SPECIAL_TYPES[special].autocomplete if special in SPECIAL_TYPES else "")


def _adorners(part: Mapping[str, Any], place: Place) -> tuple[str, str]:
    appearance = _section(part, "appearance", place)
    Place(f"{place.name}, appearance", place.problems).unknown(appearance, {"prefixAdorner", "suffixAdorner"})
    return _text(appearance, "prefixAdorner", place), _text(appearance, "suffixAdorner", place)


def _file_limits(part: Mapping[str, Any], properties: Mapping[str, str], place: Place) -> FileLimits:
    wanted = properties.get("amt.accept") or str(part.get("accept") or ",".join(FILE_KINDS))
    names = [name.strip().lower().removeprefix(".") for name in wanted.split(",")]
    accept = tuple(dict.fromkeys("jpeg" if name == "jpg" else name for name in names if name))
    for name in accept:
        if name not in FILE_KINDS:
            place.add(f"Dateien der Art „{name}“ werden nicht geprüft.", f"Möglich sind: {', '.join(FILE_KINDS)}.")
    several = FILES_PER_FIELD if part.get("multiple") is True else 1
    return FileLimits(
        accept,
        _property_number(properties, "amt.maxBytes", FILE_BYTES, place),
        min(_property_number(properties, "amt.maxFiles", several, place), several),
    )


def _property_number(properties: Mapping[str, str], key: str, usual: int, place: Place) -> int:
    text = properties.get(key, str(usual))
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    place.add(f"„{key}“ ist keine ganze Zahl über 0.", "Bitte nur Ziffern eingeben.")
    return usual


def _check_combinations(part: Mapping[str, Any], field: Field, properties: Mapping[str, str], place: Place) -> None:
    if field.kind is Kind.TIME and field.no_past:
        place.add("„disallowPassedDates“ passt nicht zu einer Uhrzeit.", "Bitte entfernen.")
    if part["type"] == "checkbox" and field.special:
        place.add(f"„{field.special}“ passt nicht zu einem Ankreuzfeld.", "Hier ist nur „consent“ möglich.")
    if field.kind is Kind.CONSENT and part["type"] != "checkbox":
        place.add("Eine Einwilligung ist ein Ankreuzfeld.", "Bitte den Feldtyp „checkbox“ wählen.")
    if field.kind is Kind.CONSENT and not field.consent_version:
        place.add("Die Fassung der Einwilligung fehlt.", "Bitte „amt.consentVersion“ setzen, zum Beispiel „2026-11“.")
    if field.kind is Kind.CONSENT and (part.get("defaultValue") or field.default_rule):
        place.add("Eine Einwilligung darf nicht vorausgefüllt sein.", "Bitte den Vorgabewert entfernen.")
    if field.check and not field.check_message:
        place.add("Zu „amt.validate“ fehlt die Meldung.", "Bitte „amt.message“ setzen: was ist falsch, was hilft.")
    if properties.get("amt.confirm", "true") not in ("true", "false"):
        place.add("„amt.confirm“ ist weder „true“ noch „false“.", "Bitte eines von beiden eingeben.")
    if field.required and field.readonly:
        place.add("Ein Pflichtfeld kann nicht schreibgeschützt sein.", "Bitte eines von beiden entfernen.")


def _with_default(field: Field, default: Any, place: Place) -> Field:
    if default is None or default == "" or default == []:
        return field
    fits: Mapping[Kind, Callable[[], bool]] = {
        Kind.RADIO: lambda: field.option_label(default) is not None,
        Kind.SELECT: lambda: field.option_label(default) is not None,
        Kind.CHECKLIST: lambda: all(field.option_label(item) is not None for item in default),
        Kind.FILE: lambda: False,
    }
    value = conform(field, default)
    if value is None or not fits.get(field.kind, lambda: True)():
        place.add(f"Der Vorgabewert „{default}“ passt nicht zum Feld.", "Bitte berichtigen oder entfernen.")
        return field
    return replace(field, default=value)
