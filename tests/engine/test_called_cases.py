# SPDX-License-Identifier: EUPL-1.2
"""A case and those that it has called: who may see which, what the applicant is told of and asked in all of them."""

import pytest

from engine.cases import with_called
from engine.db import unit_of_work
from engine.documents import NewDocument, add_document
from engine.errors import NotAllowed
from engine.identity import Actor, applicant
from engine.queries.cases import called_cases, cases_by_business_key, documents, may_see_case
from engine.queries.milestones import milestones
from engine.queries.tasks import applicant_tasks, task_detail
from engine.tasks import complete_task
from tests.engine.story import ANNA, BEN, STRANGER, Story, deploy_model

CARLA = Actor("carla", "Carla", frozenset({"cashiers"}))


@pytest.fixture
def outer(story: Story) -> Story:
    """Two offices are to be asked; then another case is called."""
    deploy_model(story.db, story.services, "milestones_called")
    story.business_key = "K-1"
    return story.starts("milestones_nested", offices=["Police", "Fire"])


@pytest.fixture
def inner(outer: Story) -> Story:
    """The called case."""
    for step in ("Ask Police", "Ask Fire", "Weigh Police", "Weigh Fire"):
        outer.completes(step)
    (called,) = outer.called()
    return called


def sees(story: Story, actor: Actor) -> bool:
    with story.db.reading() as session:
        return may_see_case(session, story.services, story.case_id, actor)


def shown(story: Story) -> list[str]:
    """Milestones: + for reached, > for the one that the case stands at."""
    with story.db.reading() as session:
        found = milestones(session, story.services, story.case_id)
    return [f"{'+' if one.reached_at else '>' if one.current else ' '} {one.text}" for one in found]


# -- who sees what ------------------------------------------------------------------------------------------------


def test_whoever_has_to_do_with_a_case_sees_what_it_has_called_but_not_the_other_way_round(outer: Story, inner: Story):
    assert [sees(outer, actor) for actor in (ANNA, BEN, CARLA, STRANGER)] == [True, True, False, False]
    assert [sees(inner, actor) for actor in (ANNA, BEN, CARLA, STRANGER)] == [True, True, True, False]
    inner.completes("Set the fee", by=CARLA)
    assert [sees(outer, CARLA), sees(inner, CARLA)] == [False, True]


def test_an_applicant_sees_the_own_case_and_what_it_has_called(outer: Story, inner: Story):
    story = inner.starts_deployed("milestones_nested", offices=[])
    other = applicant(story.case_id)
    own = applicant(outer.info.id)
    first = outer.called()[0]
    assert [sees(outer, own), sees(first, own)] == [True, True]
    assert [sees(outer, other), sees(first, other)] == [False, False]


def test_who_is_the_applicant_of_a_called_case_alone_sees_nothing_around_it(outer: Story, inner: Story):
    assert [sees(outer, applicant(inner.case_id)), sees(inner, applicant(inner.case_id))] == [False, True]


def test_called_cases_are_listed_with_the_name_of_their_process(outer: Story, inner: Story):
    with outer.db.reading() as session:
        found = called_cases(session, outer.case_id)
        assert [(one.case.id, one.name) for one in found] == [(inner.case_id, "milestones_called")]
        assert called_cases(session, inner.case_id) == []
        assert set(session.scalars(with_called(outer.case_id))) == {outer.case_id, inner.case_id}
        assert set(session.scalars(with_called(inner.case_id))) == {inner.case_id}


def test_cases_are_found_by_their_business_key(outer: Story):
    first = outer.case_id
    outer.starts_deployed("milestones_nested", offices=[])
    with outer.db.reading() as session:
        found = cases_by_business_key(session, " K-1 ")
        assert {line.case.id for line in found} == {first, outer.case_id}
        assert {line.title for line in found} == {"milestones_nested"}
        assert cases_by_business_key(session, "k-1") == []


# -- what the applicant has to do ----------------------------------------------------------------------------------


def test_an_applicant_answers_what_a_called_case_asks(outer: Story, inner: Story):
    inner.completes("Set the fee", by=CARLA)
    with outer.db.reading() as session:
        (line,) = applicant_tasks(session, outer.case_id)
        assert line.case_id == inner.case_id
        assert task_detail(session, line.id, applicant(outer.case_id)).held_by is None
    inner.completes("Ask applicant", by=applicant(outer.case_id))
    assert outer.info.state == "completed"


def test_the_applicant_of_another_case_cannot_answer(outer: Story, inner: Story):
    inner.completes("Set the fee", by=CARLA)
    task_id = inner.task("Ask applicant").id
    another = outer.called()[0].starts_deployed("milestones_nested", offices=[])
    with outer.db.reading() as session:
        assert applicant_tasks(session, another.case_id) == []
        with pytest.raises(NotAllowed):
            task_detail(session, task_id, applicant(another.case_id))
    with unit_of_work(outer.db) as session, pytest.raises(NotAllowed):
        complete_task(session, outer.services, task_id, {}, by=applicant(another.case_id))


def test_an_applicant_may_do_no_task_of_a_clerk(outer: Story, inner: Story):
    task_id = inner.task("Set the fee").id
    with outer.db.reading() as session, pytest.raises(NotAllowed):
        task_detail(session, task_id, applicant(outer.case_id))


def test_documents_for_applicants_come_from_called_cases_too(outer: Story, inner: Story):
    with unit_of_work(outer.db) as session:
        for case_id, name, public in (
            (outer.case_id, "a", True),
            (inner.case_id, "b", True),
            (inner.case_id, "c", False),
        ):
            document = NewDocument(name, "text/plain", b"x", for_applicant=public)
            add_document(session, outer.clock, case_id, document, "x")
    with outer.db.reading() as session:
        assert {each.name for each in documents(session, outer.case_id, for_applicant=True)} == {"a", "b"}
        assert [each.name for each in documents(session, outer.case_id)] == ["a"]
        assert [each.name for each in documents(session, inner.case_id, for_applicant=True)] == ["b"]


# -- milestones ---------------------------------------------------------------------------------------------------


def test_milestones_of_subprocesses_and_called_processes_count_in_their_order(outer: Story):
    assert shown(outer) == [
        "+ Received",
        "> Offices asked",
        "  Answers weighed",
        "  Heard",
        "  Fee set",
        "  Answered",
        "  Granted",
    ]


def test_a_milestone_that_one_of_several_has_not_reached_is_not_reached(outer: Story):
    outer.completes("Ask Police")
    assert shown(outer)[:4] == ["+ Received", "> Offices asked", "> Answers weighed", "  Heard"]
    outer.completes("Weigh Police")
    assert shown(outer)[:4] == ["+ Received", "+ Answers weighed", "> Offices asked", "  Heard"]


def test_milestones_go_on_in_the_called_case(outer: Story, inner: Story):
    assert shown(outer)[-4:] == ["+ Heard", "> Fee set", "  Answered", "  Granted"]
    inner.completes("Set the fee", by=CARLA)
    assert shown(outer)[-3:] == ["+ Fee set", "> Answered", "  Granted"]
    assert shown(inner) == ["+ Fee set", "> Answered"]
    inner.completes("Ask applicant", by=applicant(outer.case_id))
    assert shown(outer)[-3:] == ["+ Fee set", "+ Answered", "+ Granted"]
