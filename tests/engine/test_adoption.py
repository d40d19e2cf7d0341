# SPDX-License-Identifier: EUPL-1.2
"""Cases that began in another engine go on here, each once."""

from __future__ import annotations

from typing import Any

import pytest

from engine.adoption import AdoptedAlready, Adoptee, AdoptionRefused, HeldJob, Standing, adopt_case, adopted
from engine.cases import cancel_case
from engine.db import unit_of_work
from engine.definitions import deploy, latest_definition
from engine.models import CaseOriginRow, CaseRow
from engine.removal import forget_case
from tests.engine.drawing import between, bundle_of, flow, service_task, user_task
from tests.engine.probes import Bell
from tests.engine.story import BEN, Story, no_findings, rows


def adopts(story: Story, *standing: Standing, origin: str = "there", **variables: Any) -> Story:
    """Ben takes a case over that stood at these places of the drawn model."""
    with unit_of_work(story.db) as session:
        definition = latest_definition(session, story.services, "drawn")
        adoptee = Adoptee(origin, "elsewhere", definition, variables, standing)
        story.case_id = adopt_case(session, story.services, adoptee, BEN).id
    return story


def draws(story: Story, *elements: str) -> Story:
    with unit_of_work(story.db) as session:
        deploy(session, story.services, bundle_of(*elements), form_check=no_findings)
    return story


def joined() -> tuple[str, ...]:
    """Two tasks at once, and a join behind them."""
    fork, join = '<parallelGateway id="fork"/>', '<parallelGateway id="join"/>'
    flows = [flow("fork", "one"), flow("fork", "two"), flow("one", "join"), flow("two", "join")]
    return between(fork, user_task("one", "One"), user_task("two", "Two"), join, *flows, first="fork", last="join")


def test_a_join_waits_for_the_rest(story: Story):
    adopts(draws(story, *joined()), Standing("join"), Standing("two"))
    assert story.open() == ["Two"]
    story.completes("Two")
    assert story.info.state == "completed"


def test_what_would_go_on_at_once_is_refused(story: Story):
    draws(story, *joined())
    with pytest.raises(AdoptionRefused) as refused:
        adopts(story, Standing("join"), Standing("join"))
    assert (refused.value.problem, refused.value.element_id) == ("moved_on", "join")
    assert (rows(story.db, CaseRow), rows(story.db, CaseOriginRow)) == (0, 0)


def test_an_operation_inside_the_transaction_runs_after_the_commit(story: Story):
    work = service_task("add", "probe.add", a="1", b="2")
    draws(story, *between(work, user_task("look", "Look"), flow("add", "look"), first="add", last="look"))
    adopts(story, Standing("add", {"a": 1, "b": 2}, job=HeldJob(priority=3)))
    assert story.open() == []
    assert story.works().open() == ["Look"]


def test_an_operation_with_a_neighbour_is_done_once(story: Story, bell: Bell):
    draws(story, *between(service_task("ring", "probe.ring", text="now"), first="ring", last="ring"))
    adopts(story, Standing("ring", {"text": "then"})).works()
    assert bell.rings == ["then"]
    assert story.info.state == "completed"


def test_a_case_comes_once_even_if_it_has_been_deleted(story: Story):
    adopts(draws(story, *joined()), Standing("one"))
    with pytest.raises(AdoptedAlready):
        adopts(story, Standing("one"))
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.case_id, "over", BEN)
        forget_case(session, story.case_id)
    with story.db.reading() as session:
        assert adopted(session, ["there", "nowhere"]) == {"there": None}
    with pytest.raises(AdoptedAlready):
        adopts(story, Standing("one"))
