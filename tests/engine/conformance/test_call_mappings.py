# SPDX-License-Identifier: EUPL-1.2
"""What a call activity hands to the called case, and what it takes back."""

from typing import Any

import pytest

from tests.engine.story import Story


def handed_in(story: Story, model: str, **variables: Any) -> dict[str, Any]:
    """The variables that the called case begins with."""
    (inner,) = story.starts(f"call_activities/{model}", **variables).called()
    return inner.variables


def taken_back(story: Story, model: str, **answers: Any) -> dict[str, Any]:
    """The variables of the caller when the called case has ended."""
    (inner,) = story.starts(f"call_activities/{model}", amount=4).called()
    inner.completes("Inner", **answers)
    assert story.works().open() == ["After"]
    return story.variables


@pytest.mark.shows("callActivity", "without camunda:in", "executed", point="3")
def test_without_a_mapping_nothing_is_handed_in(story: Story):
    assert handed_in(story, "map_nothing", amount=4) == {}


@pytest.mark.shows("callActivity", "in source", "executed", point="3")
def test_a_variable_is_handed_in_under_another_name(story: Story):
    assert handed_in(story, "map_in_source", amount=4, secret="x") == {"size": 4}


@pytest.mark.shows("callActivity", "in sourceExpression", "executed", point="3")
def test_a_computed_value_is_handed_in(story: Story):
    assert handed_in(story, "map_in_expression", amount=4) == {"size": 8}


@pytest.mark.shows("callActivity", "in variables=all", "executed", point="3")
def test_all_variables_are_handed_in(story: Story):
    assert handed_in(story, "map_in_all", amount=4, name="Ada") == {"amount": 4, "name": "Ada"}


@pytest.mark.shows("callActivity", "in variables=all, local", "executed", point="3")
def test_only_the_calls_own_variables_are_handed_in(story: Story):
    assert handed_in(story, "map_in_all_local", amount=4) == {"size": 8}


@pytest.mark.shows("callActivity", "in businessKey", "executed", point="3")
def test_the_business_key_is_handed_on(story: Story):
    story.business_key = "BK"
    (inner,) = story.starts("call_activities/map_business_key").called()
    assert inner.info.business_key == "BK"


@pytest.mark.shows("callActivity", "in businessKey, expression", "executed", point="3")
def test_a_computed_business_key_is_handed_in(story: Story):
    (inner,) = story.starts("call_activities/map_business_key_expression", number="A-17").called()
    assert inner.info.business_key == "A-17"


@pytest.mark.shows("callActivity", "without camunda:in", "executed", point="3")
def test_without_a_mapping_the_business_key_is_not_handed_on(story: Story):
    story.business_key = "BK"
    (inner,) = story.starts("call_activities/map_nothing").called()
    assert inner.info.business_key is None


@pytest.mark.shows("callActivity", "without camunda:out", "executed", point="3")
def test_without_a_mapping_nothing_is_taken_back(story: Story):
    assert taken_back(story, "map_nothing", verdict="yes") == {"amount": 4}


@pytest.mark.shows("callActivity", "out source", "executed", point="3")
def test_a_variable_is_taken_back_under_another_name(story: Story):
    assert taken_back(story, "map_out_source", verdict="yes", note="x") == {"amount": 4, "outcome": "yes"}


@pytest.mark.shows("callActivity", "out sourceExpression", "executed", point="3")
def test_a_value_computed_in_the_called_case_is_taken_back(story: Story):
    assert taken_back(story, "map_out_expression", verdict="yes") == {"amount": 4, "agreed": True}


@pytest.mark.shows("callActivity", "out variables=all", "executed", point="3")
def test_all_variables_are_taken_back(story: Story):
    assert taken_back(story, "map_out_all", verdict="yes", note="x") == {"amount": 4, "verdict": "yes", "note": "x"}


@pytest.mark.shows("callActivity", "out variables=all, local", "executed", point="3")
def test_what_stays_with_the_call_reaches_the_case_by_its_outputs_only(story: Story):
    assert taken_back(story, "map_out_all_local", verdict="yes", note="x") == {"amount": 4, "outcome": "yes"}


@pytest.mark.shows("callActivity", "out source", "executed", point="3")
def test_a_variable_that_the_called_case_never_set_is_taken_back_empty(story: Story):
    assert taken_back(story, "map_out_source") == {"amount": 4, "outcome": None}


@pytest.mark.shows("callActivity", "in businessKey that gives nothing", "executed", point="3")
def test_a_business_key_that_gives_nothing_is_none(story: Story):
    (called,) = story.starts("call_activities/map_business_key_expression", number=None).called()
    assert called.info.business_key is None


@pytest.mark.shows("callActivity", "in source, a document", "executed", point="3")
def test_a_called_process_reads_a_document_that_it_was_handed(story: Story):
    story.starts("call_activities/document_reader").works()
    assert (story.info.state, story.variables["seen"]) == ("completed", "Hello")
