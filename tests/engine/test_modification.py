# SPDX-License-Identifier: EUPL-1.2
"""Operators put a case elsewhere: what is begun and taken off by hand, and what that does to the scopes around."""

import pytest
from sqlalchemy import select

from engine.cases import cancel_case
from engine.db import unit_of_work
from engine.errors import CaseSuspended, ModificationRefused, StepFailed
from engine.models import JobRow
from engine.modification import CancelAll, CancelToken, Instruction, StartAfter, StartBefore, StartFlow, modify_case
from engine.spiff.state import stored_state
from engine.suspension import suspend_case
from tests.engine.story import BEN, Story

OPERATORS = "operators"


def modified(story: Story, *instructions: Instruction) -> Story:
    """Ben, an operator, changes the course of the case."""
    with unit_of_work(story.db) as session:
        modify_case(session, story.services, story.case_id, instructions, BEN)
    return story


def refused(story: Story, *instructions: Instruction) -> str:
    """Why that is not done; nothing has changed then."""
    before = (story.state(), [line.kind for line in story.history])
    with pytest.raises(ModificationRefused) as no, unit_of_work(story.db) as session:
        modify_case(session, story.services, story.case_id, instructions, BEN)
    assert (story.state(), [line.kind for line in story.history]) == before
    return no.value.message


def tokens(story: Story, element: str) -> list[str]:
    """The tokens that stand at an element, the whole of a repeated activity first."""
    stored = stored_state(story.state())["tokens"]
    return [key for key, name, *_ in stored if name.partition("#")[0] == element]


# -- starting -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("process", "modified: start before an activity", "executed", point="8")
def test_a_token_is_put_on_an_activity(story: Story):
    modified(story.starts(f"{OPERATORS}/places"), StartBefore("two"))
    assert story.open() == ["One", "Two"]
    story.completes("Two")
    assert (story.info.state, story.open()) == ("active", ["One"])


@pytest.mark.shows("process", "modified: start after an element", "executed", point="8")
def test_a_token_is_put_behind_an_element(story: Story):
    assert modified(story.starts(f"{OPERATORS}/places"), StartAfter("left")).standing() == ["join", "one"]


@pytest.mark.shows("process", "modified: start a flow", "executed", point="8")
def test_a_token_takes_a_flow(story: Story):
    assert modified(story.starts(f"{OPERATORS}/places"), StartFlow("to_right")).open() == ["One", "Right"]


def test_starting_after_several_flows_says_which(story: Story):
    reason = refused(story.starts(f"{OPERATORS}/places"), StartAfter("fork"))
    assert reason == "Several flows leave fork; start one of them: to_left (to left), to_right (to right)."
    assert refused(story, StartAfter("done")) == "No flow leaves done."


@pytest.mark.shows("process", "modified: move a token", "executed", point="8")
def test_a_case_is_put_elsewhere_in_one_go(story: Story):
    modified(story.starts(f"{OPERATORS}/places"), CancelAll("one"), StartBefore("two"))
    assert story.open() == ["Two"]
    assert story.completes("Two").ended_with == "Done"


@pytest.mark.shows("parallelGateway", "modified: start before a join", "executed", point="8")
def test_a_token_put_on_a_join_counts_as_one_that_came(story: Story):
    story.starts(f"{OPERATORS}/places").completes("One").completes("Left")
    assert modified(story, CancelAll("right"), StartBefore("join")).open() == ["Two"]


def test_two_tokens_put_on_a_join_complete_it(story: Story):
    modified(story.starts(f"{OPERATORS}/places"), CancelAll("one"), StartBefore("join"), StartBefore("join"))
    assert story.open() == ["Two"]


def test_variables_come_with_a_token(story: Story):
    modified(story.starts(f"{OPERATORS}/places"), StartBefore("two", variables={"a": 1}, local={"b": 2}))
    assert (story.variables, story.sees("Two")) == ({"a": 1}, {"a": 1, "b": 2})


@pytest.mark.shows("startEvent", "modified: start before a start event", "executed", point="8")
def test_a_process_begins_once_more(story: Story):
    assert modified(story.starts(f"{OPERATORS}/places"), StartBefore("start")).open() == ["One", "One"]


@pytest.mark.shows("endEvent", "modified: start before an end event", "executed", point="8")
def test_a_case_is_brought_to_its_end(story: Story):
    assert modified(story.starts(f"{OPERATORS}/places"), CancelAll("one"), StartBefore("done")).ended_with == "Done"


def test_what_is_begun_runs_at_once_and_may_fail(story: Story):
    story.starts(f"{OPERATORS}/fails_later")
    with pytest.raises(StepFailed), unit_of_work(story.db) as session:
        modify_case(session, story.services, story.case_id, [StartBefore("fail")], BEN)
    assert (story.open(), story.passed("case_modified")) == (["Begin"], [])


# -- scopes around ------------------------------------------------------------------------------------------------


@pytest.mark.shows("subProcess", "modified: missing scopes are begun", "executed", point="8")
def test_scopes_around_are_begun_with_all_that_belongs_to_them(story: Story):
    modified(story.starts(f"{OPERATORS}/around"), CancelAll("before"), StartBefore("deep"))
    assert (story.open(), story.armed()) == (["Deep"], ["late", "note"])
    assert story.sees("Deep") == {"stage": 1}
    assert story.correlates("Note", case_id=story.case_id)
    assert story.open() == ["Deep", "Noted"]
    assert story.completes("Noted").completes("Deep").open() == ["After"]


def test_the_deadline_of_a_scope_begun_by_hand_comes(story: Story):
    modified(story.starts(f"{OPERATORS}/around"), CancelAll("before"), StartBefore("deep"))
    assert story.waits(days=14).open() == ["Remind"]


@pytest.mark.shows("subProcess", "modified: a scope that goes on is used", "executed", point="8")
def test_a_scope_that_goes_on_is_used(story: Story):
    story.starts(f"{OPERATORS}/around").completes("Before")
    (outer,) = tokens(story, "outer")
    modified(story, StartBefore("deep"))
    assert (story.open(), tokens(story, "outer")) == (["Deep", "Shallow"], [outer])
    story.completes("Deep")
    assert story.open() == ["Shallow"], "the outer subprocess waits for all that goes on in it"


def test_variables_of_scopes_begun_by_hand(story: Story):
    local = {"stage": 7, "only": "here"}
    modified(story.starts(f"{OPERATORS}/around"), StartBefore("deep", variables={"known": True}, local=local))
    assert story.variables == {"known": True}
    assert story.sees("Deep") == {"known": True, "stage": 1, "only": "here"}, "input mappings come last"


@pytest.mark.shows("subProcess", "modified: several scopes", "refused", point="8")
def test_of_several_scopes_one_has_to_be_named(story: Story):
    story.starts(f"{OPERATORS}/around").completes("Before")
    modified(story, StartBefore("outer"))
    first, second = tokens(story, "outer")
    reason = refused(story, StartBefore("deep"))
    assert reason == f"outer goes on 2 times; say which is meant (ancestor): {first}, {second}."
    modified(story, StartBefore("deep", ancestor=second))
    stored = {key: (name, parent) for key, name, _, parent, _ in stored_state(story.state())["tokens"]}
    (inner,) = [parent for name, parent in stored.values() if name == "deep"]
    assert stored[inner] == ("inner", second)


def test_an_ancestor_is_one_that_lies_around(story: Story):
    story.starts(f"{OPERATORS}/around").completes("Before")
    shallow = story.task("Shallow").id
    assert refused(story, StartBefore("deep", ancestor=shallow)) == (
        f"deep is not inside of shallow, at which the token {shallow} stands."
    )
    assert refused(story, StartBefore("deep", ancestor="nobody")) == "The case has no token nobody."


@pytest.mark.shows("adHocSubProcess", "modified: start inside", "executed", point="8")
def test_only_what_is_wanted_begins_in_an_ad_hoc_subprocess(story: Story):
    story.starts(f"{OPERATORS}/loose")
    assert modified(story, CancelAll("before"), StartBefore("b")).open() == ["B"]
    assert story.completes("B").open() == ["After"]


# -- cancelling ---------------------------------------------------------------------------------------------------


@pytest.mark.shows("process", "modified: the last token is cancelled", "executed", point="8")
def test_a_case_without_tokens_ends_as_cancelled(story: Story):
    modified(story.starts(f"{OPERATORS}/places"), CancelAll("one"))
    assert (story.info.state, story.open(), story.armed()) == ("cancelled", [], [])
    assert [line.actor for line in story.history if line.kind in ("case_modified", "case_cancelled")] == ["ben", "ben"]


def test_one_of_two_tokens_is_taken_off(story: Story):
    story.starts(f"{OPERATORS}/places").completes("One")
    modified(story, CancelToken(story.task("Left").id))
    assert (story.info.state, story.open()) == ("active", ["Right"])


@pytest.mark.shows("subProcess", "modified: its last token is cancelled", "executed", point="8")
def test_a_scope_goes_with_its_last_token(story: Story):
    story.starts(f"{OPERATORS}/around").completes("Before").completes("Shallow")
    modified(story, CancelAll("deep"), StartBefore("after"))
    assert (story.open(), story.standing(), story.armed()) == (["After"], ["after"], [])
    assert {"deep", "inner", "outer"} <= set(story.passed("cancelled"))


@pytest.mark.shows("subProcess", "modified: order of instructions", "executed", point="8")
def test_a_scope_is_kept_by_what_is_begun_first(story: Story):
    story.starts(f"{OPERATORS}/around").completes("Before")
    first = tokens(story, "outer")
    modified(story, StartBefore("deep"), CancelAll("shallow"))
    assert (story.open(), tokens(story, "outer")) == (["Deep"], first)
    modified(story, CancelAll("deep"), StartBefore("shallow"))
    assert story.open() == ["Shallow"]
    assert tokens(story, "outer") != first, "it was ended and begun anew"


def test_a_cancelled_subprocess_takes_all_in_it(story: Story):
    story.starts(f"{OPERATORS}/around").completes("Before").completes("Shallow")
    (outer,) = tokens(story, "outer")
    assert modified(story, StartBefore("after"), CancelToken(outer)).standing() == ["after"]
    with story.db.reading() as session:
        assert session.scalars(select(JobRow.id)).all() == []


@pytest.mark.shows("callActivity", "modified: the call is cancelled", "executed", point="8")
def test_a_cancelled_call_takes_the_called_case(story: Story):
    modified(story.starts("call_activities/call_task"), CancelAll("call"), StartAfter("call"))
    assert (story.open(), story.called()[0].info.state) == (["After"], "cancelled")


@pytest.mark.shows("callActivity", "modified: the called case is cancelled", "executed", point="8")
def test_a_called_case_without_tokens_takes_its_call(story: Story):
    (inner,) = story.starts("call_activities/call_task").called()
    modified(inner, CancelAll(inner.tasks()[0].element_id))
    assert (inner.info.state, story.info.state) == ("cancelled", "cancelled")


@pytest.mark.shows("callActivity", "called case is cancelled by hand", "executed", point="8")
def test_a_called_case_that_is_cancelled_takes_its_call(story: Story):
    (inner,) = story.starts("call_activities/call_task").called()
    modified(story, StartBefore("after"))
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, inner.case_id, "applied twice", BEN)
    assert (inner.info.state, story.info.state, story.standing()) == ("cancelled", "active", ["after"])


def test_an_armed_event_goes_with_what_it_watches(story: Story):
    story.starts(f"{OPERATORS}/borders")
    (stop,) = tokens(story, "stop")
    assert refused(story, CancelToken(stop)) == f"The token {stop} only watches at stop; it goes with what it watches."
    assert refused(story, CancelAll("stop")) == "The case does not stand at stop."


# -- events that happen by hand -----------------------------------------------------------------------------------


@pytest.mark.shows("boundaryEvent", "modified: start before, interrupting", "executed", point="8")
def test_an_interrupting_boundary_event_ends_its_activity(story: Story):
    modified(story.starts(f"{OPERATORS}/borders"), StartBefore("stop"))
    assert (story.open(), story.armed()) == (["Stopped"], ["all"])


@pytest.mark.shows("boundaryEvent", "modified: start before, non-interrupting", "executed", point="8")
def test_another_boundary_event_goes_beside(story: Story):
    modified(story.starts(f"{OPERATORS}/borders"), StartBefore("aside"))
    assert (story.open(), story.armed()) == (["Beside", "Work"], ["all", "aside", "stop"])


def test_a_boundary_event_happens_without_its_activity_too(story: Story):
    story.starts(f"{OPERATORS}/borders")
    assert modified(story, CancelAll("work"), StartBefore("stop")).open() == ["Stopped"]


def test_of_several_activities_one_has_to_be_named_for_its_boundary_event(story: Story):
    modified(story.starts(f"{OPERATORS}/borders"), StartBefore("work"))
    first, second = (task.id for task in story.tasks())
    assert "work goes on 2 times" in refused(story, StartBefore("stop"))
    modified(story, StartBefore("stop", ancestor=first))
    assert [task.id for task in story.tasks() if task.name == "Work"] == [second]


@pytest.mark.shows("startEvent", "modified: event subprocess, interrupting", "executed", point="8")
@pytest.mark.parametrize("element", ["all", "over", "clear"])
def test_an_interrupting_event_subprocess_ends_what_goes_on(story: Story, element: str):
    modified(story.starts(f"{OPERATORS}/borders"), StartBefore(element))
    assert (story.open(), story.armed()) == (["Clear up"], [])
    assert story.completes("Clear up").ended_with == "Cleared"


@pytest.mark.shows("startEvent", "modified: event subprocess, non-interrupting", "executed", point="8")
def test_another_event_subprocess_goes_beside(story: Story):
    story.starts(f"{OPERATORS}/around").completes("Before")
    modified(story, StartBefore("note", local={"by_hand": True}))
    assert (story.open(), story.armed()) == (["Noted", "Shallow"], ["late", "note"])
    assert story.sees("Noted") == {"stage": 1, "by_hand": True}


# -- repeated activities ------------------------------------------------------------------------------------------


@pytest.mark.shows("multiInstanceLoopCharacteristics", "modified: start the whole", "executed", point="8")
def test_a_repeated_activity_is_begun_as_a_whole(story: Story):
    modified(story.starts(f"{OPERATORS}/rounds", people=["A", "B"]), StartBefore("each"))
    assert story.open() == ["Ask A", "Ask A", "Ask B", "Ask B"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "modified: start inside without a round", "refused", point="8")
def test_inside_a_repeated_activity_one_round_has_to_be_named(story: Story):
    story.starts(f"{OPERATORS}/rounds", people=["A"])
    modified(story, StartBefore("turn"), CancelAll("each"))
    assert refused(story, StartBefore("check")) == (
        "each is repeated, and check belongs to one of its rounds. Start each as a whole, or name the token of the "
        "round that is meant (ancestor)."
    )


def test_a_token_is_put_into_one_round(story: Story):
    story.starts(f"{OPERATORS}/rounds", people=["A", "B"])
    _, _, second = tokens(story, "each")
    modified(story, StartBefore("check", ancestor=second), CancelToken(story.task("Ask B").id))
    assert story.open() == ["Ask A", "Check B"]
    story.completes("Check B").completes("Ask A").completes("Check A")
    assert story.open() == ["Turn"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "modified: one more round", "executed", point="8")
def test_a_round_is_added_to_those_that_go_on(story: Story):
    story.starts(f"{OPERATORS}/rounds", people=["A", "B"])
    body = tokens(story, "each")[0]
    modified(story, StartBefore("each", ancestor=body, local={"person": "C"}))
    modified(story, StartBefore("check", ancestor=body, local={"person": "D"}))
    assert story.open() == ["Ask A", "Ask B", "Ask C", "Check D"]
    assert story.sees("Check D") | {"people": []} == {
        "people": [],
        "person": "D",
        "loopCounter": 3,
        "nrOfInstances": 4,
        "nrOfActiveInstances": 4,
        "nrOfCompletedInstances": 0,
    }


@pytest.mark.shows("multiInstanceLoopCharacteristics", "modified: one round is cancelled", "executed", point="8")
def test_a_cancelled_round_is_not_waited_for(story: Story):
    story.starts(f"{OPERATORS}/rounds", people=["A", "B"])
    modified(story, CancelToken(story.task("Ask B").id))
    assert (story.open(), story.sees("Ask A")["nrOfActiveInstances"]) == (["Ask A"], 1)
    assert story.completes("Ask A").completes("Check A").open() == ["Turn"]


def test_the_last_cancelled_round_takes_the_whole(story: Story):
    story.starts(f"{OPERATORS}/rounds", people=["A", "B"])
    modified(story, StartBefore("turn"), CancelAll("each"))
    assert (story.open(), tokens(story, "each")) == (["Turn"], [])
    (body, _) = tokens(story, "turn")
    assert refused(story, StartBefore("turn", ancestor=body)) == (
        "turn is done one round after the other; no other can be added."
    )
    assert modified(story, StartBefore("each"), CancelToken(story.task("Turn").id)).open() == ["Ask A", "Ask B"]


# -- what is refused, what is remembered --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instruction", "reason"),
    [
        (StartBefore("nowhere"), "There is no element nowhere in the process model."),
        (StartAfter("nowhere"), "There is no element nowhere in the process model."),
        (StartFlow("nowhere"), "There is no flow nowhere in the process model."),
        (CancelAll("nowhere"), "There is no element nowhere in the process model."),
        (CancelToken("nobody"), "The case has no token nobody."),
        (CancelAll("two"), "The case does not stand at two."),
    ],
)
def test_what_is_not_there_is_refused(story: Story, instruction: Instruction, reason: str):
    assert refused(story.starts(f"{OPERATORS}/places"), StartBefore("one"), CancelAll("one"), instruction) == reason


def test_nothing_to_do_is_refused(story: Story):
    assert refused(story.starts(f"{OPERATORS}/places")) == "There is nothing to be done."


def test_history_tells_who_did_what_without_values(story: Story):
    modified(story.starts(f"{OPERATORS}/places"), StartBefore("two", variables={"name": "Erika"}), CancelAll("one"))
    (line,) = [line for line in story.history if line.kind == "case_modified"]
    assert line.actor == "ben"
    assert line.details == {"instructions": [{"start_before": "two", "variables": ["name"]}, {"cancel_all": "one"}]}


def test_a_suspended_case_stays_as_it_is(story: Story):
    story.starts(f"{OPERATORS}/places")
    with unit_of_work(story.db) as session:
        suspend_case(session, story.services, story.case_id, BEN)
    with pytest.raises(CaseSuspended), unit_of_work(story.db) as session:
        modify_case(session, story.services, story.case_id, [StartBefore("two")], BEN)


def test_a_refusal_does_not_spoil_the_case_in_memory(story: Story):
    story.starts(f"{OPERATORS}/places")
    refused(story, StartBefore("two"), CancelAll("one"), StartBefore("nowhere"))
    assert story.completes("One").open() == ["Left", "Right"]
