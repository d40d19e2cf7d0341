# SPDX-License-Identifier: EUPL-1.2
"""Code lists in OASIS Genericode 1.0, as the XRepository gives them out."""

from typing import Any

from lxml import etree

from engine.bpmn.xml import XmlRefused, parse_xml

from .model import CodeList, XdfRefused


def read_code_list(content: bytes, code_column: str = "", name_column: str = "") -> CodeList:
    """A code list. Without columns named: the key column for the code, the next one for the words."""
    try:
        root = parse_xml(content)
    except XmlRefused as reason:
        raise XdfRefused(f"Die Codeliste ist kein XML, das gelesen wird ({reason}).") from reason
    columns = [column.get("Id", "") for column in root.findall(".//{*}ColumnSet/{*}Column")]
    if etree.QName(root).localname != "CodeList" or not columns:
        raise XdfRefused("Die Datei ist keine Codeliste in Genericode. Bitte aus dem XRepository als Genericode laden.")
    key = root.find(".//{*}ColumnSet/{*}Key/{*}ColumnRef")
    code = code_column or (key.get("Ref", "") if key is not None else "") or columns[0]
    name = name_column or next((column for column in columns if column != code), code)
    rows = [_row(row, columns) for row in root.findall(".//{*}SimpleCodeList/{*}Row")]
    pairs = ((row.get(code, ""), row.get(name, "")) for row in rows)
    return CodeList(
        urn=_own(root.find(".//{*}Identification/{*}CanonicalUri")),
        version=_own(root.find(".//{*}Identification/{*}Version")),
        codes=tuple((value, words or value) for value, words in pairs if value),
    )


def _row(row: Any, columns: list[str]) -> dict[str, str]:
    """A value without `ColumnRef` stands in the column after the one before."""
    found, place = {}, 0
    for value in row.findall("{*}Value"):
        column = value.get("ColumnRef") or (columns[place] if place < len(columns) else "")
        place = columns.index(column) + 1 if column in columns else place + 1
        found[column] = _own(value.find("{*}SimpleValue"))
    return found


def _own(node: Any) -> str:
    return " ".join((node.text or "").split()) if node is not None else ""
