# SPDX-License-Identifier: EUPL-1.2
"""DMN documents as XML: parsed without DTD, entities or network, and looked at by local name.

The versions 1.1 to 1.5 differ in their namespace; the elements read here are the same in all of them.
"""

from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

from engine.dmn.errors import DmnRefused, Finding

NAMESPACES = frozenset(
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ]
)
MAX_BYTES = 5 * 1024 * 1024

Element: TypeAlias = etree._Element


def read_definitions(xml: bytes) -> Element:
    """The root element of a DMN document; raises DmnRefused for anything else."""
    if len(xml) > MAX_BYTES:
        raise _refused(f"The file has more than {MAX_BYTES // 1024 // 1024} MB.", "Split the model into several files.")
    root = parse_locked(xml)
    if local_name(root) != "definitions" or etree.QName(root).namespace not in NAMESPACES:
        raise _refused("This is not a DMN document of the versions 1.1 to 1.5.", "Save the model as DMN 1.3 or later.")
    return root


def parse_locked(xml: bytes) -> Element:
    """The root element of any XML document; raises DmnRefused for what is not well-formed or has a DTD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refused(f"This is not well-formed XML: {error}", "Save the model again with a DMN modeler.") from None
    if root.getroottree().docinfo.doctype:
        raise _refused("The file has a document type declaration (DTD).", "Remove the DOCTYPE line.")
    return root


def _refused(reason: str, cure: str) -> DmnRefused:
    return DmnRefused([Finding("", reason, cure)])


def local_name(element: Element) -> str:
    """The element's name without namespace; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def own_children(element: Element, *names: str) -> Iterator[Element]:
    """The children from the DMN namespace, all or those with one of the names; extensions are left out."""
    for child in element:
        is_dmn = isinstance(child.tag, str) and etree.QName(child).namespace in NAMESPACES
        if is_dmn and (not names or local_name(child) in names):
            yield child


def first_child(element: Element | None, *names: str) -> Element | None:
    """The first child with one of the names."""
    return None if element is None else next(own_children(element, *names), None)


def text_of(element: Element | None) -> str:
    """The content of the element's `text` child, trimmed."""
    text = first_child(element, "text")
    return "" if text is None else "".join(str(part) for part in text.itertext()).strip()


def description_of(element: Element) -> str:
    """The content of the element's `description` child, in one line."""
    found = first_child(element, "description")
    return "" if found is None else " ".join("".join(str(part) for part in found.itertext()).split())
