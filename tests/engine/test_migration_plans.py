# SPDX-License-Identifier: EUPL-1.2
"""Plans between two versions of a model: what suggests itself, and what cannot be."""

from collections.abc import Sequence

import pytest

from engine.cases import begin_case
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.errors import CaseNotFound
from engine.migration import Mapping, MigrationPlan, validate_case, validate_plan
from tests.engine.drawing import between, bundle_of, flow, user_task
from tests.engine.story import CITIZEN, Story, no_findings
from tests.engine.test_migration import END, REMINDER
from tests.engine.versions import newer, plan, renaming

PERMIT = "operators/permit"


def found(planned: MigrationPlan) -> list[tuple[str, str]]:
    """What is wrong with a plan: the element and the kind of reason."""
    return [(finding.source_element, finding.problem) for finding in validate_plan(planned)]


def stands_against(story: Story, planned: MigrationPlan) -> list[tuple[str, str]]:
    """What keeps the case from going over."""
    with story.db.reading() as session:
        findings = validate_case(session, story.services, planned, story.case_id)
    return [(finding.source_element, finding.problem) for finding in findings]


def two(story: Story, before: Sequence[str], after: Sequence[str], *mappings: Mapping) -> MigrationPlan:
    """A plan between two drawings of one process."""
    signal = '<signal id="s" name="S"/><message id="m" name="M"/>'
    for number, elements in enumerate((before, after)):
        with unit_of_work(story.db) as session:
            bundle = bundle_of(*elements, messages=signal)
            # Two that are drawn alike are two versions still.
            files = {**bundle.resources, "number.form": b'{"id": "number%d"}' % number}
            deploy(session, story.services, Bundle("drawn", files), form_check=no_findings)
    return plan(story, "drawn", *mappings)


def task_with(*beside: str, inside: str = "") -> Sequence[str]:
    """One task, and something beside it."""
    return between(user_task("a", "A", inside), *beside, first="a", last="a")


def sub(name: str, *elements: str, attributes: str = "") -> str:
    """A subprocess."""
    return f'<subProcess id="{name}" {attributes}>{"".join(elements)}</subProcess>'


MANY = "<multiInstanceLoopCharacteristics{}><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
SIGNAL, MESSAGE = '<signalEventDefinition signalRef="s"/>', '<messageEventDefinition messageRef="m"/>'
B = user_task("b", "B")
BY_EVENT = 'triggeredByEvent="true"'


def border(event: str, host: str = "a", name: str = "edge") -> str:
    """A boundary event that leads to its own end."""
    end = f'<endEvent id="{name}_end"/>{flow(name, f"{name}_end")}'
    return f'<boundaryEvent id="{name}" attachedToRef="{host}">{event}</boundaryEvent>{end}'


# -- what suggests itself -----------------------------------------------------------------------------------------


def test_what_is_the_same_becomes_the_same(story: Story):
    story.starts(PERMIT, key="k1")
    newer(story, PERMIT, (END, REMINDER + END))
    planned = plan(story, "permit")
    assert all(mapping.source_element == mapping.target_element for mapping in planned.mappings)
    assert (set(planned.targets), planned.unmapped) == (set(planned.source.process.nodes), ())
    assert (found(planned), stands_against(story, planned)) == ([], [])


def test_what_is_gone_or_another_thing_is_listed(story: Story):
    story.starts(PERMIT, key="k1")
    newer(story, PERMIT, *renaming("decide", "judge"), ('<userTask id="decided_late"', '<manualTask id="decided_late"'),
          ('name="Decide late" camunda:candidateGroups="clerks"/>', 'name="Decide late"/>'))  # fmt: skip
    planned = plan(story, "permit")
    assert set(planned.unmapped) == {"decide", "late", "decided_late"}, "the deadline goes with its task"
    assert stands_against(story, planned) == [("decide", "unmapped")]
    edited = planned.with_mapping(Mapping("decide", "judge"))
    assert "decide" not in edited.unmapped
    assert stands_against(story, edited) == []
    assert stands_against(story, edited.without("decide")) == [("decide", "unmapped")]


# -- what cannot be -----------------------------------------------------------------------------------------------


@pytest.mark.shows("process", "migrated: another kind of element", "refused", point="8")
@pytest.mark.parametrize(
    ("before", "after", "mapping", "problem"),
    [
        (task_with(), task_with(), Mapping("x", "a"), "no_source"),
        (task_with(), task_with(), Mapping("a", "x"), "no_target"),
        (task_with(), task_with(), Mapping("a", "end"), "type"),
        (task_with(), task_with(), Mapping("a", "a", update_trigger=True), "trigger"),
        (task_with(), task_with(inside=MANY.format("")), Mapping("a", "a"), "loop"),
        (
            task_with(inside=MANY.format("")),
            task_with(inside=MANY.format(' isSequential="true"')),
            Mapping("a", "a"),
            "loop",
        ),
        (task_with(border(SIGNAL)), task_with(border(MESSAGE)), Mapping("edge", "edge"), "event"),
        (
            (*between("", first="a", last="b"), user_task("a", "A"), B, flow("a", "b"), border(SIGNAL)),
            (*between("", first="a", last="b"), user_task("a", "A"), B, flow("a", "b"), border(SIGNAL, "b")),
            Mapping("edge", "edge"),
            "host",
        ),
        (
            between(user_task("a", "A"), first="a", last="a"),
            between(sub("around", user_task("a", "A")), first="around", last="around"),
            Mapping("a", "a"),
            "scope",
        ),
        (
            between(sub("around", user_task("a", "A")), first="around", last="around"),
            between(user_task("a", "A"), first="a", last="a"),
            Mapping("a", "a"),
            "scope",
        ),
        (
            between(
                sub("s1", f'<startEvent id="i">{SIGNAL}</startEvent>', B, flow("i", "b"), attributes=BY_EVENT),
                user_task("a", "A"),
                first="a",
                last="a",
            ),
            between(sub("s1", B), user_task("a", "A"), flow("a", "s1"), first="a", last="s1"),
            Mapping("s1", "s1"),
            "type",
        ),
        (
            task_with(border(SIGNAL), border(SIGNAL, name="edge2")),
            task_with(border(SIGNAL)),
            Mapping("edge2", "edge"),
            "armed_twice",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_plan_keeps_to_what_can_be(
    story: Story, before: Sequence[str], after: Sequence[str], mapping: Mapping, problem: str
):
    planned = two(story, before, after, mapping)
    (finding,) = [finding for finding in validate_plan(planned) if finding.source_element == mapping.source_element]
    assert finding.problem == problem
    assert finding.reason.endswith(".")
    assert str(finding).startswith(f"{mapping.source_element}: ")


def test_an_element_becomes_one_thing(story: Story):
    planned = two(story, task_with(), task_with(), Mapping("a", "a"))
    doubled = MigrationPlan(planned.source, planned.target, (*planned.mappings, Mapping("a", "a")))
    assert found(doubled) == [("a", "twice")]


# -- what a case says to it ---------------------------------------------------------------------------------------


def test_each_token_needs_something_that_becomes_of_it(story: Story):
    planned = two(
        story,
        between(sub("around", user_task("a", "A")), first="around", last="around"),
        between(sub("other", user_task("a", "A")), first="other", last="other"),
    )
    begin_old(story, planned)
    assert sorted(stands_against(story, planned)) == [("a", "unmapped"), ("around", "unmapped")]
    edited = planned.with_mapping(Mapping("around", "other")).with_mapping(Mapping("a", "a"))
    assert (found(edited), stands_against(story, edited)) == ([], [])


def test_what_cannot_be_undone_any_more_is_told(story: Story):
    story.starts("operators/undone").completes("Book")
    newer(story, "operators/undone", *renaming("release", "give_back"))
    assert stands_against(story, plan(story, "undone")) == []
    assert stands_against(story, plan(story, "undone", without=["book"])) == [("undone", "undo")]


def test_a_gateway_needs_an_event_to_wait_for(story: Story):
    story.starts("operators/race")
    newer(story, "operators/race")
    assert stands_against(story, plan(story, "race", without=["yes"])) == []
    both = plan(story, "race", without=["yes", "no"])
    assert stands_against(story, both) == [], "they are set anew"
    others = both.with_mapping(Mapping("granted", "yes")).with_mapping(Mapping("refused", "no"))
    assert stands_against(story, others) == [("which", "no_event")]


def test_a_token_at_a_join_needs_a_flow(story: Story):
    story.starts("operators/places").completes("One").completes("Left")
    newer(story, "operators/places", ('<sequenceFlow id="f3" sourceRef="left" targetRef="join"/>', ""))
    assert stands_against(story, plan(story, "places")) == [("join", "flow")]


def test_a_case_of_another_version_is_told(story: Story):
    newer(story, PERMIT)
    newer(story, PERMIT, ("P14D", "P15D"))
    story.starts_deployed("permit", key="k1")
    assert stands_against(story, plan(story, "permit")) == [("permit", "version")]


def test_a_case_that_is_over_is_told(story: Story):
    story.starts(PERMIT, key="k1").hears("Paid", "k1").completes("Decide")
    newer(story, PERMIT)
    assert stands_against(story, plan(story, "permit")) == [("permit", "ended")]


def test_an_unknown_case_is_told(story: Story):
    newer(story, PERMIT)
    newer(story, PERMIT, ("P14D", "P15D"))
    with pytest.raises(CaseNotFound):
        stands_against(story, plan(story, "permit"))


def begin_old(story: Story, planned: MigrationPlan) -> None:
    """A case of the older version, though a newer one is there."""
    with unit_of_work(story.db) as session:
        story.case_id = begin_case(session, story.services, planned.source, lambda case_id: {}, by=CITIZEN).id
