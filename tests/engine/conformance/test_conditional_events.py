# SPDX-License-Identifier: EUPL-1.2
"""Conditional events: wait until the variables are such, and look again when one of them changes."""

import pytest

from engine.db import unit_of_work
from engine.errors import StepFailed
from engine.signals import evaluate_conditions
from tests.engine.begun import deployed, opened
from tests.engine.story import Story

WAIT = "conditional_events/wait_for_condition"


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch", "executed", point="1.3")
def test_a_condition_that_is_true_already_does_not_wait(story: Story):
    assert story.starts(WAIT, level=6).open() == ["Leave"]


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch", "executed", point="1.3")
def test_a_condition_waits_until_a_change_makes_it_true(story: Story):
    assert story.starts(WAIT, level=1).changes(level=5).open() == []
    assert story.changes(level=6).open() == ["Leave"]


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch", "executed")
def test_a_condition_may_be_written_as_in_camunda_7(story: Story):
    story.starts("conditional_events/wait_for_condition_of_java", level=1).changes(level=6)
    assert story.open() == ["Leave"]


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch, by a script", "executed", point="1.3")
def test_a_script_of_another_branch_makes_a_condition_true(story: Story):
    assert story.starts("conditional_events/wait_beside_a_script", level=1).open() == ["Measure"]
    assert story.completes("Measure").open() == ["Leave"]


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch, by an answer", "executed", point="1.3")
def test_an_answer_in_another_branch_makes_a_condition_true(story: Story):
    story.starts("conditional_events/wait_beside_a_task", level=1).completes("Measure", level=6)
    assert story.open() == ["Leave"]


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch, local variables", "executed")
def test_a_variable_of_another_activity_makes_no_condition_true(story: Story):
    story.starts("conditional_events/wait_beside_a_local_variable", level=1).completes("Measure")
    assert story.open() == ["Read"]
    assert story.completes("Read").open() == []


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch", "executed")
def test_a_condition_on_a_variable_that_is_not_there_yet_waits(story: Story):
    assert story.starts(WAIT).open() == []
    assert story.changes(level=6).open() == ["Leave"]


@pytest.mark.shows("conditionalEventDefinition", "unusable condition", "refused")
def test_a_condition_that_gives_a_text_fails_the_change(story: Story):
    story.starts("conditional_events/wait_for_a_variable_to_change", alarm=False, level=1).changes(alarm="yes")
    with pytest.raises(StepFailed):
        story.changes(level=2)
    assert (story.ended_with, story.variables["level"]) == (None, 1)


@pytest.mark.shows("conditionalEventDefinition", "boundary, interrupting", "executed", point="1.3")
def test_a_condition_takes_the_task_away(story: Story):
    assert story.starts("conditional_events/condition_ends", level=1).open() == ["Ask"]
    assert story.changes(level=6).open() == ["Leave"]


@pytest.mark.shows("conditionalEventDefinition", "boundary, interrupting", "executed")
def test_a_condition_that_is_true_already_takes_the_task_away_at_once(story: Story):
    assert story.starts("conditional_events/condition_ends", level=6).open() == ["Leave"]


@pytest.mark.shows("conditionalEventDefinition", "boundary, interrupting", "executed")
def test_a_task_whose_condition_is_true_already_is_never_opened(story: Story):
    story.starts("conditional_events/condition_ends", level=6)
    assert story.passed("entered") == ["leave"]


@pytest.mark.shows("conditionalEventDefinition", "boundary, interrupting, at a step nobody waits at", "executed")
@pytest.mark.parametrize(("level", "ended"), [(1, "Carried"), (6, "Left")])
def test_a_step_nobody_waits_at_is_left_by_a_condition_that_is_true_already(story: Story, level: int, ended: str):
    assert story.starts("conditional_events/condition_at_manual_task", level=level).ended_with == ended


@pytest.mark.shows("conditionalEventDefinition", "boundary, interrupting", "executed")
def test_a_task_completed_while_the_condition_is_false_goes_on_normally(story: Story):
    story.starts("conditional_events/condition_ends", level=1).completes("Ask", level=1)
    assert story.ended_with == "Answered"


@pytest.mark.shows("conditionalEventDefinition", "boundary, interrupting", "executed", point="1.3")
def test_a_task_within_makes_the_condition_of_its_subprocess_true(story: Story):
    story.starts("conditional_events/condition_at_subprocess", level=1).completes("Measure", level=6)
    assert story.open() == ["Leave"]


@pytest.mark.shows("conditionalEventDefinition", "boundary, interrupting", "executed", point="E")
def test_after_a_script_made_the_condition_true_the_next_step_does_not_run(story: Story):
    story.starts("conditional_events/condition_at_script", level=1).completes("Measure")
    assert story.open() == ["Leave"]
    assert "count" not in story.variables


@pytest.mark.shows("conditionalEventDefinition", "boundary, interrupting", "executed")
def test_a_deadline_beside_a_condition_that_stays_false_is_kept(story: Story):
    assert story.starts("conditional_events/condition_and_timer", level=1).waits(days=1).ended_with == "Closed"


@pytest.mark.shows("conditionalEventDefinition", "boundary, non-interrupting", "executed", point="1.3")
def test_a_condition_beside_leaves_the_task_open(story: Story):
    assert story.starts("conditional_events/condition_adds", level=1).changes(level=6).open() == ["Ask", "Look"]


@pytest.mark.shows("conditionalEventDefinition", "boundary, non-interrupting", "executed", point="1.3")
def test_a_condition_beside_fires_again_with_each_change_while_it_is_true(story: Story):
    story.starts("conditional_events/condition_adds", level=1)
    counted = [story.changes(level=level).open().count("Look") for level in (6, 7, 2, 8)]
    assert counted == [1, 2, 2, 3]


@pytest.mark.shows("conditionalEventDefinition", "boundary, non-interrupting", "executed")
def test_a_condition_beside_that_is_true_already_fires_once(story: Story):
    assert story.starts("conditional_events/condition_adds", level=6).open() == ["Ask", "Look"]


@pytest.mark.shows("conditionalEventDefinition", "boundary, non-interrupting", "executed")
def test_inputs_of_the_task_do_not_let_a_true_condition_fire_twice(story: Story):
    story.starts("conditional_events/condition_adds_at_task_with_inputs", level=6)
    assert story.open() == ["Ask", "Look"]


@pytest.mark.shows("conditionalEventDefinition", "boundary, non-interrupting, local variables", "executed")
def test_a_variable_that_the_condition_does_not_see_is_no_change(story: Story):
    story.starts("conditional_events/condition_adds_beside_local_variables", level=6).completes("Measure")
    assert story.open() == ["Ask", "Look", "Read"]


@pytest.mark.shows("conditionalEventDefinition", "boundary, non-interrupting", "executed")
def test_a_condition_beside_fires_no_more_after_its_task(story: Story):
    story.starts("conditional_events/condition_adds", level=1).changes(level=6).completes("Ask").changes(level=7)
    assert story.open() == ["Look"]


@pytest.mark.shows("conditionalEventDefinition", "boundary, non-interrupting, variableName", "executed")
def test_a_change_of_another_variable_does_not_count(story: Story):
    story.starts("conditional_events/condition_adds_by_variable", level=1, wind=1).changes(level=6)
    assert story.changes(wind=2).open() == ["Ask", "Look"]
    assert story.changes(level=7).open() == ["Ask", "Look", "Look"]


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch, variableName", "executed")
def test_a_condition_looks_only_when_its_variable_changes(story: Story):
    story.starts("conditional_events/wait_for_a_variable_to_change", alarm=False, level=1)
    assert story.changes(alarm=True).ended_with is None
    assert story.changes(level=2).ended_with == "Over"


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch, variableName", "executed")
def test_a_condition_that_is_true_already_does_not_wait_for_its_variable_to_change(story: Story):
    story.starts("conditional_events/wait_for_a_variable_to_change", alarm=True, level=1)
    assert story.ended_with == "Over"


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch, variableEvents create", "executed")
def test_a_condition_looks_when_its_variable_is_created(story: Story):
    story.starts("conditional_events/wait_for_create", alarm=False).changes(alarm=True)
    assert story.ended_with is None
    assert story.changes(level=1).ended_with == "Over"


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch, variableEvents create", "executed")
def test_an_update_is_no_creation(story: Story):
    story.starts("conditional_events/wait_for_create", alarm=False, level=1).changes(alarm=True).changes(level=2)
    assert story.ended_with is None


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch, variableEvents update", "executed")
def test_a_condition_looks_when_its_variable_is_updated_and_not_when_it_is_created(story: Story):
    story.starts("conditional_events/wait_for_update", alarm=False).changes(alarm=True).changes(level=1)
    assert story.ended_with is None
    assert story.changes(level=2).ended_with == "Over"


@pytest.mark.shows("conditionalEventDefinition", "intermediate catch, variableEvents", "executed")
@pytest.mark.parametrize("before", [{}, {"level": 1}])
def test_several_kinds_of_changes_may_count(story: Story, before: dict[str, int]):
    story.starts("conditional_events/wait_for_create_or_update", alarm=False, **before).changes(alarm=True)
    assert story.ended_with is None
    assert story.changes(level=2).ended_with == "Over"


@pytest.mark.shows("conditionalEventDefinition", "start", "executed", point="1.3")
@pytest.mark.parametrize(("variables", "tasks"), [({"level": 6}, ["Handle"]), ({"level": 5}, []), ({"wind": 6}, [])])
def test_a_case_begins_where_the_variables_that_are_told_make_its_condition_true(
    story: Story, variables: dict[str, int], tasks: list[str]
):
    deployed(story, "conditional_events/begin_by_condition")
    with unit_of_work(story.db) as session:
        evaluate_conditions(session, story.services, variables)
    assert opened(story, "begin_by_condition") == tasks
