# SPDX-License-Identifier: EUPL-1.2
"""What models that were drawn for engines of the same family count on."""

import pytest

from engine.db import unit_of_work
from engine.modification import CancelAll, Instruction, StartBefore, modify_case
from engine.tasks import claim_task
from tests.engine.story import ANNA, BEN, Story

ROUNDS = "operators/rounds"


def modified(story: Story, *instructions: Instruction) -> Story:
    """Ben, an operator, changes the course of the case."""
    with unit_of_work(story.db) as session:
        modify_case(session, story.services, story.case_id, instructions, BEN)
    return story


def one(element: str) -> StartBefore:
    """One round of a repeated activity, or something in it."""
    return StartBefore(element, one_round=True, local={"person": "C"})


@pytest.mark.shows("scriptTask", "juel", "executed")
def test_a_script_in_juel_without_a_marker_is_a_text(story: Story):
    story.starts("foreign/juel_scripts")
    assert (story.variables["text"], story.variables["joined"]) == ("0", "No. 1")


@pytest.mark.shows("expression", "execution.processDefinitionId", "executed")
def test_the_id_of_the_version_is_that_which_programs_know(story: Story):
    version = story.starts("foreign/juel_scripts").variables["version"]
    assert version == f"juel_scripts:1:{story.info.definition_id}"


@pytest.mark.shows("exclusiveGateway", "the only flow without a condition", "executed", point="1.2")
@pytest.mark.parametrize(("number", "end"), [(1, "One"), (2, "Other")])
def test_the_only_flow_without_a_condition_is_taken_when_no_other_one_is(story: Story, number: int, end: str):
    assert story.starts("gateways/exclusive_assumed_default", number=number).ended_with == end


@pytest.mark.shows("taskListener", "who has the task", "executed", point="3")
def test_listeners_know_who_has_the_task_by_now(story: Story):
    story.starts("foreign/asked_of_somebody")
    with unit_of_work(story.db) as session:
        claim_task(session, story.services, story.task("Ask").id, ANNA)
    assert story.variables == {"claimed": "anna"}
    assert story.completes("Ask").variables == {"claimed": "anna", "completed": "anna"}


@pytest.mark.shows("multiInstanceLoopCharacteristics", "modified: one round alone", "executed", point="8")
def test_one_round_is_begun_where_the_whole_does_not_go_on(story: Story):
    modified(story.starts(ROUNDS, people=["A", "B"]), one("turn"), CancelAll("each"))
    assert story.open() == ["Turn"]
    assert story.sees("Turn") == {
        "people": ["A", "B"],
        "person": "C",
        "loopCounter": 0,
        "nrOfInstances": 1,
        "nrOfActiveInstances": 1,
        "nrOfCompletedInstances": 0,
    }
    assert story.completes("Turn").ended_with == "Done"


@pytest.mark.shows("multiInstanceLoopCharacteristics", "modified: inside of one round alone", "executed", point="8")
def test_something_in_one_round_is_begun_where_the_whole_does_not_go_on(story: Story):
    story.starts(ROUNDS, people=["A"])
    modified(story, StartBefore("turn"), CancelAll("each"))
    modified(story, one("check"), CancelAll("turn"))
    assert story.open() == ["Check C"]
    assert story.completes("Check C").open() == ["Turn"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "modified: one round beside others", "executed", point="8")
def test_one_round_joins_those_that_go_on(story: Story):
    modified(story.starts(ROUNDS, people=["A", "B"]), one("each"))
    assert story.open() == ["Ask A", "Ask B", "Ask C"]
    assert story.sees("Ask C")["nrOfInstances"] == 3


@pytest.mark.shows("subProcess", "modified: all scopes anew", "executed", point="8")
def test_all_scopes_are_begun_anew_beside_those_that_go_on(story: Story):
    story.starts("operators/around").completes("Before")
    before = story.open()
    modified(story, StartBefore("deep", ancestor=story.case_id))
    assert len(story.open()) == len(before) + 1


@pytest.mark.shows("parallelGateway", "arrivals in the history", "executed")
def test_each_arrival_at_a_join_is_told(story: Story):
    story.starts("foreign/joined")
    assert arrivals(story) == ["entered"]
    assert arrivals(story.completes("Slow")) == ["entered", "completed", "completed"]
    assert story.info.state == "completed"


def arrivals(story: Story) -> list[str]:
    return [line.kind for line in story.history if line.element_id == "join"]
