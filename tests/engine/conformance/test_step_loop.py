# SPDX-License-Identifier: EUPL-1.2
"""How steps are taken: what was cancelled never runs, a failure leaves the last good state, circles are stopped."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.counters import next_number
from engine.db import unit_of_work
from engine.definitions import deploy
from engine.errors import AmtsflussError, ModelRefused, StepFailed
from engine.models import CaseRow
from engine.spiff.host import Limits
from engine.spiff.workflow import StepsExceeded, TokensExceeded
from tests.engine.drawing import between, bundle_of, flow, user_task
from tests.engine.story import Story, no_findings, rows


def numbers_drawn(story: Story, circle: str) -> int:
    """How often an operation has taken a number of this circle, in transactions that were kept."""
    with unit_of_work(story.db) as session:
        return next_number(session, circle) - 1


def bounded(story: Story, **limits: int) -> Story:
    """The story in an installation that allows a case less."""
    story.services = replace(story.services, limits=Limits(**limits))
    return story


# -- what was cancelled -----------------------------------------------------------------------------------------


@pytest.mark.shows("step loop", "branch cancelled by an error before its turn", "executed", point="E")
def test_a_branch_that_an_error_cancels_before_its_turn_does_not_run(story: Story):
    story.starts("steps/error_beside_script").completes("Go")
    assert story.ended_with == "Handled"
    assert numbers_drawn(story, "siblings") == 0


@pytest.mark.shows("step loop", "items cancelled by a completion condition", "executed", point="E")
def test_automatic_items_after_the_completion_condition_do_not_run(story: Story):
    story.starts("steps/items_cut_short")
    assert story.ended_with == "Over"
    assert numbers_drawn(story, "items") == 1


# -- what fails -------------------------------------------------------------------------------------------------


@pytest.mark.shows("step loop", "failing step after others", "executed", point="8")
def test_a_failing_step_undoes_the_steps_before_it_in_the_same_transaction(story: Story):
    story.starts("steps/failing_chain", n=0)
    before = (story.state(), story.history, story.variables)
    with pytest.raises(StepFailed):
        story.completes("Go", n=5)
    assert (story.state(), story.history, story.variables) == before
    assert numbers_drawn(story, "chain") == 0


@pytest.mark.shows("step loop", "failing step, case still usable", "executed", point="8")
def test_a_case_may_be_moved_on_from_its_last_good_state(story: Story):
    story.starts("steps/failing_key")
    with pytest.raises(StepFailed):
        story.completes("Go", key=None)
    story.completes("Go", key="k1")
    assert story.hears("Reply", "k1").info.state == "completed"


@pytest.mark.shows("step loop", "failing step at the start", "executed", point="8")
def test_a_case_that_fails_at_once_does_not_exist(story: Story):
    with pytest.raises(StepFailed):
        story.starts("gateways/conditional_out_of_start", a=False, b=False)
    assert rows(story.db, CaseRow) == 0


@pytest.mark.shows("step loop", "failing step behind a message", "executed", point="8")
def test_a_message_that_leads_to_a_failing_step_may_come_again(story: Story):
    story.starts("steps/failing_message", key="k1")
    before = story.state()
    for _ in range(2):
        with pytest.raises(StepFailed):
            story.hears("Reply", "k1")
    assert story.state() == before


@pytest.mark.shows("step loop", "failing step behind a timer", "executed", point="7")
def test_a_timer_that_leads_to_a_failing_step_becomes_an_incident_and_not_a_stuck_case(story: Story):
    story.starts("steps/failing_timer_job")
    for _ in range(6):
        story.waits(hours=1)
    assert [incident.element_id for incident in story.incidents()] == ["fail"]
    assert (story.info.state, "hour" in story.passed()) == ("active", False)


@pytest.mark.shows("step loop", "which element failed", "executed", point="7")
@pytest.mark.parametrize(
    ("model", "element", "answers"),
    [
        ("failing_chain", "fail", {"n": 1}),
        ("failing_inside", "fail", {}),
        ("failing_input", "next", {}),
        ("failing_output", "go", {}),
        ("failing_timer", "wait", {"pause": "soon"}),
        ("failing_boundary_timer", "late", {"pause": 5}),
        ("failing_collection", "next", {"people": "Ada"}),
        ("failing_key", "wait", {"key": None}),
    ],
)
def test_a_failure_names_the_element_that_failed(story: Story, model: str, element: str, answers: dict[str, Any]):
    story.starts(f"steps/{model}")
    with pytest.raises(StepFailed) as failed:
        story.completes("Go", **answers)
    assert failed.value.element_id == element
    assert story.open() == ["Go"]


# -- what never ends --------------------------------------------------------------------------------------------


@pytest.mark.shows("step loop", "tokens that multiply", "executed", point="9")
def test_tokens_that_multiply_without_end_are_stopped(story: Story):
    bounded(story, live_tokens=50).starts("steps/exploding", n=0)
    with pytest.raises(StepFailed) as failed:
        story.completes("Begin")
    assert isinstance(failed.value.cause, TokensExceeded)
    assert story.open() == ["Begin"]


@pytest.mark.shows("step loop", "circle in a subprocess", "executed", point="9")
def test_a_circle_in_a_subprocess_is_stopped(story: Story):
    bounded(story, steps_without_waiting=500).starts("steps/circle_inside", n=0)
    with pytest.raises(StepFailed) as failed:
        story.completes("Begin")
    assert isinstance(failed.value.cause, StepsExceeded)
    assert story.open() == ["Begin"]


@pytest.mark.shows("step loop", "more steps than one transaction takes", "executed", point="9")
def test_many_steps_are_taken_in_several_transactions(story: Story):
    bounded(story, batch_steps=100).starts("gateways/parallel_counting_loop", lefts=0, rights=0, joins=0)
    assert 0 < story.variables["joins"] < 60
    assert story.works().ended_with == "Done"
    assert [story.variables[name] for name in ("lefts", "rights", "joins")] == [60, 60, 60]


@pytest.mark.shows("step loop", "more steps than one transaction takes, loaded in between", "executed", point="9")
def test_many_steps_go_on_after_the_case_was_stored_and_loaded(story: Story):
    bounded(story, batch_steps=100).starts("gateways/parallel_counting_loop", lefts=0, rights=0, joins=0)
    story.services.live_cases.clear()
    assert story.works().variables["joins"] == 60


@pytest.mark.shows("incident", "circle that goes on after the commit", "executed", point="9")
def test_a_circle_over_several_transactions_becomes_an_incident(story: Story):
    bounded(story, batch_steps=100, steps_without_waiting=500).starts("steps/circle_inside", n=0).completes("Begin")
    for _ in range(6):
        story.waits(hours=1)
    (incident,) = story.incidents()
    assert "StepsExceeded" in incident.reason
    assert story.info.state == "active"


@pytest.mark.shows("callActivity", "a process that calls itself at once", "refused", point="1.1")
def test_a_process_that_calls_itself_at_once_is_refused(story: Story):
    with pytest.raises(ModelRefused) as refused:
        story.starts("steps/calls_itself")
    assert [finding.element_id for finding in refused.value.findings] == ["call"]


@pytest.mark.shows("callActivity", "a process that calls itself by a variable", "executed", point="1.1")
def test_a_process_that_calls_itself_without_end_is_stopped(story: Story):
    with pytest.raises(StepFailed):
        story.starts("steps/calls_again", callee="calls_again")
    assert rows(story.db, CaseRow) == 0


@pytest.mark.shows("scriptTask", "JavaScript without end", "executed", point="5")
@pytest.mark.parametrize("model", ["endless_javascript", "hungry_javascript"])
def test_a_javascript_that_takes_too_much_time_or_memory_is_stopped(story: Story, model: str):
    story.starts(f"steps/{model}")
    with pytest.raises(StepFailed) as failed:
        story.completes("Go")
    assert failed.value.element_id == "run"
    assert story.open() == ["Go"]


# -- what is never run ------------------------------------------------------------------------------------------

HOSTILE = [
    "__import__('os').system('touch FILE')",
    "open('FILE', 'w')",
    "().__class__.__mro__[1].__subclasses__()",
    "exec(\"open('FILE', 'w')\")",
    "[open('FILE', 'w') for x in [1]]",
    "(lambda: open('FILE', 'w'))()",
    "text.__class__.__init__.__globals__",
    "''.format.__globals__",
    "globals()",
    "datetime.now()",
    "while True: pass",
    "import os",
    "raise SystemExit",
]


def draw_and_run(story: Story, *elements: str) -> Any:
    """What comes of a model with a hostile text: the refusal, the failure, or the variables."""
    bundle = bundle_of(*elements)
    try:
        with unit_of_work(story.db) as session:
            deploy(session, story.services, bundle, form_check=no_findings)
        story.starts_deployed("drawn", text="a text").completes("Go")
    except AmtsflussError as refused:
        return refused
    return story.variables


def escaped(text: str) -> str:
    """Text as the content of an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


@pytest.mark.shows("expression", "Python in a script", "refused", point="H")
@pytest.mark.parametrize("text", HOSTILE)
def test_python_in_a_script_is_never_run(story: Story, tmp_path: Path, text: str):
    hostile = escaped(text.replace("FILE", str(tmp_path / "made")))
    script = (
        f'<scriptTask id="s" scriptFormat="feel" camunda:resultVariable="x"><script>{hostile}</script></scriptTask>'
    )
    came = draw_and_run(story, *between(user_task("go", "Go"), script, flow("go", "s"), first="go", last="s"))
    assert not (tmp_path / "made").exists()
    assert isinstance(came, ModelRefused | StepFailed) or came["x"] is None


@pytest.mark.shows("expression", "Python in a condition", "refused", point="H")
@pytest.mark.parametrize("text", HOSTILE)
def test_python_in_a_condition_is_never_run(story: Story, tmp_path: Path, text: str):
    hostile = escaped(text.replace("FILE", str(tmp_path / "made")))
    elements = between(
        user_task("go", "Go"), '<exclusiveGateway id="which"/>', flow("go", "which"), first="go", last="which"
    )
    came = draw_and_run(story, *elements, '<endEvent id="other"/>', flow("which", "other", hostile))
    assert not (tmp_path / "made").exists()
    assert isinstance(came, ModelRefused | StepFailed)


@pytest.mark.shows("scriptTask", "Python, Groovy", "refused", point="H")
@pytest.mark.parametrize("language", ["python", "Groovy", "ruby", ""])
def test_a_script_in_another_language_is_refused(story: Story, language: str):
    script = f'<scriptTask id="s" scriptFormat="{language}" camunda:resultVariable="x"><script>1</script></scriptTask>'
    came = draw_and_run(story, *between(user_task("go", "Go"), script, flow("go", "s"), first="go", last="s"))
    assert isinstance(came, ModelRefused)
    assert came.findings[0].element_id == "s"


@pytest.mark.shows("scriptTask", "JavaScript that reaches out", "refused", point="5")
@pytest.mark.parametrize(
    "text",
    [
        "require('fs').writeFileSync('FILE', '')",
        "std.open('FILE', 'w')",
        "os.open('FILE', 577)",
        "process.exit(1)",
        "fetch('http://localhost')",
        "this.constructor.constructor('return process')().exit()",
        "java.lang.Runtime.getRuntime()",
    ],
)
def test_a_javascript_reaches_nothing_outside(story: Story, tmp_path: Path, text: str):
    hostile = escaped(text.replace("FILE", str(tmp_path / "made")))
    script = (
        '<scriptTask id="s" scriptFormat="javascript" camunda:resultVariable="x">'
        f"<script>{hostile}</script></scriptTask>"
    )
    came = draw_and_run(story, *between(user_task("go", "Go"), script, flow("go", "s"), first="go", last="s"))
    assert not (tmp_path / "made").exists()
    assert isinstance(came, ModelRefused | StepFailed)
