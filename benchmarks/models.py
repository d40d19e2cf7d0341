# SPDX-License-Identifier: EUPL-1.2
"""The model that the benchmarks run: user tasks one after another, as long as one likes."""

import json

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="https://amtsfluss.example/benchmark">
<bpmn:process id="{key}" name="Messung" isExecutable="true">
<bpmn:startEvent id="anfang"/>"""
_TASK = """<bpmn:userTask id="aufgabe_{number}" name="Aufgabe {number}" camunda:formRef="messung"
    camunda:candidateGroups="buergerbuero"/>"""
_FLOW = '<bpmn:sequenceFlow id="fluss_{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
_TAIL = '<bpmn:endEvent id="ende"/></bpmn:process></bpmn:definitions>'


def linear_model(tasks: int) -> bytes:
    """A process of that many user tasks in a row."""
    names = [f"aufgabe_{number}" for number in range(tasks)]
    stops = ["anfang", *names, "ende"]
    flows = [_FLOW.format(source=source, target=target) for source, target in zip(stops, stops[1:], strict=False)]
    parts = [_HEAD.format(key=key(tasks)), *(_TASK.format(number=number) for number in range(tasks)), *flows, _TAIL]
    return "\n".join(parts).encode()


def key(tasks: int) -> str:
    """The process's key."""
    return f"messung_{tasks}"


def form() -> bytes:
    """A small form that each task asks for."""
    components = [{"type": "textfield", "key": "vermerk", "label": "Vermerk", "id": "Field_vermerk"}]
    return json.dumps({"type": "default", "id": "messung", "schemaVersion": 16, "components": components}).encode()
