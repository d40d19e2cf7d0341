# SPDX-License-Identifier: EUPL-1.2
"""Embedded subprocesses: scopes of their own, where they begin and end, what withdraws them."""

import pytest

from engine.errors import StepFailed
from tests.engine.conformance.test_events import NOTHING, left_open
from tests.engine.story import Story

SUBS = "subprocesses"


@pytest.mark.shows("subProcess", "", "executed", point="1.1")
def test_the_token_waits_in_the_subprocess(story: Story):
    story.starts(f"{SUBS}/sub_plain")
    assert (story.open(), story.standing()) == (["Inner"], ["inner"])


@pytest.mark.shows("subProcess", "", "executed", point="1.1")
def test_behind_a_subprocess_the_process_goes_on(story: Story):
    assert story.starts(f"{SUBS}/sub_plain").completes("Inner").open() == ["After"]
    assert story.completes("After").ended_with == "Done"


@pytest.mark.shows("subProcess", "nested", "executed", point="1.1")
def test_subprocesses_may_be_nested(story: Story):
    assert story.starts(f"{SUBS}/sub_nested").completes("Inner").open() == ["Between"]
    assert story.completes("Between").open() == ["After"]


@pytest.mark.shows("subProcess", "over at once", "executed")
def test_a_subprocess_may_be_over_at_once(story: Story):
    assert story.starts(f"{SUBS}/sub_empty_path").open() == ["After"]


# -- scopes -------------------------------------------------------------------------------------------------------


@pytest.mark.shows("subProcess", "inputParameter", "executed", point="A")
def test_inputs_are_seen_within_the_subprocess_only(story: Story):
    story.starts(f"{SUBS}/sub_local", amount=4)
    assert (story.sees("Inner")["rate"], story.variables) == (8, {"amount": 4})


@pytest.mark.shows("subProcess", "inputParameter", "executed", point="A")
def test_a_local_variable_is_written_where_it_is(story: Story):
    story.starts(f"{SUBS}/sub_local", amount=4).completes("Inner")
    assert story.sees("Look")["rate"] == 9
    assert "rate" not in story.variables


@pytest.mark.shows("subProcess", "variables", "executed", point="A")
def test_a_new_variable_is_written_into_the_case(story: Story):
    assert story.starts(f"{SUBS}/sub_local", amount=4).completes("Inner").variables["total"] == 36


@pytest.mark.shows("subProcess", "outputParameter", "executed", point="A")
def test_outputs_go_to_the_scope_around_the_subprocess(story: Story):
    story.starts(f"{SUBS}/sub_local", amount=4).completes("Inner").completes("Look")
    assert (story.open(), story.variables) == (["After"], {"amount": 4, "total": 36, "used_rate": 9})


@pytest.mark.shows("subProcess", "variables", "executed", point="A")
def test_a_local_variable_hides_the_one_of_the_case(story: Story):
    story.starts(f"{SUBS}/sub_shadow", amount=4)
    assert (story.sees("Inner")["amount"], story.variables["amount"]) == (41, 4)
    assert story.completes("Inner").sees("After")["amount"] == 4


@pytest.mark.shows("subProcess", "variables, nested", "executed", point="A")
def test_the_innermost_scope_is_asked_first(story: Story):
    seen = story.starts(f"{SUBS}/sub_scopes", a="case a", b="case b", c="case c").sees("Look")
    assert (seen["a"], seen["b"], seen["c"]) == ("outer a", "inner b", "case c")


@pytest.mark.shows("subProcess", "in a loop of flows", "executed")
def test_each_run_of_a_subprocess_has_a_fresh_scope(story: Story):
    story.starts(f"{SUBS}/sub_again")
    assert story.sees("Inner")["tries"] == 1
    assert story.completes("Inner", again=True).sees("Inner")["tries"] == 1
    assert story.completes("Inner", again=False).ended_with == "Done"


@pytest.mark.shows("subProcess", "two tokens", "executed")
def test_two_tokens_in_one_subprocess_do_not_meet(story: Story):
    story.starts(f"{SUBS}/sub_twice_at_once").completes("Left", last="left")
    assert story.sees("Inner")["own"] == "left"
    story.completes("Inner").completes("Right", last="right")
    assert story.sees("Inner")["own"] == "right"
    assert story.completes("Inner").ended_with == "Done"


# -- where it begins and ends -------------------------------------------------------------------------------------


@pytest.mark.shows("subProcess", "implicit start", "executed", point="1.1")
def test_without_a_start_event_everything_without_an_incoming_flow_begins(story: Story):
    assert story.starts(f"{SUBS}/sub_implicit_start").open() == ["First", "Second"]


@pytest.mark.shows("subProcess", "implicit end", "executed", point="1.1")
def test_without_an_end_event_a_subprocess_is_over_with_its_last_token(story: Story):
    assert story.starts(f"{SUBS}/sub_implicit_end").completes("Inner").open() == ["After"]


@pytest.mark.shows("subProcess", "implicit start", "executed", point="1.1")
def test_a_subprocess_without_a_start_event_waits_for_all_that_began(story: Story):
    story.starts(f"{SUBS}/sub_implicit_start").completes("First").completes("Third")
    assert story.open() == ["Second"]
    assert story.completes("Second").open() == ["After"]


@pytest.mark.shows("subProcess", "parallel within", "executed", point="1.1")
def test_branches_join_within_a_subprocess(story: Story):
    assert story.starts(f"{SUBS}/sub_parallel").completes("Left").open() == ["Right"]
    assert story.completes("Right").open() == ["Both"]
    assert story.completes("Both").open() == ["After"]


@pytest.mark.shows("subProcess", "several ends", "executed", point="1.1")
@pytest.mark.parametrize("order", [("Left", "Right"), ("Right", "Left")])
def test_a_subprocess_is_over_when_each_of_its_tokens_has_ended(story: Story, order: tuple[str, str]):
    assert story.starts(f"{SUBS}/sub_several_ends").completes(order[0]).open() == [order[1]]
    assert story.completes(order[1]).open() == ["After"]


@pytest.mark.shows("terminateEventDefinition", "in a subprocess", "executed", point="E")
def test_a_terminate_end_in_a_subprocess_leaves_what_is_outside(story: Story):
    assert story.starts(f"{SUBS}/sub_terminate").completes("Left").open() == ["After", "Beside"]


@pytest.mark.shows("terminateEventDefinition", "in a nested subprocess", "executed", point="E")
def test_a_terminate_end_ends_the_innermost_subprocess_only(story: Story):
    assert story.starts(f"{SUBS}/sub_terminate_nested").completes("Left").open() == ["Behind", "Beside"]
    assert story.completes("Behind").completes("Beside").open() == ["After"]


# -- boundary events ----------------------------------------------------------------------------------------------


@pytest.mark.shows("timerEventDefinition", "boundary of a subprocess, interrupting", "executed")
def test_a_timer_withdraws_all_that_is_in_a_subprocess(story: Story):
    assert story.starts(f"{SUBS}/sub_timer").waits(days=1).open() == ["Mend"]
    assert {"left", "right"} <= set(story.passed("cancelled"))


@pytest.mark.shows("timerEventDefinition", "boundary of a subprocess, non-interrupting", "executed")
def test_a_timer_beside_leaves_what_is_in_a_subprocess(story: Story):
    assert story.starts(f"{SUBS}/sub_timer_beside").waits(days=1).open() == ["Left", "Mend", "Right"]


@pytest.mark.shows("messageEventDefinition", "boundary of a subprocess, interrupting", "executed")
def test_a_message_withdraws_all_that_is_in_a_subprocess(story: Story):
    assert story.starts(f"{SUBS}/sub_message", key="k1").hears("Revoked", "k1").open() == ["Mend"]


@pytest.mark.shows("signalEventDefinition", "boundary of a subprocess, interrupting", "executed")
def test_a_signal_withdraws_all_that_is_in_a_subprocess(story: Story):
    assert story.starts(f"{SUBS}/sub_signal").signals("Storm").open() == ["Mend"]


@pytest.mark.shows("subProcess", "boundary event", "executed")
def test_a_subprocess_that_is_over_withdraws_its_events(story: Story):
    story.starts(f"{SUBS}/sub_message", key="k1").completes("Left").completes("Right").completes("After")
    assert (story.ended_with, left_open(story)) == ("Done", NOTHING)


@pytest.mark.shows("boundaryEvent", "within a subprocess", "executed")
def test_an_event_within_a_subprocess_withdraws_its_own_task_only(story: Story):
    assert story.starts(f"{SUBS}/sub_inner_boundary").waits(days=1).open() == ["Hurry"]
    assert story.completes("Hurry").open() == ["After"]


@pytest.mark.shows("errorEventDefinition", "boundary of a subprocess", "executed", point="G")
def test_an_error_leaves_the_subprocess_and_what_else_is_in_it(story: Story):
    assert story.starts(f"{SUBS}/sub_error").completes("Left").open() == ["Mend"]


@pytest.mark.shows("errorEventDefinition", "end, unhandled", "executed", point="G")
def test_behind_an_error_that_nobody_catches_the_process_does_not_go_on(story: Story):
    story.starts(f"{SUBS}/sub_error_other")
    with pytest.raises(StepFailed) as failed:
        story.completes("Left")
    assert type(failed.value.cause).__name__ == "UnhandledBpmnError"
    assert story.open() == ["Left", "Right"]


@pytest.mark.shows("errorEventDefinition", "boundary of an outer subprocess", "executed", point="G")
def test_an_error_goes_outwards_until_somebody_catches_it(story: Story):
    assert story.starts(f"{SUBS}/sub_error_outer").completes("Left").open() == ["Mend"]


@pytest.mark.shows("errorEventDefinition", "boundary of an inner subprocess", "executed", point="G")
def test_the_nearest_handler_of_an_error_goes_first(story: Story):
    assert story.starts(f"{SUBS}/sub_error_inner_first").completes("Left").open() == ["Nearby"]


@pytest.mark.shows("errorEventDefinition", "boundary of a sibling", "executed", point="G")
def test_an_error_leaves_the_subprocess_beside_alone(story: Story):
    assert story.starts(f"{SUBS}/sub_error_siblings").completes("A").open() == ["B", "Mend A"]


@pytest.mark.shows("errorEventDefinition", "boundary, code and every error", "executed", point="G")
def test_a_handler_of_the_code_goes_before_one_of_every_error(story: Story):
    assert story.starts(f"{SUBS}/sub_error_specific").completes("Left").open() == ["Mend"]


@pytest.mark.shows("escalationEventDefinition", "boundary of a subprocess, non-interrupting", "executed")
def test_an_escalation_is_heard_beside_the_subprocess(story: Story):
    assert story.starts(f"{SUBS}/sub_escalation").completes("Left").open() == ["Mend", "Right"]


@pytest.mark.shows("escalationEventDefinition", "boundary of a subprocess, interrupting", "executed")
def test_an_escalation_may_end_the_subprocess(story: Story):
    assert story.starts(f"{SUBS}/sub_escalation_interrupting").completes("Left").open() == ["Mend"]
