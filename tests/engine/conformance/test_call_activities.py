# SPDX-License-Identifier: EUPL-1.2
"""Call activities: which process is called, what ends a call, and what a called case tells its caller."""

import pytest

from engine.cases import cancel_case
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.errors import ModelRefused, StepFailed
from tests.engine.begun import another, deployed
from tests.engine.story import ANNA, MODELS, Story, no_findings

CALLS = "call_activities"


def called(story: Story) -> Story:
    """The only case that a case has called."""
    (inner,) = story.called()
    return inner


def two_versions(story: Story) -> Story:
    """The called process as it is drawn, and a newer version of it with another tag."""
    source = (MODELS / CALLS / "versioned.bpmn").read_bytes()
    newer = source.replace(b"Version 1", b"Version 2").replace(b'"spring"', b'"autumn"')
    with unit_of_work(story.db) as session:
        for content in (source, newer):
            deploy(session, story.services, Bundle("versioned", {"versioned.bpmn": content}), form_check=no_findings)
    return story


@pytest.mark.shows("callActivity", "", "executed", point="1.1")
def test_the_caller_waits_for_the_called_case(story: Story):
    story.starts(f"{CALLS}/call_task")
    assert (story.open(), story.standing()) == ([], ["call"])
    assert called(story).open() == ["Inner"]


@pytest.mark.shows("callActivity", "called case ends later", "executed", point="1.1")
def test_the_caller_goes_on_when_the_called_case_ends(story: Story):
    called(story.starts(f"{CALLS}/call_task")).completes("Inner")
    assert story.works().open() == ["After"]
    assert called(story).info.state == "completed"


@pytest.mark.shows("callActivity", "called case ends at once", "executed")
def test_a_called_case_that_ends_at_once_lets_the_caller_go_on(story: Story):
    story.starts(f"{CALLS}/call_at_once").works()
    assert (story.open(), story.variables) == (["After"], {"answer": 42})


@pytest.mark.shows("callActivity", "unknown process", "executed", point="8")
def test_calling_what_is_not_deployed_fails_the_step(story: Story):
    story.starts(f"{CALLS}/call_unknown_later")
    with pytest.raises(StepFailed) as failed:
        story.completes("Begin")
    assert (failed.value.element_id, story.open()) == ("call", ["Begin"])


@pytest.mark.shows("callActivity", "calledElement, expression", "executed", point="1.1")
@pytest.mark.parametrize(("which", "name"), [("call_expression_a", "A"), ("call_expression_b", "B")])
def test_a_variable_names_the_called_process(story: Story, which: str, name: str):
    assert called(story.starts(f"{CALLS}/call_expression", which=which)).open() == [name]


# -- which version --------------------------------------------------------------------------------------------------


@pytest.mark.shows("callActivity", "binding latest", "executed", point="3")
def test_the_newest_version_is_called(story: Story):
    assert called(two_versions(story).starts(f"{CALLS}/call_latest")).open() == ["Version 2"]


@pytest.mark.shows("callActivity", "binding version", "executed", point="3")
def test_a_certain_version_is_called(story: Story):
    assert called(two_versions(story).starts(f"{CALLS}/call_version")).open() == ["Version 1"]


@pytest.mark.shows("callActivity", "binding version, expression", "executed", point="3")
@pytest.mark.parametrize("wanted", [1, 2])
def test_a_variable_names_the_version_that_is_called(story: Story, wanted: int):
    two_versions(story).starts(f"{CALLS}/call_version_expression", wanted=wanted)
    assert called(story).open() == [f"Version {wanted}"]


@pytest.mark.shows("callActivity", "binding versionTag", "executed", point="3")
def test_the_version_with_a_tag_is_called(story: Story):
    assert called(two_versions(story).starts(f"{CALLS}/call_version_tag")).open() == ["Version 1"]


@pytest.mark.shows("callActivity", "binding deployment", "executed", point="3")
def test_the_version_of_the_same_deployment_is_called(story: Story):
    deployed(story, f"{CALLS}/call_deployment")
    newer = (MODELS / CALLS / "call_deployment_newer.bpmn").read_bytes()
    newer = newer.replace(b'process id="call_deployment_newer"', b'process id="call_deployment_inner"')
    with unit_of_work(story.db) as session:
        deploy(session, story.services, Bundle("newer", {"newer.bpmn": newer}), form_check=no_findings)
    assert called(story.starts_deployed("call_deployment")).open() == ["Together"]


# -- calls within calls -------------------------------------------------------------------------------------------


@pytest.mark.shows("callActivity", "nested", "executed", point="1.1")
def test_calls_may_be_nested(story: Story):
    inner = called(called(story.starts(f"{CALLS}/call_nested", amount=1)))
    assert (inner.open(), inner.variables) == (["Inner"], {"amount": 1})
    inner.completes("Inner", amount=2)
    assert (story.works().open(), story.variables) == (["After"], {"amount": 2})


@pytest.mark.shows("callActivity", "recursive", "executed", point="1.1")
def test_two_processes_of_one_file_call_each_other(story: Story):
    story.starts(f"{CALLS}/ping", n=5, log=[]).works()
    assert story.variables["log"] == ["ping5", "pong4", "ping3", "pong2", "ping1"]
    assert story.info.state == "completed"


@pytest.mark.shows("callActivity", "recursive without end", "refused", point="1.1")
def test_a_process_that_calls_itself_at_once_is_refused(story: Story):
    with pytest.raises(ModelRefused) as refused:
        story.starts(f"{CALLS}/call_endless")
    assert {finding.element_id for finding in refused.value.findings} == {"call"}


@pytest.mark.shows("callActivity", "recursive, condition always true", "executed", point="1.1")
def test_a_recursion_that_does_not_end_fails_instead_of_hanging(story: Story):
    story.starts(f"{CALLS}/call_endless_later")
    with pytest.raises(StepFailed):
        story.completes("Begin")
    assert (story.open(), story.called()) == (["Begin"], [])


# -- errors and escalations of the called case ------------------------------------------------------------------------


@pytest.mark.shows("errorEventDefinition", "boundary of a call activity", "executed", point="G")
def test_an_error_of_the_called_case_is_caught_at_the_call(story: Story):
    called(story.starts(f"{CALLS}/call_error")).completes("Inner")
    assert story.works().open() == ["Mend"]
    assert called(story).info.state != "active"


@pytest.mark.shows("errorEventDefinition", "boundary of a call activity, every error", "executed", point="G")
def test_every_error_of_the_called_case_is_caught_at_the_call(story: Story):
    called(story.starts(f"{CALLS}/call_error_any")).completes("Inner")
    assert (story.works().open(), story.variables) == (["Mend"], {"error_code": "broken"})


@pytest.mark.shows("errorEventDefinition", "in a called case, unhandled", "executed", point="G")
def test_an_error_of_the_called_case_that_nobody_catches_fails_the_step(story: Story):
    inner = called(story.starts(f"{CALLS}/call_error_unhandled"))
    with pytest.raises(StepFailed) as failed:
        inner.completes("Inner")
    assert type(failed.value.cause).__name__ == "UnhandledBpmnError"
    assert (inner.open(), story.standing()) == (["Inner"], ["call"])


@pytest.mark.shows("errorEventDefinition", "boundary, two calls further out", "executed", point="G")
def test_an_error_is_caught_two_calls_further_out(story: Story):
    middle = called(story.starts(f"{CALLS}/call_error_deep"))
    called(middle).completes("Inner")
    assert story.works().open() == ["Mend"]
    assert "active" not in (middle.info.state, called(middle).info.state)


@pytest.mark.shows("errorEventDefinition", "event subprocess around a call", "executed", point="1.4")
def test_an_error_of_the_called_case_is_caught_by_an_event_subprocess(story: Story):
    called(story.starts(f"{CALLS}/call_error_event_subprocess")).completes("Inner")
    assert story.works().open() == ["Mend"]


@pytest.mark.shows("errorEventDefinition", "operation in a called case", "executed", point="G")
def test_an_error_of_an_operation_in_the_called_case_is_caught_at_the_call(story: Story):
    assert story.starts(f"{CALLS}/call_operation_error").works().open() == ["Mend"]


@pytest.mark.shows("escalationEventDefinition", "boundary of a call activity, interrupting", "executed")
def test_an_escalation_of_the_called_case_ends_the_call(story: Story):
    called(story.starts(f"{CALLS}/call_escalation")).completes("Inner")
    assert story.works().open() == ["Mend"]
    assert (called(story).info.state, called(story).open()) == ("cancelled", [])


@pytest.mark.shows("escalationEventDefinition", "boundary of a call activity, non-interrupting", "executed")
def test_an_escalation_of_the_called_case_is_heard_beside_the_call(story: Story):
    called(story.starts(f"{CALLS}/call_escalation_beside")).completes("Inner")
    assert story.works().open() == ["Mend"]
    assert called(story).open() == ["Last"]


# -- what ends a call ---------------------------------------------------------------------------------------------


@pytest.mark.shows("timerEventDefinition", "boundary of a call activity, interrupting", "executed")
def test_a_timer_at_the_call_cancels_the_called_case(story: Story):
    assert story.starts(f"{CALLS}/call_timer").waits(days=1).open() == ["Mend"]
    assert (called(story).info.state, called(story).open()) == ("cancelled", [])


@pytest.mark.shows("timerEventDefinition", "boundary of a call activity, non-interrupting", "executed")
def test_a_timer_beside_the_call_leaves_the_called_case(story: Story):
    assert story.starts(f"{CALLS}/call_timer_beside").waits(days=1).open() == ["Mend"]
    assert called(story).open() == ["Inner"]


@pytest.mark.shows("callActivity", "nested, withdrawn", "executed")
def test_a_withdrawn_call_takes_the_calls_within_it(story: Story):
    inner = called(called(story.starts(f"{CALLS}/call_timer_nested")))
    assert story.waits(days=1).ended_with == "Late"
    assert (inner.info.state, inner.open()) == ("cancelled", [])


@pytest.mark.shows("callActivity", "caller is cancelled", "executed", point="8")
def test_cancelling_the_caller_cancels_the_called_case(story: Story):
    story.starts(f"{CALLS}/call_task")
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.case_id, "applied twice", by=ANNA)
    assert (called(story).info.state, called(story).open()) == ("cancelled", [])


@pytest.mark.shows("terminateEventDefinition", "in a called case", "executed")
def test_a_terminate_end_of_the_called_case_ends_only_that(story: Story):
    called(story.starts(f"{CALLS}/call_terminate")).completes("Inner")
    assert called(story).info.state == "completed"
    assert story.works().open() == ["After"]


@pytest.mark.shows("receiveTask", "in a called case", "executed")
def test_a_message_for_the_called_case_finds_it(story: Story):
    story.starts(f"{CALLS}/call_message").hears("Reply", "k1")
    assert story.works().ended_with == "Done"


# -- several calls ------------------------------------------------------------------------------------------------


@pytest.mark.shows("callActivity", "two at once", "executed")
def test_two_calls_of_one_process_do_not_meet(story: Story):
    left, right = story.starts(f"{CALLS}/call_twice").called()
    assert {left.variables["side"], right.variables["side"]} == {"left", "right"}
    left.completes("Inner")
    assert story.works().info.state == "active"
    right.completes("Inner")
    assert story.works().ended_with == "Done"


@pytest.mark.shows("callActivity", "multi-instance, parallel", "executed", point="1.1")
def test_each_member_of_a_collection_has_its_own_called_case(story: Story):
    story.starts(f"{CALLS}/call_each", persons=["Ada", "Bea", "Cleo"], last=None)
    assert [case.variables["who"] for case in story.called()] == ["Ada", "Bea", "Cleo"]
    for case in story.called():
        assert story.works().open() == []
        case.completes("Inner", verdict=case.variables["who"])
    assert (story.works().open(), story.variables["last"]) == (["After"], "Cleo")


@pytest.mark.shows("callActivity", "multi-instance, sequential", "executed", point="1.1")
def test_calls_for_a_collection_may_follow_each_other(story: Story):
    story.starts(f"{CALLS}/call_each_in_turn", persons=["Ada", "Bea"])
    assert [case.variables["who"] for case in story.called()] == ["Ada"]
    story.called()[0].completes("Inner")
    assert [case.variables["who"] for case in story.works().called()] == ["Ada", "Bea"]
    story.called()[1].completes("Inner")
    assert story.works().open() == ["After"]


@pytest.mark.shows("callActivity", "multi-instance, withdrawn", "executed")
def test_a_timer_cancels_all_called_cases(story: Story):
    assert story.starts(f"{CALLS}/call_each_timer", persons=["Ada", "Bea"]).waits(days=1).ended_with == "Too late"
    assert [case.info.state for case in story.called()] == ["cancelled", "cancelled"]


@pytest.mark.shows("callActivity", "multi-instance, completionCondition", "executed")
def test_when_enough_calls_have_ended_the_others_are_cancelled(story: Story):
    story.starts(f"{CALLS}/call_each_enough", persons=["Ada", "Bea"]).called()[1].completes("Inner")
    assert story.works().ended_with == "Done"
    assert [case.info.state for case in story.called()] == ["cancelled", "completed"]


@pytest.mark.shows("errorEventDefinition", "boundary of a call activity, multi-instance", "executed", point="G")
def test_an_error_of_one_called_case_cancels_the_others(story: Story):
    story.starts(f"{CALLS}/call_each_error", persons=["Ada", "Bea"]).called()[1].completes("Inner")
    assert story.works().ended_with == "Mended"
    assert story.called()[0].info.state == "cancelled"


@pytest.mark.shows("callActivity", "two callers", "executed")
def test_a_called_case_lets_only_its_own_caller_go_on(story: Story):
    story.starts(f"{CALLS}/call_task")
    other = another(story).starts_deployed("call_task")
    called(other).completes("Inner")
    assert (story.works().open(), other.open()) == ([], ["After"])
