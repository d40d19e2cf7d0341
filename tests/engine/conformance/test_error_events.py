# SPDX-License-Identifier: EUPL-1.2
"""BPMN errors of end events: which handler takes them, what they end, and what happens without a handler."""

import pytest

from engine.errors import StepFailed, UnhandledBpmnError
from tests.engine.begun import deployed, takes_one
from tests.engine.story import Story


@pytest.mark.shows("errorEventDefinition", "end, in a subprocess", "executed", point="1.3")
def test_a_subprocess_without_an_error_goes_on_normally(story: Story):
    assert story.starts("error_events/error_end").completes("Check", how="well").open() == ["Go on"]


@pytest.mark.shows("errorEventDefinition", "boundary, by code", "executed", point="1.3")
def test_an_error_goes_to_the_boundary_event_with_its_code(story: Story):
    assert story.starts("error_events/error_end_for_one_code").completes("Check", how="poor").open() == ["Find money"]


@pytest.mark.shows("errorEventDefinition", "boundary, catch-all", "executed")
def test_an_error_without_its_own_handler_goes_to_the_one_for_all(story: Story):
    assert story.starts("error_events/error_end").completes("Check", how="late").open() == ["Mend"]


@pytest.mark.shows("errorEventDefinition", "boundary, precedence", "executed")
def test_a_handler_with_the_code_goes_before_one_for_all(story: Story):
    assert story.starts("error_events/error_end").completes("Check", how="poor").open() == ["Find money"]


@pytest.mark.shows("errorEventDefinition", "boundary, by code", "executed", point="G")
def test_after_a_handled_error_the_subprocess_does_not_go_on(story: Story):
    story.starts("error_events/error_end").completes("Check", how="poor").completes("Find money")
    assert story.ended_with == "Found"
    assert "work" not in story.passed("completed")


@pytest.mark.shows("errorEventDefinition", "end, in a subprocess", "executed")
def test_an_error_ends_all_that_is_going_on_in_its_subprocess(story: Story):
    story.starts("error_events/error_end_with_parallel_work").completes("Check")
    assert story.open() == ["Find money"]


@pytest.mark.shows("errorEventDefinition", "boundary, outwards", "executed", point="1.3")
def test_an_error_passes_a_subprocess_that_has_no_handler(story: Story):
    assert story.starts("error_events/error_from_two_scopes_down").completes("Check").open() == ["Mend outside"]


@pytest.mark.shows("errorEventDefinition", "boundary, outwards", "executed", point="1.3")
def test_an_error_passes_handlers_with_other_codes(story: Story):
    assert story.starts("error_events/error_passes_other_codes").completes("Check").open() == ["Mend outside"]


@pytest.mark.shows("errorEventDefinition", "boundary, outwards", "executed")
def test_an_inner_handler_for_all_goes_before_an_outer_one_with_the_code(story: Story):
    assert story.starts("error_events/error_stops_at_inner_catch_all").completes("Check").open() == ["Mend inside"]


@pytest.mark.shows("errorEventDefinition", "boundary, outwards", "executed")
def test_after_an_inner_handler_the_outer_subprocess_goes_on(story: Story):
    story.starts("error_events/error_stops_at_inner_catch_all").completes("Check").completes("Mend inside")
    assert story.ended_with == "Gone on"


@pytest.mark.shows("errorEventDefinition", "boundary, beside a sibling", "executed", point="G")
def test_an_error_leaves_a_sibling_with_the_same_handler_alone(story: Story):
    story.starts("error_events/error_with_siblings").completes("Check left")
    assert story.open() == ["Check right", "Mend left"]


@pytest.mark.shows("errorEventDefinition", "boundary, beside a sibling", "executed", point="1.3")
def test_errors_of_two_siblings_are_handled_each_by_its_own(story: Story):
    story.starts("error_events/error_with_siblings").completes("Check left").completes("Check right")
    assert story.open() == ["Mend left", "Mend right"]


@pytest.mark.shows("errorEventDefinition", "boundary at a multi-instance", "executed", point="1.3")
def test_an_error_of_one_item_ends_the_work_for_all_items(story: Story):
    takes_one(story.starts("error_events/error_in_one_of_many", people=["ada", "bob", "cem"]), "Check", how="poor")
    assert story.open() == ["Find money"]


@pytest.mark.shows("errorEventDefinition", "boundary at a multi-instance", "executed", point="1.3")
def test_an_error_of_one_item_is_handled_once(story: Story):
    takes_one(story.starts("error_events/error_in_one_of_many", people=["ada", "bob", "cem"]), "Check", how="poor")
    assert story.passed().count("poor_only") == 1


@pytest.mark.shows("errorEventDefinition", "boundary at a multi-instance", "executed", point="1.3")
def test_an_error_of_the_last_item_ends_the_work_too(story: Story):
    takes_one(story.starts("error_events/error_in_one_of_many", people=["ada", "bob"]), "Check", how="well")
    assert takes_one(story, "Check", how="poor").open() == ["Find money"]


@pytest.mark.shows("errorEventDefinition", "unhandled", "executed", point="G")
def test_an_error_that_nobody_handles_fails_the_step(story: Story):
    story.starts("error_events/error_end_for_one_code")
    with pytest.raises(StepFailed) as failed:
        story.completes("Check", how="late")
    assert isinstance(failed.value.cause, UnhandledBpmnError)
    assert failed.value.element_id == "too_late"


@pytest.mark.shows("errorEventDefinition", "unhandled", "executed", point="G")
def test_after_an_unhandled_error_the_case_stands_where_it_stood(story: Story):
    story.starts("error_events/error_end_for_one_code")
    before = (story.state(), story.tasks(), story.history)
    with pytest.raises(StepFailed):
        story.completes("Check", how="late")
    assert (story.state(), story.tasks(), story.history) == before


@pytest.mark.shows("errorEventDefinition", "unhandled", "executed", point="G")
def test_after_an_unhandled_error_another_answer_can_be_given(story: Story):
    story.starts("error_events/error_end_for_one_code")
    with pytest.raises(StepFailed):
        story.completes("Check", how="late")
    assert story.completes("Check", how="well").open() == ["Go on"]


@pytest.mark.shows("errorEventDefinition", "end, at top level", "executed", point="1.3")
def test_an_error_that_leaves_the_process_fails_the_step(story: Story):
    story.starts("error_events/error_at_top")
    with pytest.raises(StepFailed) as failed:
        story.completes("Check")
    assert isinstance(failed.value.cause, UnhandledBpmnError)
    assert story.open() == ["Check", "Other"]


@pytest.mark.shows("errorEventDefinition", "errorCodeVariable", "executed")
def test_the_code_of_a_caught_error_becomes_a_variable(story: Story):
    story.starts("error_events/error_variables").completes("Check", how="late")
    assert story.variables["code"] == "E-LATE"


@pytest.mark.shows("errorEventDefinition", "errorMessageVariable", "executed")
def test_the_message_of_a_caught_error_becomes_a_variable(story: Story):
    story.starts("error_events/error_variables").completes("Check", how="poor")
    assert story.variables["text"] == "There is no money left."


@pytest.mark.shows("errorEventDefinition", "errorMessageVariable", "executed")
def test_a_caught_error_without_a_message_says_nothing(story: Story):
    story.starts("error_events/error_variables").completes("Check", how="late")
    assert story.variables["text"] is None


@pytest.mark.shows("errorEventDefinition", "boundary, drawn as non-interrupting", "executed")
def test_an_error_ends_its_activity_however_its_handler_is_drawn(story: Story):
    story.starts("error_events/error_drawn_beside").completes("Check")
    assert story.open() == ["Mend"]


@pytest.mark.shows("errorEventDefinition", "event subprocess before boundary", "executed", point="1.4")
def test_an_event_subprocess_within_goes_before_the_boundary_event(story: Story):
    story.starts("error_events/error_subprocess_before_boundary").completes("Check", how="poor")
    assert story.open() == ["Mend inside"]


@pytest.mark.shows("errorEventDefinition", "event subprocess before boundary", "executed", point="1.4")
def test_after_its_event_subprocess_a_subprocess_goes_on_normally(story: Story):
    story.starts("error_events/error_subprocess_before_boundary").completes("Check", how="poor")
    assert story.completes("Mend inside").open() == ["Go on"]


@pytest.mark.shows("errorEventDefinition", "event subprocess before boundary", "executed", point="1.4")
def test_an_event_subprocess_for_an_error_does_not_run_by_itself(story: Story):
    story.starts("error_events/error_subprocess_before_boundary")
    assert story.open() == ["Check"]
    assert story.completes("Check", how="well").open() == ["Go on"]


@pytest.mark.shows("errorEventDefinition", "thrown in its own handler", "executed")
def test_an_error_thrown_by_its_handler_goes_outwards(story: Story):
    assert story.starts("error_events/error_within_its_handler").completes("Check").open() == ["Find money"]


@pytest.mark.shows("errorEventDefinition", "boundary at a call activity", "executed")
def test_an_error_of_a_called_process_reaches_the_calling_one(story: Story):
    deployed(story, "error_events/error_called").starts("error_events/error_calling")
    (called,) = story.called()
    called.completes("Check")
    assert story.works().open() == ["Find money"]
    assert called.open() == []


@pytest.mark.shows("errorEventDefinition", "unhandled, at a call activity", "executed", point="G")
def test_an_error_that_the_calling_process_does_not_handle_fails_the_step(story: Story):
    deployed(story, "error_events/error_called").starts("error_events/error_calling_without_handler")
    (called,) = story.called()
    with pytest.raises(StepFailed) as failed:
        called.completes("Check")
    assert isinstance(failed.value.cause, UnhandledBpmnError)
    assert called.open() == ["Check"]
