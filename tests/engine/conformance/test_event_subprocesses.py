# SPDX-License-Identifier: EUPL-1.2
"""Event subprocesses of every trigger: they wait, interrupt or run beside, at the top and two subprocesses deep."""

from collections.abc import Callable

import pytest

from engine.errors import NobodyWaits
from engine.services import Services
from tests.engine.begun import another
from tests.engine.conformance.test_events import NOTHING, left_open
from tests.engine.items import answered
from tests.engine.story import Story

ESP = "event_subprocesses"
#: What makes each trigger happen.
HAPPENS: dict[str, Callable[[Story], Story]] = {
    "message": lambda story: story.hears("Revoked", "k1"),
    "signal": lambda story: story.signals("Storm"),
    "timer": lambda story: story.waits(days=1),
    "conditional": lambda story: story.changes(amount=200),
    "error": lambda story: story.completes("Main"),
    "escalation": lambda story: story.completes("Main"),
}
TRIGGERS = list(HAPPENS)
#: An error always interrupts.
BESIDE = [trigger for trigger in TRIGGERS if trigger != "error"]
OFTEN = ["message", "signal"]


def started(story: Story, model: str) -> Story:
    """A case of a model, with what its triggers ask for."""
    return story.starts(f"{ESP}/{model}", key="k1", amount=5)


# -- at the top ---------------------------------------------------------------------------------------------------


@pytest.mark.shows("eventSubProcess", "not at the beginning", "executed", point="1.4")
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_event_subprocess_does_not_begin_with_its_case(story: Story, trigger: str):
    started(story, f"{trigger}_interrupting")
    assert (story.open(), story.standing()) == (["Main"], ["main"])


@pytest.mark.shows("eventSubProcess", "interrupting", "executed", point="1.4")
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_interrupting_event_subprocess_withdraws_the_rest(story: Story, trigger: str):
    assert HAPPENS[trigger](started(story, f"{trigger}_interrupting")).open() == ["Handle"]


@pytest.mark.shows("eventSubProcess", "interrupting", "executed", point="1.4")
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_behind_an_interrupting_event_subprocess_the_case_is_over(story: Story, trigger: str):
    HAPPENS[trigger](started(story, f"{trigger}_interrupting")).completes("Handle")
    assert (story.info.state, left_open(story)) == ("completed", NOTHING)


@pytest.mark.shows("eventSubProcess", "non-interrupting", "executed", point="1.4")
@pytest.mark.parametrize("trigger", BESIDE)
def test_a_non_interrupting_event_subprocess_runs_beside(story: Story, trigger: str):
    beside = "More" if trigger == "escalation" else "Main"
    assert HAPPENS[trigger](started(story, f"{trigger}_beside")).open() == sorted(["Handle", beside])


@pytest.mark.shows("eventSubProcess", "non-interrupting", "executed", point="1.4")
@pytest.mark.parametrize("trigger", BESIDE)
def test_a_case_is_not_over_while_an_event_subprocess_runs_beside(story: Story, trigger: str):
    HAPPENS[trigger](started(story, f"{trigger}_beside")).completes("More" if trigger == "escalation" else "Main")
    assert (story.open(), story.info.state) == (["Handle"], "active")
    assert story.completes("Handle").info.state == "completed"


@pytest.mark.shows("eventSubProcess", "never triggered", "executed", point="1.4")
@pytest.mark.parametrize("trigger", ["message", "signal", "timer", "conditional"])
@pytest.mark.parametrize("how", ["interrupting", "beside"])
def test_a_case_is_over_although_an_event_could_still_come(story: Story, trigger: str, how: str):
    started(story, f"{trigger}_{how}").completes("Main")
    assert (story.ended_with, left_open(story)) == ("Done", NOTHING)


@pytest.mark.shows("eventSubProcess", "second case of a definition", "executed", point="K")
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_second_case_of_the_definition_begins_as_the_first_did(story: Story, trigger: str):
    HAPPENS[trigger](started(story, f"{trigger}_interrupting"))
    other = another(story).starts_deployed(f"{trigger}_interrupting", key="k2", amount=5)
    assert (other.open(), other.standing()) == (["Main"], ["main"])


@pytest.mark.shows("eventSubProcess", "non-interrupting, several times", "executed", point="1.4")
@pytest.mark.parametrize("trigger", OFTEN)
def test_a_non_interrupting_event_subprocess_may_begin_several_times(story: Story, trigger: str):
    started(story, f"{trigger}_beside")
    for _ in range(3):
        HAPPENS[trigger](story)
    assert story.open() == ["Handle", "Handle", "Handle", "Main"]


@pytest.mark.shows("eventSubProcess", "non-interrupting, timer cycle", "executed", point="1.4")
def test_a_cycle_begins_an_event_subprocess_as_often_as_it_says(story: Story):
    started(story, "timer_cycle_beside").waits(days=1).waits(days=1)
    assert story.open() == ["Handle", "Handle", "Main"]
    assert story.waits(days=1).waits(days=5).open() == ["Handle", "Handle", "Handle", "Main"]


@pytest.mark.shows("eventSubProcess", "non-interrupting, timer", "executed", point="1.4")
def test_a_duration_begins_an_event_subprocess_once(story: Story):
    assert started(story, "timer_beside").waits(days=1).waits(days=5).open() == ["Handle", "Main"]


@pytest.mark.shows("eventSubProcess", "non-interrupting, conditional", "executed", point="1.4")
def test_a_condition_begins_an_event_subprocess_each_time_it_holds(story: Story):
    started(story, "conditional_beside").changes(amount=200).changes(amount=50).changes(amount=300)
    assert story.open() == ["Handle", "Handle", "Main"]


@pytest.mark.shows("eventSubProcess", "conditional", "executed", point="1.4")
def test_a_condition_that_a_task_makes_true_begins_the_event_subprocess(story: Story):
    started(story, "nested_conditional_beside").completes("Beside", amount=200)
    assert story.open() == ["Handle", "Main"]


@pytest.mark.shows("eventSubProcess", "conditional", "executed", point="1.4")
def test_a_condition_that_does_not_hold_begins_nothing(story: Story):
    assert started(story, "conditional_interrupting").changes(amount=50).open() == ["Main"]


@pytest.mark.shows("eventSubProcess", "escalation, several times", "executed", point="1.4")
def test_each_escalation_begins_the_event_subprocess_anew(story: Story):
    assert started(story, "escalation_many").completes("Main").open() == ["Handle", "Handle", "More"]


@pytest.mark.shows("eventSubProcess", "after storing", "executed", point="1.4")
def test_a_stored_case_still_waits_for_the_event(story: Story):
    started(story, "signal_beside").signals("Storm")
    story.services = Services(story.clock, story.services.connectors)
    assert story.signals("Storm").open() == ["Handle", "Handle", "Main"]


# -- in a subprocess in a subprocess ------------------------------------------------------------------------------


@pytest.mark.shows("eventSubProcess", "nested, not at the beginning", "executed", point="1.4")
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_nested_event_subprocess_does_not_begin_with_its_scope(story: Story, trigger: str):
    assert started(story, f"nested_{trigger}_interrupting").open() == ["Beside", "Main"]


@pytest.mark.shows("eventSubProcess", "nested, interrupting", "executed", point="1.4")
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_nested_event_subprocess_interrupts_its_own_scope_only(story: Story, trigger: str):
    HAPPENS[trigger](started(story, f"nested_{trigger}_interrupting"))
    assert story.open() == ["Beside", "Handle"]


@pytest.mark.shows("eventSubProcess", "nested, interrupting", "executed", point="1.4")
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_behind_a_nested_event_subprocess_the_scope_around_goes_on(story: Story, trigger: str):
    HAPPENS[trigger](started(story, f"nested_{trigger}_interrupting")).completes("Handle")
    assert story.open() == ["Beside", "Next"]
    assert story.completes("Next").completes("Beside").completes("After").ended_with == "Done"


@pytest.mark.shows("eventSubProcess", "nested, non-interrupting", "executed", point="1.4")
@pytest.mark.parametrize("trigger", BESIDE)
def test_a_scope_is_not_over_while_its_event_subprocess_runs(story: Story, trigger: str):
    HAPPENS[trigger](started(story, f"nested_{trigger}_beside")).completes(
        "More" if trigger == "escalation" else "Main"
    )
    assert story.open() == ["Beside", "Handle"]
    assert story.completes("Handle").open() == ["Beside", "Next"]


@pytest.mark.shows("eventSubProcess", "nested, never triggered", "executed", point="1.4")
def test_a_scope_that_is_over_hears_nothing_more(story: Story):
    story = started(story, "nested_message_beside").completes("Main")
    assert (story.open(), story.armed()) == (["Beside", "Next"], [])
    with pytest.raises(NobodyWaits):
        story.hears("Revoked", "k1")


@pytest.mark.shows("eventSubProcess", "multi-instance", "executed", point="1.4")
def test_each_item_waits_for_its_own_event(story: Story):
    story.starts(f"{ESP}/each_item", keys=["k1", "k2"]).hears("Revoked", "k2")
    assert story.open() == ["Handle", "Main"]
    assert story.completes("Handle").completes("Main").ended_with == "Done"


@pytest.mark.shows("eventSubProcess", "multi-instance, error", "executed", point="1.4")
def test_an_error_in_one_item_begins_the_event_subprocess_of_that_item(story: Story):
    answered(story.starts(f"{ESP}/each_item_error", persons=["ada", "bea"]), "bea")
    assert {task.assignee: task.name for task in story.tasks()} == {"ada": "Main", "bea": "Handle"}
    assert answered(answered(story, "bea", "ada"), "ada").ended_with == "Done"
