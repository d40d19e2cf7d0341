# SPDX-License-Identifier: EUPL-1.2
"""The types of tasks: what waits for a person, what an operation does, what is passed through, what is sent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.errors import ModelRefused, NotAllowed, StepFailed
from engine.identity import Actor
from engine.models import TaskRow
from tests.engine.begun import another, deployed
from tests.engine.probes import Bell
from tests.engine.story import BEN, CITIZEN, Story

CARLA = Actor("carla", "Carla")
CHRISTMAS_EVE = datetime(2026, 12, 24, 11, 0, tzinfo=UTC)


def row_of(story: Story, name: str) -> TaskRow:
    """All that the database knows of an open task."""
    with story.db.reading() as session:
        return session.scalars(select(TaskRow).where(TaskRow.id == story.task(name).id)).one()


@pytest.mark.shows("task", "without a type", "executed", point="1.1")
def test_a_task_without_a_type_is_passed_through(story: Story):
    assert story.starts("tasks/none_task").open() == ["Read"]


@pytest.mark.shows("manualTask", "", "executed", point="1.1")
def test_a_task_by_hand_is_passed_through(story: Story):
    assert story.starts("tasks/manual_task").open() == ["Read"]


# -- people -----------------------------------------------------------------------------------------------------------


@pytest.mark.shows("userTask", "assignee", "executed", point="3")
def test_a_model_names_who_does_a_task(story: Story):
    assert story.starts("tasks/user_assignee").task("Decide").assignee == "anna"


@pytest.mark.shows("userTask", "assignee, expression", "executed", point="3")
def test_a_variable_names_who_does_a_task(story: Story):
    assert story.starts("tasks/user_assignee_expression", clerk="ben").task("Decide").assignee == "ben"


@pytest.mark.shows("userTask", "candidateUsers", "executed", point="3")
def test_a_model_names_people_who_may_do_a_task(story: Story):
    assert story.starts("tasks/user_candidate_users").completes("Decide", by=CARLA).ended_with == "Done"


@pytest.mark.shows("userTask", "candidateUsers", "executed", point="3")
def test_a_task_for_named_people_is_not_for_others(story: Story):
    story.starts("tasks/user_candidate_users")
    with pytest.raises(NotAllowed):
        story.completes("Decide", by=BEN)


@pytest.mark.shows("userTask", "candidateUsers, expression", "executed", point="3")
def test_a_variable_names_people_who_may_do_a_task(story: Story):
    story.starts("tasks/user_candidate_users_expression", deputies=["dora", "carla"])
    assert story.completes("Decide", by=CARLA).ended_with == "Done"


@pytest.mark.shows("userTask", "candidateGroups", "executed", point="3")
@pytest.mark.parametrize("group", ["clerks", "gardeners"])
def test_members_of_each_group_that_a_model_names_may_do_a_task(story: Story, group: str):
    member = Actor("emil", "Emil", frozenset({group}))
    assert story.starts("tasks/user_candidate_groups").completes("Decide", by=member).ended_with == "Done"


@pytest.mark.shows("userTask", "candidateGroups, expression", "executed", point="3")
def test_a_variable_names_the_group_that_may_do_a_task(story: Story):
    story.starts("tasks/user_candidate_groups_expression", team="gardeners")
    with pytest.raises(NotAllowed):
        story.completes("Decide", by=BEN)
    assert story.completes("Decide", by=Actor("emil", "Emil", frozenset({"gardeners"}))).ended_with == "Done"


@pytest.mark.shows("userTask", "for nobody in particular", "executed")
def test_a_task_for_nobody_in_particular_is_open(story: Story):
    assert story.starts("tasks/user_nobody").open() == ["Decide"]


@pytest.mark.shows("userTask", "dueDate", "executed", point="3")
def test_a_model_names_when_a_task_is_due(story: Story):
    assert story.starts("tasks/user_due_literal").task("Decide").due_at == CHRISTMAS_EVE


@pytest.mark.shows("userTask", "dueDate, expression", "executed", point="3")
def test_a_day_in_a_variable_makes_a_task_due_at_its_end(story: Story):
    story.starts("tasks/user_due_expression", deadline=date(2026, 12, 24))
    assert story.task("Decide").due_at == datetime(2026, 12, 24, 22, 59, 59, tzinfo=UTC)


@pytest.mark.shows("userTask", "followUpDate", "executed", point="3")
def test_a_model_names_when_to_look_at_a_task_again(story: Story):
    story.starts("tasks/user_due_literal")
    assert row_of(story, "Decide").follow_up_at == datetime(2026, 12, 1, 7, 30, tzinfo=UTC)


@pytest.mark.shows("userTask", "followUpDate, expression", "executed", point="3")
def test_when_to_look_at_a_task_again_is_computed(story: Story):
    story.starts("tasks/user_due_expression", deadline=date(2026, 12, 24))
    assert row_of(story, "Decide").follow_up_at == story.clock.now() + timedelta(days=5)


@pytest.mark.shows("userTask", "priority", "executed", point="3")
def test_a_model_names_the_priority_of_a_task(story: Story):
    assert story.starts("tasks/user_priority_literal").task("Decide").priority == 80


@pytest.mark.shows("userTask", "priority, expression", "executed", point="3")
def test_a_priority_is_computed(story: Story):
    assert story.starts("tasks/user_priority_expression", points=35).task("Decide").priority == 70


@pytest.mark.shows("userTask", "priority, expression", "executed")
def test_a_priority_that_is_no_number_fails_the_step(story: Story):
    with pytest.raises(StepFailed) as failed:
        story.starts("tasks/user_priority_text", points="many")
    assert failed.value.element_id == "decide"


@pytest.mark.shows("userTask", "formData, defaultValue", "executed", point="3")
def test_fields_that_nobody_filled_take_their_defaults(story: Story):
    story.starts("tasks/user_form_data", points=3).completes("Decide")
    assert (story.variables["colour"], story.variables["count"]) == ("green", 3)


@pytest.mark.shows("userTask", "formData, defaultValue", "executed", point="3")
def test_an_answer_goes_before_the_default_of_its_field(story: Story):
    story.starts("tasks/user_form_data", points=3).completes("Decide", colour="red")
    assert (story.variables["colour"], story.variables["count"]) == ("red", 3)


@pytest.mark.shows("userTask", "inputParameter", "executed", point="3")
def test_whoever_does_a_task_sees_its_inputs(story: Story):
    seen = story.starts("tasks/user_inputs", amount=4).sees("Decide")
    assert (seen["twice"], seen["label"], seen["amount"]) == (8, "plain", 4)


# -- operations ---------------------------------------------------------------------------------------------------


@pytest.mark.shows("serviceTask", "operation in the transaction", "executed", point="1.1")
def test_an_operation_in_the_transaction_is_done_at_once(story: Story):
    assert story.starts("tasks/service_add", amount=5).variables["total"] == 15


@pytest.mark.shows("serviceTask", "operation as a job", "executed", point="1.1")
def test_an_operation_with_an_effect_waits_for_the_worker(story: Story, bell: Bell):
    story.starts("tasks/service_job", text="ding")
    assert (bell.rings, story.open()) == ([], [])
    assert story.works().open() == ["Read"]
    assert (bell.rings, story.variables["rang"]) == (["ding"], {"text": "ding", "times": 1})


@pytest.mark.shows("serviceTask", "camunda:expression", "executed", point="3")
def test_an_expression_gives_the_result_of_a_service_task(story: Story):
    assert story.starts("tasks/service_expression", amount=5).variables["twice"] == 10


@pytest.mark.shows("serviceTask", "external, own worker", "executed", point="3")
def test_work_for_a_program_elsewhere_waits_for_its_result(story: Story):
    story.starts("tasks/service_external", meter="m1").works()
    assert (story.open(), story.standing()) == ([], ["measure"])
    story.delivers("meter.read", value=17)
    assert (story.open(), story.variables["reading"]) == (["Read"], 17)


@pytest.mark.shows("serviceTask", "external, BPMN error", "executed")
def test_an_error_that_a_program_elsewhere_reports_is_caught_at_the_task(story: Story):
    assert story.starts("tasks/service_external_error").errs("meter.read", "broken").open() == ["Mend"]


@pytest.mark.shows("serviceTask", "external, failure", "executed", point="8")
def test_a_program_elsewhere_that_gives_up_leaves_an_incident(story: Story):
    story.starts("tasks/service_external_error").fails("meter.read", "no connection", 0)
    assert len(story.incidents()) == 1
    assert (story.open(), story.standing()) == ([], ["measure"])


@pytest.mark.shows("serviceTask", "BPMN error in the transaction", "executed", point="8")
def test_an_error_of_an_operation_is_caught_at_the_task(story: Story):
    assert story.starts("tasks/service_error").open() == ["Mend"]
    assert story.completes("Mend").ended_with == "Mended"


@pytest.mark.shows("serviceTask", "BPMN error in the transaction", "executed", point="8")
def test_whoever_catches_an_error_learns_its_code_and_message(story: Story):
    seen = story.starts("tasks/service_error").variables
    assert (seen["error_code"], seen["error_text"]) == ("broken", "It broke.")


@pytest.mark.shows("serviceTask", "BPMN error of a job", "executed", point="8")
def test_an_error_of_a_job_is_caught_at_the_task(story: Story):
    assert story.starts("tasks/service_error_later").works().open() == ["Mend"]


@pytest.mark.shows("serviceTask", "BPMN error, unhandled", "executed", point="G")
def test_an_error_that_nobody_handles_fails_the_step(story: Story):
    story.starts("tasks/service_error_after_task")
    with pytest.raises(StepFailed) as failed:
        story.completes("Begin")
    assert (failed.value.element_id, type(failed.value.cause).__name__) == ("work", "UnhandledBpmnError")
    assert story.open() == ["Begin"]


@pytest.mark.shows("serviceTask", "class, delegateExpression, nothing", "refused", point="3")
@pytest.mark.parametrize("model", ["service_class", "service_delegate", "service_nothing"])
def test_a_service_task_that_only_java_could_run_is_refused(story: Story, model: str):
    with pytest.raises(ModelRefused) as refused:
        story.starts(f"tasks/{model}")
    assert {finding.element_id for finding in refused.value.findings} == {"compute"}


# -- scripts and decisions -------------------------------------------------------------------------------------------


@pytest.mark.shows("scriptTask", "FEEL", "executed", point="H")
def test_a_feel_script_gives_its_value(story: Story):
    assert story.starts("tasks/script_feel", amounts=[1, 2, 3]).variables["total"] == 12


@pytest.mark.shows("scriptTask", "FEEL", "executed", point="H")
def test_a_script_whose_value_no_variable_can_hold_fails_the_step(story: Story):
    with pytest.raises(StepFailed) as failed:
        story.starts("tasks/script_feel_fails")
    assert failed.value.element_id == "compute"


@pytest.mark.shows("scriptTask", "JavaScript", "executed", point="H")
def test_the_last_value_of_a_javascript_is_its_result(story: Story):
    assert story.starts("tasks/script_javascript", amounts=[1, 2, 3]).variables["total"] == 12


@pytest.mark.shows("scriptTask", "JavaScript", "executed", point="H")
def test_a_javascript_reads_and_sets_variables(story: Story):
    assert story.starts("tasks/script_javascript_variables", name="Ada").variables["greeting"] == "Hello Ada"


@pytest.mark.shows("scriptTask", "JavaScript", "executed", point="H")
@pytest.mark.parametrize("model", ["script_javascript_throws", "script_javascript_hangs"])
def test_a_javascript_that_throws_or_hangs_fails_the_step(story: Story, model: str):
    story.starts(f"tasks/{model}")
    with pytest.raises(StepFailed) as failed:
        story.completes("Begin")
    assert (failed.value.element_id, story.open()) == ("compute", ["Begin"])


@pytest.mark.shows("scriptTask", "Groovy", "refused", point="H")
def test_a_script_in_another_language_is_refused(story: Story):
    with pytest.raises(ModelRefused) as refused:
        story.starts("tasks/script_groovy")
    assert {finding.element_id for finding in refused.value.findings} == {"compute"}


@pytest.mark.shows("businessRuleTask", "singleEntry", "executed", point="1.1")
@pytest.mark.parametrize(("age", "percent"), [(12, 50), (40, 0)])
def test_a_decision_gives_its_value(story: Story, age: int, percent: int):
    assert story.starts("tasks/rule_single_entry", age=age).variables["discount"] == percent


@pytest.mark.shows("businessRuleTask", "resultList", "executed", point="1.1")
def test_a_decision_whose_shape_is_not_said_gives_its_rows(story: Story):
    assert story.starts("tasks/rule_default_shape", age=12).variables["discount"] == [{"percent": 50}]


@pytest.mark.shows("businessRuleTask", "external", "executed", point="3")
def test_a_program_elsewhere_takes_a_decision(story: Story):
    assert story.starts("tasks/rule_external").delivers("rules.ask", discount=5).open() == ["Read"]
    assert story.variables["discount"] == 5


# -- messages -------------------------------------------------------------------------------------------------------


@pytest.mark.shows("sendTask", "message", "executed", point="F")
def test_a_send_task_reaches_the_case_that_waits(story: Story):
    story.starts("tasks/send_message", key="k1", text="hello")
    receiver = another(story).starts_deployed("send_receiver", key="k2")
    sender = another(story).starts_deployed("send_message", key="k2", text="good day")
    assert sender.open() == ["Read"]
    assert receiver.works().open() == ["Thank"]
    assert receiver.variables["greeting"] == {"text": "good day"}


@pytest.mark.shows("sendTask", "operation", "executed", point="F")
def test_an_operation_sends_for_a_send_task(story: Story, bell: Bell):
    assert story.starts("tasks/send_operation").works().open() == ["Read"]
    assert bell.rings == ["ding"]


@pytest.mark.shows("sendTask", "external", "executed", point="F")
def test_a_program_elsewhere_sends_for_a_send_task(story: Story):
    assert story.starts("tasks/send_external").open() == []
    assert story.delivers("post.send").open() == ["Read"]


@pytest.mark.shows("receiveTask", "without a key", "executed", point="F")
def test_a_receive_task_waits_for_its_message(story: Story):
    story.business_key = "BK"
    assert story.starts("tasks/receive_message").open() == []
    story.correlates("Reply", business_key="BK", payload={"colour": "red"})
    assert (story.open(), story.variables["reply"]) == (["Read"], {"colour": "red"})


@pytest.mark.shows("receiveTask", "outputParameter", "executed")
def test_a_receive_task_picks_what_it_needs_out_of_a_message(story: Story):
    story.business_key = "BK"
    story.starts("tasks/receive_outputs")
    story.correlates("Reply", business_key="BK", payload={"colour": "red", "key": "x"})
    assert story.variables == {"colour": "red"}


@pytest.mark.shows("receiveTask", "instantiate", "executed", point="1.1")
def test_a_receive_task_at_the_beginning_starts_a_case(story: Story):
    begun = deployed(story, "tasks/receive_starts").correlates("Application", variables={"name": "Ada"})
    assert begun is not None
    story.case_id = begun.id
    assert (story.open(), story.variables["name"]) == (["Read"], "Ada")


@pytest.mark.shows("userTask", "dueDate, duration", "executed", point="3")
def test_a_task_is_due_after_a_duration(story: Story):
    row = row_of(story.starts("tasks/user_due_durations", wait="P2DT2H30M"), "Decide")
    now = story.clock.now()
    assert row.due_at == now + timedelta(days=2, hours=2, minutes=30)
    assert row.follow_up_at == now + timedelta(hours=36)


@pytest.mark.shows("userTask", "assignee and priority that give nothing", "executed", point="3")
@pytest.mark.parametrize("clerk", [None, ""])
def test_expressions_of_a_task_that_give_nothing_set_nothing(story: Story, clerk: str | None):
    row = row_of(story.starts("tasks/user_of_nothing", clerk=clerk, urgency=None), "Decide")
    assert (row.assignee, row.priority) == (None, 50)


@pytest.mark.shows("userTask", "formKey, expression", "executed", point="3")
def test_which_form_a_task_has_may_be_computed(story: Story):
    row = row_of(story.starts("tasks/user_form_computed", kind="short"), "Decide")
    assert row.form_key == "app:short.html"


@pytest.mark.shows("serviceTask", "expression that sets a variable", "executed", point="3")
def test_an_expression_sets_and_takes_away_variables(story: Story):
    assert story.starts("tasks/service_sets", count=2).variables == {"total": 3, "none": None, "twice": 6}


@pytest.mark.shows("scriptTask", "without a language", "executed", point="3")
def test_a_script_without_a_language_is_an_expression(story: Story):
    assert story.starts("tasks/script_without_language", n=1, name="kept").variables["kept"] == 2


@pytest.mark.shows("userTask", "assignee, currentUser()", "executed", point="3")
def test_a_task_is_for_whoever_has_brought_the_case_there(story: Story):
    story.starts("tasks/user_current")
    assert story.task("Check").assignee == CITIZEN.name
    story.completes("Check", by=CITIZEN).works()
    assert story.task("Later").assignee is None
