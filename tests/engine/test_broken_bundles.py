# SPDX-License-Identifier: EUPL-1.2
"""What a designer gets told before a case could stumble over it: literals, references, double names."""

from collections.abc import Mapping

import pytest

from engine.definitions import Bundle, check_bundle
from engine.errors import Finding
from tests.engine.drawing import between, bundle_of, drawn, flow, user_task

ASK = between(user_task("ask", "Ask"), first="ask", last="ask")


def told(bundle: Bundle) -> list[Finding]:
    return check_bundle(bundle, form_check=lambda content: [])


def asking(attributes: str = "", inside: str = "") -> Bundle:
    """A bundle with one task of these attributes."""
    known = 'id="ask" camunda:formRef="answer" camunda:candidateGroups="clerks"'
    task = f"<userTask {known} {attributes}>{inside}</userTask>"
    return bundle_of(*between(task, first="ask", last="ask"))


def output(written: str) -> str:
    mapping = f'<camunda:outputParameter name="said">{written}</camunda:outputParameter>'
    return f"<extensionElements><camunda:inputOutput>{mapping}</camunda:inputOutput></extensionElements>"


def timer(kind: str, written: str) -> Bundle:
    definition = f"<timerEventDefinition><{kind}>{written}</{kind}></timerEventDefinition>"
    event = f'<boundaryEvent id="late" attachedToRef="ask">{definition}</boundaryEvent>'
    return bundle_of(*ASK, event, '<endEvent id="over"/>', flow("late", "over"))


def with_properties(**properties: str) -> Bundle:
    lines = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in properties.items())
    return bundle_of(f"<extensionElements><camunda:properties>{lines}</camunda:properties></extensionElements>", *ASK)


LITERALS: Mapping[str, tuple[Bundle, str, str]] = {
    "a due date that is none": (asking('camunda:dueDate="soon"'), "ask", "soon at dueDate is not a moment"),
    "a priority that is none": (asking('camunda:priority="high"'), "ask", "high at priority is not a number"),
    "half an expression": (asking(inside=output("Dear ${name")), "ask", "expected a `}` for this `${`"),
    "a bean": (
        asking(inside=output("${letters.write()}")),
        "ask",
        "line 1, column 11: the method .write() has no equal",
    ),
    "what changes variables": (
        asking(inside=output("${execution.setVariable('paid', true)}")),
        "ask",
        "execution.setVariable cannot be translated",
    ),
    "a function that is none": (asking(inside=output("=shout(name)")), "ask", "calls shout, which is no function"),
    "a duration beyond the calendar": (timer("timeDuration", "P999999999Y"), "late", "is not a duration"),
    "a date that is none": (timer("timeDate", "tomorrow"), "late", "tomorrow is not a date"),
    "references without a number": (with_properties(referencePattern="A-{year}"), "drawn", "cannot be used"),
    "references without a year": (with_properties(referencePattern="A-{number}"), "drawn", "cannot be used"),
    "references that look inside": (
        with_properties(referencePattern="{year.real}-{year}-{number}"),
        "drawn",
        "cannot be used",
    ),
    "a very long name": (asking(f'name="{"a" * 201}"'), "ask", "too long"),
    "two flows of one id": (
        bundle_of(
            *('<startEvent id="start"/>', user_task("ask", "Ask"), '<endEvent id="end"/>'),
            '<sequenceFlow id="way" sourceRef="start" targetRef="ask"/>',
            '<sequenceFlow id="way" sourceRef="ask" targetRef="end"/>',
        ),
        "way",
        "the same id",
    ),
    "a flow that is called like a task": (
        bundle_of(
            *('<startEvent id="start"/>', user_task("ask", "Ask"), '<endEvent id="end"/>', flow("ask", "end")),
            '<sequenceFlow id="ask" sourceRef="start" targetRef="ask"/>',
        ),
        "ask",
        "the same id",
    ),
    "an element without an id": (
        bundle_of(*ASK, "<task/>"),
        "drawn",
        "A task has no id",
    ),
}


@pytest.mark.parametrize("mistake", LITERALS)
def test_what_is_written_plainly_is_judged_before_any_case_runs(mistake: str):
    bundle, element_id, reason = LITERALS[mistake]
    found = told(bundle)[0]
    assert (found.element_id, reason in found.reason, found.severity) == (element_id, True, "error"), told(bundle)


@pytest.mark.parametrize(
    "bundle",
    [
        asking('camunda:dueDate="2026-12-24T12:00:00" camunda:priority="80"'),
        asking('camunda:dueDate="${due}" camunda:priority="=1 + 1"'),
        asking('camunda:candidateUsers="${user}"'),
        asking(inside=output("=for word in words return upper case(word)")),
        asking(inside=output("Dear ${name}, ${list.size() gt 1 ? 'all' : 'one'} of them")),
        asking(inside=output("={twice: function(x) 2 * x, four: twice(2)}.four")),
        timer("timeDuration", "P14D"),
        timer("timeDate", "2026-12-24"),
        with_properties(referencePattern="A-{year}-{number:05}"),
    ],
)
def test_what_can_be_run_is_not_complained_about(bundle: Bundle):
    assert told(bundle) == []


def test_a_process_needs_an_id():
    files = {**bundle_of(*ASK).resources, "drawn.bpmn": drawn("", *ASK)}
    (finding,) = told(Bundle("drawn", files))
    assert "A process has no id" in finding.reason


@pytest.mark.parametrize("name", ["again.bpmn", "again.form"])
def test_two_files_may_not_say_different_things_under_one_name(name: str):
    files = dict(bundle_of(*ASK).resources)
    files[name] = files["drawn.bpmn" if name.endswith(".bpmn") else "answer.form"]
    (finding,) = told(Bundle("drawn", files))
    assert "already" in finding.reason
    assert name in str(finding) or "drawn.bpmn" in str(finding)


def test_a_finding_without_an_element_names_its_file_only():
    assert str(Finding("drawn.bpmn", "", "", "This is not XML.", "Save it again.")) == (
        "drawn.bpmn: This is not XML. Save it again."
    )
