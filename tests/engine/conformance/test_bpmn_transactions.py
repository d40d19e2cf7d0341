# SPDX-License-Identifier: EUPL-1.2
"""Transactions of BPMN: a cancel end undoes what was done in them and leaves by the cancel boundary event."""

import pytest

from engine.errors import ModelRefused
from tests.engine.story import Story

TX = "transactions"


def decided(story: Story, model: str, *, cancel: bool) -> Story:
    """A transaction with its two bookings done, and the decision taken."""
    story.starts(f"{TX}/{model}", log=[]).completes("Hotel").completes("Flight")
    return story.completes("Decide", cancel=cancel)


@pytest.mark.shows("transaction", "successful", "executed", point="1.1")
def test_a_successful_transaction_goes_on_behind_it(story: Story):
    assert decided(story, "tx_scripts", cancel=False).open() == ["After"]


@pytest.mark.shows("transaction", "successful", "executed", point="1.1")
def test_a_successful_transaction_undoes_nothing(story: Story):
    assert decided(story, "tx_scripts", cancel=False).variables["log"] == []


@pytest.mark.shows("cancelEventDefinition", "end", "executed", point="1.1")
def test_a_cancelled_transaction_leaves_by_its_cancel_event(story: Story):
    assert decided(story, "tx_scripts", cancel=True).open() == ["Apologise"]


@pytest.mark.shows("cancelEventDefinition", "end", "executed", point="1.1")
def test_a_cancelled_transaction_is_undone_the_latest_first(story: Story):
    assert decided(story, "tx_scripts", cancel=True).variables["log"] == ["undo_flight", "undo_hotel"]


@pytest.mark.shows("cancelEventDefinition", "boundary", "executed", point="1.1")
def test_a_cancelled_transaction_is_left_when_all_is_undone(story: Story):
    decided(story, "tx_tasks", cancel=True)
    for name in ("Undo flight", "Undo hotel"):
        assert "Apologise" not in story.open()
        story.completes(name)
    assert story.open() == ["Apologise"]


@pytest.mark.shows("cancelEventDefinition", "end", "executed", point="1.1")
def test_a_cancel_end_withdraws_what_is_still_open(story: Story):
    story.starts(f"{TX}/tx_parallel", log=[]).completes("Hotel").completes("Decide", cancel=True)
    assert story.open() == ["Apologise"]


@pytest.mark.shows("cancelEventDefinition", "end", "executed", point="1.1")
def test_what_was_never_completed_is_not_undone(story: Story):
    story.starts(f"{TX}/tx_parallel", log=[]).completes("Hotel").completes("Decide", cancel=True)
    assert story.variables["log"] == ["undo_hotel"]


@pytest.mark.shows("cancelEventDefinition", "end", "executed", point="1.1")
def test_a_transaction_in_which_nothing_was_done_is_left_at_once(story: Story):
    story.starts(f"{TX}/tx_nothing_done", log=[]).completes("Decide", cancel=True)
    assert (story.open(), story.variables["log"]) == (["Apologise"], [])


@pytest.mark.shows("cancelEventDefinition", "end, variables", "executed", point="A")
def test_what_undoes_sees_the_variables_of_the_transaction(story: Story):
    story.starts(f"{TX}/tx_local", log=[], amount=4).completes("Hotel").completes("Decide", cancel=True)
    assert story.variables["log"] == [8]


@pytest.mark.shows("errorEventDefinition", "boundary of a transaction", "executed", point="1.1")
def test_an_error_leaves_a_transaction_without_undoing(story: Story):
    story.starts(f"{TX}/tx_error", log=[]).completes("Hotel").completes("Decide")
    assert (story.open(), story.variables["log"]) == (["Mend"], [])


@pytest.mark.shows("timerEventDefinition", "boundary of a transaction", "executed", point="1.1")
def test_a_timer_leaves_a_transaction_without_undoing(story: Story):
    story.starts(f"{TX}/tx_timer", log=[]).completes("Hotel").waits(days=1)
    assert (story.ended_with, story.variables["log"]) == ("Too late", [])


@pytest.mark.shows("transaction", "nested, inner cancelled", "executed", point="1.1")
def test_cancelling_the_inner_transaction_undoes_only_that(story: Story):
    assert decided(story, "tx_nested", cancel=True).variables["log"] == ["undo_flight"]
    assert story.open() == ["Again"]


@pytest.mark.shows("transaction", "nested, outer cancelled", "executed", point="1.1")
def test_cancelling_the_outer_transaction_undoes_the_inner_too(story: Story):
    assert decided(story, "tx_nested_outer", cancel=True).variables["log"] == ["undo_flight", "undo_hotel"]
    assert story.open() == ["Apologise"]


@pytest.mark.shows("transaction", "undone when completed", "executed", point="1.1")
def test_a_completed_transaction_can_be_undone_from_outside(story: Story):
    story.starts(f"{TX}/tx_undone_later", log=[]).completes("Hotel").completes("Flight").completes("Regret")
    assert (story.open(), story.variables["log"]) == (["After"], ["undo_flight", "undo_hotel"])


@pytest.mark.shows("cancelEventDefinition", "outside of a transaction", "refused", point="F")
@pytest.mark.parametrize(
    ("model", "element"), [("tx_cancel_elsewhere", "off"), ("tx_cancel_boundary_elsewhere", "cancelled")]
)
def test_a_cancel_event_outside_of_a_transaction_is_refused(story: Story, model: str, element: str):
    with pytest.raises(ModelRefused) as refused:
        story.starts(f"{TX}/{model}")
    assert element in {finding.element_id for finding in refused.value.findings}


@pytest.mark.shows("cancelEventDefinition", "multi-instance", "executed")
def test_one_cancelled_transaction_of_several_cancels_them_all(story: Story):
    story.starts(f"{TX}/tx_each", log=[], trips=["Rome", "Oslo", "Bonn"], cancel=False)
    story.completes("Decide on Oslo").completes("Decide on Rome", cancel=True)
    assert (story.open(), sorted(story.variables["log"])) == (["Apologise"], ["Bonn", "Oslo", "Rome"])
