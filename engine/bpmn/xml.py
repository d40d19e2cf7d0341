# SPDX-License-Identifier: EUPL-1.2
"""XML from outside, parsed so that it can do no harm: no DTD, no entities, no network, bounded size."""

from collections.abc import Iterator

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"

#: No model of a town comes near this; larger files are refused.
MAX_BYTES = 5 * 1024 * 1024


class XmlRefused(ValueError):
    """The text is not XML that we are willing to read."""


def parse_xml(source: bytes) -> etree._Element:
    """The root element of a document without its comments, or `XmlRefused` with the reason."""
    if len(source) > MAX_BYTES:
        raise XmlRefused(f"The file has more than {MAX_BYTES // 1024 // 1024} MB.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise XmlRefused(f"This is not well-formed XML: {error.msg}") from None
    if root.getroottree().docinfo.doctype:
        raise XmlRefused("The file has a document type declaration (DTD), which is refused.")
    return root


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def namespace(element: etree._Element) -> str:
    """The tag's namespace."""
    return etree.QName(element).namespace or ""


def local_part(name: str | None) -> str:
    """What a reference such as `tns:invoice` names: `invoice`."""
    return (name or "").strip().rpartition(":")[2]


def text_of(element: etree._Element | None) -> str:
    """The text within an element, without the space around it."""
    return (element.text or "").strip() if element is not None else ""


def bpmn_children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The BPMN elements within an element: of these names, or all of them."""
    for child in element.iterchildren(etree.Element):
        if namespace(child) == BPMN and (not names or local_name(child) in names):
            yield child


def bpmn_child(element: etree._Element, name: str) -> etree._Element | None:
    """The first BPMN element of this name within an element."""
    return element.find(f"{{{BPMN}}}{name}")


def camunda(element: etree._Element, name: str) -> str | None:
    """An attribute `camunda:name`; None when it is missing or empty."""
    value = element.get(f"{{{CAMUNDA}}}{name}")
    return value.strip() or None if value else None


def extensions(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The extension elements of these names, in the order of the file."""
    for holder in element.iterchildren(f"{{{BPMN}}}extensionElements"):
        for child in holder.iterchildren(etree.Element):
            if namespace(child) == CAMUNDA and local_name(child) in names:
                yield child


def members(element: etree._Element) -> Iterator[etree._Element]:
    """All elements directly within an element."""
    return element.iterchildren(etree.Element)
