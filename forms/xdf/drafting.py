# SPDX-License-Identifier: EUPL-1.2
"""A draft of a service from a data schema: what designers would otherwise type, and a list of what is left to them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.loading import check_form

from .formfile import DECISION, form_of
from .model import CodeList, Schema
from .record import record_of
from .schema import json_schema
from .skeleton import skeleton


@dataclass(frozen=True)
class Draft:
    """Files by name, and the report."""

    name: str
    files: Mapping[str, bytes]
    #: What has not been carried over or needs a look, in German, each with its place.
    open_points: tuple[str, ...] = field(default=())


def draft(schema: Schema, code_lists: Mapping[str, CodeList] | None = None) -> Draft:
    """The files of a service: form, model, schema of the data, record of processing, report.

    ``code_lists`` are those that the schema only names, by their URN.
    """
    name = service_name(schema)
    form, open_points = form_of(schema, code_lists or {})
    source = _json(form)
    open_points += [f"Formular: {finding}" for finding in check_form(source)]
    files = {
        "antrag.form": source,
        "pruefung.form": _json(DECISION),
        f"{name}.bpmn": skeleton(schema, name),
        "antrag.schema.json": _json(json_schema(schema)),
        "verarbeitung.md": record_of(schema).encode(),
        "bericht.md": _report(schema, open_points).encode(),
    }
    return Draft(name, files, tuple(open_points))


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"


def service_name(schema: Schema) -> str:
    """A name for folder and process, from the name of the schema."""
    text = schema.name.lower()
    for sign, letters in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}.items():
        text = text.replace(sign, letters)
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:60] or "dienst"


def _report(schema: Schema, open_points: list[str]) -> str:
    fields = sum(1 for _, element in schema.elements() if not hasattr(element, "children"))
    lines = [
        f"# Übernahme von {schema.label}",
        "",
        f"Aus {schema.id} Version {schema.version} (XDatenfelder {schema.standard}), {fields} Datenfelder.",
        f"Stand: {schema.status or 'unbekannt'}.",
        "",
        "## Was noch zu tun ist",
        "",
    ]
    lines += [f"- {point}" for point in open_points] or ["Nichts: Alles ist übernommen."]
    return "\n".join(lines) + "\n"
