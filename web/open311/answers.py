# SPDX-License-Identifier: EUPL-1.2
"""Answers in the form that the address asks for: `.json` or `.xml`."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort
from lxml import etree

Item = Mapping[str, Any]
#: Lists inside an item: what one of their entries is called in XML.
_ENTRIES = {"attributes": "attribute", "values": "value", "endpoints": "endpoint", "formats": "format"}


def answer(ending: str, whole: str, entry: str, items: Sequence[Item], status: int = 200) -> Response:
    """A list of things; in XML each is an element `entry` in `whole`."""
    return respond(ending, list(items), _tree(whole, entry, items), status)


def answer_one(ending: str, name: str, item: Item) -> Response:
    """One thing."""
    element = etree.Element(name)
    _fill(element, item)
    return respond(ending, item, element)


def respond(ending: str, as_json: Any, as_xml: etree._Element, status: int = 200) -> Response:
    """The same in the wanted form; 404 for any other."""
    if ending == "json":
        response = Response(json.dumps(as_json, ensure_ascii=False), status, mimetype="application/json")
    elif ending == "xml":
        content = etree.tostring(as_xml, encoding="utf-8", xml_declaration=True)
        response = Response(content, status, content_type="application/xml; charset=utf-8")
    else:
        abort(404)
    # Public data: pages of others may read it.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def moment(value: datetime | None) -> str | None:
    """A moment as W3C writes it, with its zone."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def _tree(whole: str, entry: str, items: Sequence[Item]) -> etree._Element:
    root = etree.Element(whole)
    for item in items:
        _fill(etree.SubElement(root, entry), item)
    return root


def _fill(element: etree._Element, item: Item) -> None:
    for name, value in item.items():
        child = etree.SubElement(element, name)
        if isinstance(value, list):
            for each in value:
                entry = etree.SubElement(child, _ENTRIES[name])
                if isinstance(each, Mapping):
                    _fill(entry, each)
                else:
                    entry.text = str(each)
        elif value is not None:
            child.text = _plain(str(value).lower() if isinstance(value, bool) else str(value))


def _plain(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")
