# SPDX-License-Identifier: EUPL-1.2
"""A first process model: the application comes in and is looked at. Open rules stand in the documentation."""

from lxml import etree
from lxml.builder import ElementMaker

from .model import Schema

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_WAY = "http://www.omg.org/spec/DD/20100524/DI"
_CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
_NAMES = {"bpmn": _BPMN, "bpmndi": _DI, "dc": _DC, "di": _WAY, "camunda": _CAMUNDA}

_B = ElementMaker(namespace=_BPMN, nsmap=_NAMES)
_P = ElementMaker(namespace=_DI, nsmap=_NAMES)
_C = ElementMaker(namespace=_DC, nsmap=_NAMES)
_W = ElementMaker(namespace=_WAY, nsmap=_NAMES)
_X = ElementMaker(namespace=_CAMUNDA, nsmap=_NAMES)
#: Element → where it is drawn: left, top, width, height.
_DRAWN = {"eingang": (160, 102, 36, 36), "pruefen": (250, 80, 150, 80), "entschieden": (460, 102, 36, 36)}
_FLOWS = (("zu_pruefen", "eingang", "pruefen"), ("zu_ende", "pruefen", "entschieden"))


def skeleton(schema: Schema, name: str) -> bytes:
    """The model as it lies in a file."""
    rules = [*schema.rules, *(rule for _, element in schema.elements() for rule in element.rules)]
    about = f"{schema.label} ({schema.id}, Version {schema.version})."
    todo = "\n".join(f"- {rule.name}: {rule.text}" for rule in rules)
    process = _B.process(
        _B.documentation(about + (f"\n\nOffene Regeln:\n{todo}" if todo else "")),
        _B.extensionElements(
            _X.properties(_X.property(name="referencePattern", value=f"{name[:3].upper()}-{{year}}-{{number:05}}"))
        ),
        _B.startEvent(_B.outgoing("zu_pruefen"), id="eingang", name="Antrag eingegangen", **_form("antrag")),
        _B.userTask(
            _B.extensionElements(_X.properties(_X.property(name="answersTo", value="pruefung"))),
            _B.incoming("zu_pruefen"),
            _B.outgoing("zu_ende"),
            id="pruefen",
            name="Antrag prüfen",
            **_form("pruefung"),
            **{f"{{{_CAMUNDA}}}candidateGroups": "buergerbuero"},
        ),
        _B.endEvent(_B.incoming("zu_ende"), id="entschieden", name="Entschieden"),
        *(_B.sequenceFlow(id=flow, sourceRef=source, targetRef=target) for flow, source, target in _FLOWS),
        id=name,
        name=schema.label,
        isExecutable="true",
        **{f"{{{_CAMUNDA}}}historyTimeToLive": "P3650D"},
    )
    plane = _P.BPMNPlane(*map(_shape, _DRAWN), *map(_edge, _FLOWS), id="ebene", bpmnElement=name)
    root = _B.definitions(
        process,
        _P.BPMNDiagram(plane, id="diagramm"),
        id=f"definitions_{name}",
        targetNamespace="https://amtsfluss.example/bpmn",
    )
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _form(key: str) -> dict[str, str]:
    return {f"{{{_CAMUNDA}}}formRef": key, f"{{{_CAMUNDA}}}formRefBinding": "deployment"}


def _shape(element: str) -> etree._Element:
    x, y, width, height = map(str, _DRAWN[element])
    bounds = _C.Bounds(x=x, y=y, width=width, height=height)
    return _P.BPMNShape(bounds, id=f"{element}_di", bpmnElement=element)


def _edge(flow: tuple[str, str, str]) -> etree._Element:
    name, source, target = flow
    left, right = _DRAWN[source], _DRAWN[target]
    points = ((left[0] + left[2], left[1] + left[3] // 2), (right[0], right[1] + right[3] // 2))
    way = (_W.waypoint(x=str(x), y=str(y)) for x, y in points)
    return _P.BPMNEdge(*way, id=f"{name}_di", bpmnElement=name)
