# SPDX-License-Identifier: EUPL-1.2
"""Models written in a few lines, for tests in which the model itself is the subject."""

from engine.bpmn.xml import BPMN, CAMUNDA
from engine.definitions import Bundle
from tests.engine.story import MODELS


def drawn(key: str, *elements: str, messages: str = "") -> bytes:
    """A BPMN file with one process of these elements."""
    namespaces = f'xmlns="{BPMN}" xmlns:camunda="{CAMUNDA}"'
    process = f'<process id="{key}" isExecutable="true">{"".join(elements)}</process>'
    return f'<definitions {namespaces} targetNamespace="urn:test">{messages}{process}</definitions>'.encode()


def flow(source: str, target: str, condition: str = "", inside: str = "") -> str:
    """A sequence flow."""
    if condition:
        inside += f"<conditionExpression>{condition}</conditionExpression>"
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{source}-{target}" {ends}>{inside}</sequenceFlow>'


def user_task(task_id: str, name: str, inside: str = "") -> str:
    """A task for the clerks."""
    attributes = f'id="{task_id}" name="{name}" camunda:formRef="answer" camunda:candidateGroups="clerks"'
    return f"<userTask {attributes}>{inside}</userTask>"


def service_task(task_id: str, topic: str, inside: str = "", **inputs: str) -> str:
    """A service task with its inputs."""
    given = "".join(
        f'<camunda:inputParameter name="{name}">{text}</camunda:inputParameter>' for name, text in inputs.items()
    )
    mapping = f"<extensionElements><camunda:inputOutput>{given}</camunda:inputOutput></extensionElements>"
    return (
        f'<serviceTask id="{task_id}" camunda:type="external" camunda:topic="{topic}">{mapping}{inside}</serviceTask>'
    )


def between(*elements: str, first: str, last: str) -> tuple[str, ...]:
    """The elements with a start event before the first and an end event after the last."""
    return ('<startEvent id="start"/>', *elements, '<endEvent id="end"/>', flow("start", first), flow(last, "end"))


def bundle_of(*elements: str, messages: str = "", **more: bytes) -> Bundle:
    """A bundle of one drawn model named `drawn`, with the form `answer` beside it."""
    form = (MODELS / "answer.form").read_bytes()
    return Bundle("drawn", {"drawn.bpmn": drawn("drawn", *elements, messages=messages), "answer.form": form, **more})
