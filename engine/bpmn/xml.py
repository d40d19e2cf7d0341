# SPDX-License-Identifier: EUPL-1.2
"""XML from outside, parsed so that it can do no harm: no DTD, no entities, no network, bounded size."""

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"

#: No model of a town comes near this; larger files are refused.
MAX_BYTES = 5 * 1024 * 1024


class XmlRefused(ValueError):
    """The text is not XML that we are willing to read."""


def parse_xml(source: bytes) -> etree._Element:
    """The root element of a document, or `XmlRefused` with the reason."""
    if len(source) > MAX_BYTES:
        raise XmlRefused(f"The file has more than {MAX_BYTES // 1024 // 1024} MB.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
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
