# SPDX-License-Identifier: EUPL-1.2
"""BPMN errors that operations and external workers throw, within the transaction and after it."""

import pytest

from engine.errors import StepFailed, UnhandledBpmnError
from tests.engine.story import Story


@pytest.mark.shows("errorEventDefinition", "boundary, from an operation", "executed", point="8")
def test_an_operation_throws_an_error_to_the_boundary_event(story: Story):
    assert story.starts("error_events/error_by_operation").completes("Ask", code="E-POOR").open() == ["Find money"]
    assert story.completes("Find money").ended_with == "Found"


@pytest.mark.shows("errorEventDefinition", "errorMessageVariable", "executed", point="8")
def test_the_message_of_an_operations_error_becomes_a_variable(story: Story):
    story.starts("error_events/error_by_operation").completes("Ask", code="E-POOR")
    assert story.variables["text"] == "no money left"


@pytest.mark.shows("errorEventDefinition", "unhandled, from an operation", "executed", point="8")
def test_an_operations_error_that_nobody_handles_fails_the_step(story: Story):
    story.starts("error_events/error_by_operation")
    with pytest.raises(StepFailed) as failed:
        story.completes("Ask", code="E-OTHER")
    assert isinstance(failed.value.cause, UnhandledBpmnError)
    assert failed.value.element_id == "pay"


@pytest.mark.shows("errorEventDefinition", "unhandled, from an operation", "executed", point="8")
def test_after_an_operations_unhandled_error_the_task_is_still_open(story: Story):
    story.starts("error_events/error_by_operation")
    with pytest.raises(StepFailed):
        story.completes("Ask", code="E-OTHER")
    assert story.open() == ["Ask"]


@pytest.mark.shows("errorEventDefinition", "boundary, from an operation", "executed", point="8")
def test_an_operations_error_goes_outwards_to_the_subprocess(story: Story):
    story.starts("error_events/error_by_operation_in_subprocess")
    assert (story.open(), story.variables["code"]) == (["Mend"], "E-POOR")


@pytest.mark.shows("errorEventDefinition", "event subprocess, from an operation", "executed", point="1.4")
def test_an_event_subprocess_of_the_process_handles_an_operations_error(story: Story):
    story.starts("error_events/error_subprocess_of_the_process").completes("Ask")
    assert (story.open(), story.variables["code"]) == (["Mend"], "E-POOR")
    assert story.completes("Mend").ended_with == "Mended"


@pytest.mark.shows("errorEventDefinition", "boundary, faults", "executed", point="8")
def test_an_operation_that_breaks_throws_no_bpmn_error(story: Story):
    story.starts("error_events/fault_is_no_error")
    with pytest.raises(StepFailed) as failed:
        story.completes("Ask")
    assert isinstance(failed.value.cause, ValueError)
    assert story.open() == ["Ask"]


@pytest.mark.shows("errorEventDefinition", "boundary, from a job", "executed", point="8")
def test_a_job_throws_an_error_to_the_boundary_event(story: Story):
    story.starts("error_events/error_by_job", code="E-POOR").works()
    assert (story.open(), story.variables["caught"]) == (["Find money"], "E-POOR")
    assert story.incidents() == []


@pytest.mark.shows("errorEventDefinition", "unhandled, from a job", "executed", point="8")
def test_a_jobs_error_that_nobody_handles_becomes_an_incident(story: Story):
    story.starts("error_events/error_by_job", code="E-OTHER").works()
    for _ in range(8):
        story.waits(hours=2)
    assert [incident.element_id for incident in story.incidents()] == ["pay"]
    assert (story.open(), story.info.state) == ([], "active")


@pytest.mark.shows("errorEventDefinition", "boundary, from an external worker", "executed", point="8")
def test_an_external_worker_throws_an_error_to_the_boundary_event(story: Story):
    story.starts("error_events/error_by_worker").errs("cashier.pay", "E-POOR")
    assert (story.open(), story.variables["caught"]) == (["Find money"], "E-POOR")


@pytest.mark.shows("errorEventDefinition", "boundary, from an external worker", "executed", point="8")
def test_variables_of_an_external_workers_error_are_written_into_the_case(story: Story):
    story.starts("error_events/error_by_worker").errs("cashier.pay", "E-POOR", missing=30)
    assert story.variables["missing"] == 30


@pytest.mark.shows("errorEventDefinition", "unhandled, from an external worker", "executed", point="8")
def test_an_external_workers_error_that_nobody_handles_becomes_an_incident(story: Story):
    story.starts("error_events/error_by_worker").errs("cashier.pay", "E-OTHER")
    (incident,) = story.incidents()
    assert (incident.element_id, story.standing(), story.info.state) == ("pay", ["pay"], "active")


@pytest.mark.shows("errorEventDefinition", "external task, by condition", "executed")
def test_what_an_external_worker_brings_can_be_an_error(story: Story):
    assert story.starts("error_events/error_by_result").delivers("cashier.pay", state="empty").open() == ["Find money"]


@pytest.mark.shows("errorEventDefinition", "external task, by condition", "executed")
def test_what_an_external_worker_brings_is_no_error_without_the_condition(story: Story):
    assert story.starts("error_events/error_by_result").delivers("cashier.pay", state="full").ended_with == "Paid"
