# SPDX-License-Identifier: EUPL-1.2
"""Which event subprocess an event begins, what it sees, and what ends it."""

import pytest

from engine.errors import NobodyWaits
from tests.engine.story import Story

ESP = "event_subprocesses"


@pytest.mark.shows("eventSubProcess", "several in one scope", "executed", point="1.4")
def test_several_event_subprocesses_watch_one_scope(story: Story):
    story.starts(f"{ESP}/several", key="k1")
    assert story.armed() == ["late_trigger", "storm_trigger", "trigger"]
    assert story.signals("Storm").open() == ["Main", "Shelter"]


@pytest.mark.shows("eventSubProcess", "several in one scope", "executed", point="1.4")
def test_an_interrupting_event_subprocess_withdraws_those_that_run_beside(story: Story):
    story.starts(f"{ESP}/several", key="k1").signals("Storm").hears("Revoked", "k1")
    assert story.open() == ["Handle"]


@pytest.mark.shows("eventSubProcess", "several in one scope", "executed", point="1.4")
def test_an_interrupted_scope_waits_for_no_other_event(story: Story):
    story.starts(f"{ESP}/several", key="k1").hears("Revoked", "k1")
    assert (story.armed(), story.signals("Storm").waits(days=2).open()) == ([], ["Handle"])


@pytest.mark.shows("eventSubProcess", "interrupting", "executed", point="1.4")
def test_an_interrupting_message_is_heard_once(story: Story):
    story.starts(f"{ESP}/message_interrupting", key="k1").hears("Revoked", "k1")
    with pytest.raises(NobodyWaits):
        story.hears("Revoked", "k1")


@pytest.mark.shows("eventSubProcess", "interrupting, end", "executed", point="1.4")
def test_a_case_that_an_event_subprocess_ends_carries_the_name_of_its_end(story: Story):
    assert story.starts(f"{ESP}/signal_interrupting").signals("Storm").completes("Handle").ended_with == "Handled"


# -- errors and escalations ---------------------------------------------------------------------------------------


@pytest.mark.shows("errorEventDefinition", "event subprocess", "executed", point="1.4")
def test_the_event_subprocess_with_the_code_goes_first(story: Story):
    story.starts(f"{ESP}/error_codes").completes("Main")
    assert (story.open(), story.variables["error_code"]) == (["Handle"], "broken")


@pytest.mark.shows("errorEventDefinition", "event subprocess, every error", "executed", point="1.4")
def test_an_event_subprocess_may_catch_every_error(story: Story):
    story.starts(f"{ESP}/error_any").completes("Main")
    assert (story.open(), story.variables) == (["Handle"], {"error_code": "broken"})


@pytest.mark.shows("errorEventDefinition", "event subprocess, operation", "executed", point="1.4")
def test_an_event_subprocess_catches_the_error_of_an_operation(story: Story):
    story.starts(f"{ESP}/error_operation").completes("Main")
    assert (story.open(), story.variables["error_text"]) == (["Handle"], "It broke.")


@pytest.mark.shows("errorEventDefinition", "event subprocess and boundary", "executed", point="1.4")
def test_the_event_subprocess_within_goes_before_the_boundary_event(story: Story):
    assert story.starts(f"{ESP}/error_before_boundary").completes("Main").open() == ["Handle"]
    assert story.completes("Handle").ended_with == "Done"


@pytest.mark.shows("errorEventDefinition", "end of an event subprocess", "executed", point="1.4")
def test_an_error_of_an_event_subprocess_goes_outwards(story: Story):
    story.starts(f"{ESP}/error_in_handler").completes("Main")
    assert story.completes("Handle").open() == ["Mend"]


@pytest.mark.shows("errorEventDefinition", "event subprocess, from depth", "executed", point="1.4")
def test_an_error_from_depth_interrupts_the_whole_case(story: Story):
    assert story.starts(f"{ESP}/error_from_depth").completes("Main").open() == ["Handle"]


@pytest.mark.shows("errorEventDefinition", "event subprocess, at once", "executed", point="1.4")
def test_an_error_before_anything_waits_begins_the_event_subprocess(story: Story):
    assert story.starts(f"{ESP}/at_once").open() == ["Handle"]


@pytest.mark.shows("escalationEventDefinition", "event subprocess, from an end", "executed", point="1.4")
def test_an_escalation_end_in_a_subprocess_begins_the_event_subprocess_around(story: Story):
    assert story.starts(f"{ESP}/escalation_from_end").completes("Main").open() == ["After", "Handle"]


@pytest.mark.shows("escalationEventDefinition", "end of an event subprocess", "executed", point="1.4")
def test_an_escalation_of_an_event_subprocess_goes_outwards(story: Story):
    story.starts(f"{ESP}/escalation_in_handler").completes("Main").completes("Handle")
    assert story.open() == ["Mend", "More"]


# -- scopes -------------------------------------------------------------------------------------------------------


@pytest.mark.shows("eventSubProcess", "variables", "executed", point="A")
def test_an_event_subprocess_sees_the_variables_of_its_scope(story: Story):
    story.starts(f"{ESP}/local_variables", amount=4).signals("Storm")
    assert story.sees("Handle")["rate"] == 8


@pytest.mark.shows("eventSubProcess", "variables", "executed", point="A")
def test_an_event_subprocess_writes_outwards(story: Story):
    story.starts(f"{ESP}/own_scope", count=0).signals("Storm").signals("Storm")
    assert story.variables == {"count": 2}


@pytest.mark.shows("eventSubProcess", "inputParameter", "executed", point="A")
def test_each_run_of_an_event_subprocess_has_a_scope_of_its_own(story: Story):
    story.starts(f"{ESP}/own_scope", count=0).signals("Storm")
    assert story.sees("Handle")["mine"] == 0
    assert story.completes("Handle").signals("Storm").sees("Handle")["mine"] == 1


@pytest.mark.shows("eventSubProcess", "within an event subprocess", "executed", point="1.4")
def test_an_event_subprocess_may_have_one_of_its_own(story: Story):
    story.starts(f"{ESP}/within").signals("Storm").signals("Calm")
    assert story.open() == ["Main", "Tidy"]


@pytest.mark.shows("terminateEventDefinition", "in an event subprocess", "executed", point="1.4")
def test_a_terminate_end_ends_its_event_subprocess_only(story: Story):
    story.starts(f"{ESP}/terminate_in_handler").signals("Storm").completes("Handle")
    assert (story.open(), story.info.state) == (["Main"], "active")
