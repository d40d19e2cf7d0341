# SPDX-License-Identifier: EUPL-1.2
"""The model that the benchmarks run: user tasks one after another, as long as one likes."""

import json

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="https://amtsfluss.example/benchmark">
<bpmn:process id="{key}" name="Messung" isExecutable="true">
<bpmn:startEvent id="anfang"/>"""
_TASK = """<bpmn:userTask id="aufgabe_{number}" name="Aufgabe {number}" camunda:formRef="messung"
    camunda:candidateGroups="{group}">{inside}</bpmn:userTask>"""
_MILESTONE = """<bpmn:extensionElements><camunda:properties>
    <camunda:property name="milestone" value="Schritt {number}"/></camunda:properties></bpmn:extensionElements>"""
_FLOW = '<bpmn:sequenceFlow id="fluss_{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
_TAIL = '<bpmn:endEvent id="ende"/></bpmn:process></bpmn:definitions>'


def linear_model(tasks: int, *, group: str = "buergerbuero", milestones: bool = False) -> bytes:
    """A process of that many user tasks in a row; of each the applicant is told where it is a milestone."""
    names = [f"aufgabe_{number}" for number in range(tasks)]
    stops = ["anfang", *names, "ende"]
    flows = [_FLOW.format(source=source, target=target) for source, target in zip(stops, stops[1:], strict=False)]
    inside = _MILESTONE if milestones else ""
    steps = [_TASK.format(number=number, group=group, inside=inside.format(number=number)) for number in range(tasks)]
    parts = [_HEAD.format(key=key(tasks)), *steps, *flows, _TAIL]
    return "\n".join(parts).encode()


def key(tasks: int) -> str:
    """The process's key."""
    return f"messung_{tasks}"


def form() -> bytes:
    """A small form that each task asks for."""
    components = [{"type": "textfield", "key": "vermerk", "label": "Vermerk", "id": "Field_vermerk"}]
    return json.dumps({"type": "default", "id": "messung", "schemaVersion": 16, "components": components}).encode()


_DRAWN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="https://amtsfluss.example/benchmark">
<bpmn:process id="{key}" isExecutable="true">{inside}</bpmn:process></bpmn:definitions>"""
_STEP = """<bpmn:scriptTask id="zaehlen" scriptFormat="feel" camunda:resultVariable="n">
    <bpmn:script>n + 1</bpmn:script></bpmn:scriptTask>"""
_PERSON = '<bpmn:userTask id="{id}" camunda:candidateGroups="buergerbuero">{inside}</bpmn:userTask>'


def drawn(key: str, *elements: str) -> bytes:
    """A process of these elements."""
    return _DRAWN.format(key=key, inside="".join(elements)).encode()


def arrow(source: str, target: str, condition: str = "") -> str:
    """A sequence flow."""
    inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return (
        f'<bpmn:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}'
        "</bpmn:sequenceFlow>"
    )


def circling_model() -> bytes:
    """A task, then a circle of three steps that is run until `n` is `target`, then the task again."""
    return drawn(
        "kreis",
        '<bpmn:startEvent id="anfang"/>',
        _PERSON.format(id="pruefen", inside=""),
        '<bpmn:exclusiveGateway id="zusammen"/>',
        _STEP,
        '<bpmn:exclusiveGateway id="genug" default="genug-pruefen"/>',
        arrow("anfang", "pruefen"),
        arrow("pruefen", "zusammen"),
        arrow("zusammen", "zaehlen"),
        arrow("zaehlen", "genug"),
        arrow("genug", "zusammen", "n &lt; target"),
        arrow("genug", "pruefen"),
    )


def blocks_model(blocks: int) -> bytes:
    """Parallel blocks one after another, a task in each branch."""
    elements = ['<bpmn:startEvent id="anfang"/>']
    last = "anfang"
    for number in range(blocks):
        split, left, right, join = (f"{part}{number}" for part in ("auf", "links", "rechts", "zu"))
        elements += [f'<bpmn:parallelGateway id="{split}"/>', f'<bpmn:parallelGateway id="{join}"/>']
        elements += [_PERSON.format(id=left, inside=""), _PERSON.format(id=right, inside="")]
        elements += [arrow(last, split), arrow(split, left), arrow(split, right), arrow(left, join), arrow(right, join)]
        last = join
    return drawn(f"bloecke_{blocks}", *elements, '<bpmn:endEvent id="ende"/>', arrow(last, "ende"))


def many_model() -> bytes:
    """One task for each of `anzahl`, all at once."""
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics>"
        '<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">${anzahl}</bpmn:loopCardinality>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    return drawn(
        "viele",
        '<bpmn:startEvent id="anfang"/>',
        _PERSON.format(id="aufgabe", inside=loop),
        '<bpmn:endEvent id="ende"/>',
        arrow("anfang", "aufgabe"),
        arrow("aufgabe", "ende"),
    )
