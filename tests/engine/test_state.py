# SPDX-License-Identifier: EUPL-1.2
"""What is stored of a case: live tokens and variables, nothing else, readable by every later version."""

import base64
import json
import zlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from engine.bpmn import read_process
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.feel.values import YearsMonths
from engine.models import CaseStateRow
from engine.movement import moving
from engine.spiff.build import build_spec
from engine.spiff.state import FORMAT, StateUnreadable, dump_state, load_state
from engine.spiff.workflow import CaseWorkflow
from engine.tasks import complete_task
from engine.values import pack, unpack
from tests.engine.story import ANNA, MODELS, Story, no_findings

GOLDEN = Path(__file__).parent / "golden"
MODEL = GOLDEN / "every_wait.bpmn"
SCOPES = GOLDEN / "every_scope.bpmn"

#: One variable of each type, with keys that mean something elsewhere.
VARIABLES: dict[str, Any] = {
    "text": "Straße 1, \U0001f6b2",
    "key": "k1",
    "number": Decimal("30.70"),
    "count": 3,
    "yes": True,
    "nothing": None,
    "day": date(2026, 2, 28),
    "moment": datetime(2026, 11, 22, 11, 0, tzinfo=UTC),
    "at": time(8, 30),
    "duration": timedelta(days=1, seconds=5, microseconds=7),
    "period": YearsMonths(14),
    "list": [1, [Decimal("1.0"), {"a": None}]],
    "answers": {"person": {"name": "Ada"}},
    "$": {"$": "number", "v": "1"},
    "typename": "x",
    "__class__": "y",
}
#: The specs at which the tokens of `waiting` stand.
WAITING = ["ask", "hour", "join", "late", "note", "race", "reply", "ring"]


@pytest.fixture
def waiting(story: Story) -> Story:
    """A case with a token at everything that can be waited for."""
    with unit_of_work(story.db) as session:
        form = (MODELS / "answer.form").read_bytes()
        bundle = Bundle("every_wait", {MODEL.name: MODEL.read_bytes(), "answer.form": form})
        deploy(session, story.services, bundle, form_check=no_findings)
    return story.starts_deployed("every_wait", **VARIABLES)


@pytest.fixture
def scoped(story: Story) -> Story:
    """A case with a token in every kind of scope."""
    with unit_of_work(story.db) as session:
        deploy(session, story.services, Bundle(SCOPES.stem, {SCOPES.name: SCOPES.read_bytes()}), form_check=no_findings)
    return story.starts_deployed("every_scope", persons=["ada", "ben"], level=1).works()


def stored_golden(version: int, model: str = "state") -> bytes:
    """The state that a released version has written."""
    return base64.b64decode((GOLDEN / f"{model}-format-{version}.txt").read_text())


def loaded(content: bytes) -> CaseWorkflow:
    """A state set up again with the specs of its model."""
    return load_state(build_spec(read_process(MODEL.read_bytes(), MODEL.name)), content)


def test_only_tokens_and_variables_are_stored(waiting: Story):
    stored = unpack(waiting.state())
    assert set(stored) == {"format", "root", "steps", "tokens", "variables"}
    assert {len(token) for token in stored["tokens"]} == {len(("id", "spec", "state", "parent", "marks"))}


def test_nothing_of_the_model_but_ids_is_stored(waiting: Story):
    text = repr(unpack(waiting.state()))
    model = read_process(MODEL.read_bytes(), MODEL.name)
    assert not [node.name for node in model.nodes.values() if node.name and node.name in text]
    assert "probe.ring" not in text


def test_tokens_of_the_library_carry_no_data(waiting: Story):
    workflow = waiting.services.live_cases.take((waiting.case_id, 1))
    assert workflow is not None
    assert workflow.tokens
    assert not [task for task in (workflow.task_tree, *workflow.tokens) if task.data]
    assert not workflow.data


def test_passed_elements_leave_the_stored_state(waiting: Story):
    specs = [token[1] for token in unpack(waiting.state())["tokens"]]
    assert sorted(specs) == WAITING


def test_variables_are_stored_as_they_were_given(waiting: Story):
    assert waiting.variables == VARIABLES


def test_a_state_is_the_same_after_loading_and_dumping(waiting: Story):
    assert unpack(dump_state(loaded(waiting.state()))) == unpack(waiting.state())


def test_a_case_goes_on_alike_from_cache_and_from_the_database(waiting: Story):
    waiting.services.live_cases.clear()
    waiting.completes("Ask").hears("Reply", "k1").works()
    assert waiting.ended_with == "Over"


def test_an_unknown_format_is_refused():
    with pytest.raises(StateUnreadable):
        loaded(pack({"format": FORMAT + 1, "tokens": [], "variables": {}}))


@pytest.mark.parametrize("version", range(1, FORMAT + 1))
def test_the_state_of_a_released_version_still_loads(version: int):
    workflow = loaded(stored_golden(version))
    assert sorted(token.task_spec.name for token in workflow.tokens) == WAITING
    assert workflow.variables == VARIABLES


@pytest.mark.shows("process", "stored by every released version", "executed", point="M")
@pytest.mark.parametrize("version", range(1, FORMAT + 1))
def test_a_case_of_a_released_version_goes_on(waiting: Story, version: int):
    content = stored_golden(version)
    with unit_of_work(waiting.db) as session:
        session.execute(update(CaseStateRow).values(content=content))
    waiting.services.live_cases.clear()
    token_of = {token.task_spec.name: token.key for token in loaded(content).tokens}
    for node in ("ask", "hour", "ring"):
        with unit_of_work(waiting.db) as session, moving(session, waiting.services, waiting.case_id, ANNA) as movement:
            movement.resume(token_of[node], {})
    assert waiting.ended_with == "Over"
    assert waiting.variables["kept"] == VARIABLES["text"]


def goes_to_its_end(story: Story) -> Story:
    """Everything that `scoped` waits for happens, from the database each time."""
    clear = story.services.live_cases.clear
    for _ in range(2):
        task = next(task for task in story.tasks() if task.name == "Greet")
        with unit_of_work(story.db) as session:
            complete_task(session, story.services, task.id, {}, ANNA)
        clear()
    for name in ("Turn", "Turn", "Again", "Again", "Again", "Confirm", "One", "Two", "Later"):
        story.completes(name)
        clear()
    story.correlates("Reply")
    clear()
    return story.completes("Note").changes(level=6).signals("Alarm").waits(days=1)


def test_every_scope_goes_on_alike_from_the_database(scoped: Story):
    assert goes_to_its_end(scoped).ended_with == "Over"
    assert scoped.variables == {"persons": ["ada", "ben"], "level": 6, "booked": "no"}


def test_every_scope_is_the_same_after_loading_and_dumping(scoped: Story):
    spec = build_spec(read_process(SCOPES.read_bytes(), SCOPES.name))
    assert unpack(dump_state(load_state(spec, scoped.state()))) == unpack(scoped.state())


@pytest.mark.shows("subProcess", "every scope stored by every released version", "executed", point="M")
@pytest.mark.parametrize("version", range(2, FORMAT + 1))
def test_the_scopes_of_a_released_version_go_on(scoped: Story, version: int):
    story_ids = tokens_by_name(scoped.state())
    content = renamed(stored_golden(version, "scopes"), story_ids)
    with unit_of_work(scoped.db) as session:
        session.execute(update(CaseStateRow).values(content=content))
    scoped.services.live_cases.clear()
    assert goes_to_its_end(scoped).ended_with == "Over"


def tokens_by_name(content: bytes) -> dict[str, list[str]]:
    """Ids of the tokens by the spec they stand at, in their order."""
    found: dict[str, list[str]] = {}
    for key, spec, *_ in unpack(content)["tokens"]:
        found.setdefault(spec, []).append(key)
    return found


def renamed(content: bytes, ids: dict[str, list[str]]) -> bytes:
    """A stored state with the token ids of another case of the same model, whose rows then belong to it."""
    stored = json.dumps(json.loads(zlib.decompress(content)))
    for spec, keys in tokens_by_name(content).items():
        for old, new in zip(keys, ids[spec], strict=True):
            stored = stored.replace(old, new)
    return zlib.compress(stored.encode())
