# SPDX-License-Identifier: EUPL-1.2
"""Parallel and complex gateways: joins in loops, too many and too few tokens, what branches write, k of n."""

from typing import Any

import pytest

from engine.db import unit_of_work
from engine.definitions import deploy
from engine.errors import ModelRefused
from tests.engine.conformance.test_gateways import parallel_blocks
from tests.engine.story import Story, no_findings


@pytest.mark.shows("parallelGateway", "surplus tokens", "executed")
def test_a_surplus_token_waits_for_the_next_round_of_the_join(story: Story):
    story.starts("gateways/parallel_surplus").completes("A1").completes("A2").completes("B1")
    assert story.open() == ["After", "B2"]
    assert story.standing().count("join") == 1


@pytest.mark.shows("parallelGateway", "surplus tokens, second round", "executed")
def test_a_surplus_token_is_taken_by_the_next_round_of_the_join(story: Story):
    story.starts("gateways/parallel_surplus").completes("A1").completes("A2").completes("B1").completes("B2")
    assert story.open() == ["After", "After"]
    assert "join" not in story.standing()


@pytest.mark.shows("parallelGateway", "two tokens by one flow", "executed")
def test_two_tokens_by_the_same_flow_do_not_fill_a_join(story: Story):
    story.starts("gateways/parallel_surplus").completes("A1").completes("A2")
    assert story.open() == ["B1", "B2"]


@pytest.mark.shows("parallelGateway", "unbalanced", "executed")
def test_a_join_that_never_gets_all_tokens_keeps_the_case_active(story: Story):
    story.starts("gateways/parallel_unbalanced").completes("A")
    assert (story.open(), story.standing(), story.info.state) == ([], ["join"], "active")


@pytest.mark.shows("parallelGateway", "split without a join", "executed")
def test_parallel_branches_may_end_apart(story: Story):
    story.starts("gateways/parallel_without_join").completes("A")
    assert story.info.state == "active"
    assert story.completes("B").info.state == "completed"


@pytest.mark.shows("parallelGateway", "joining and splitting", "executed", point="1.2")
def test_a_parallel_gateway_may_join_and_split_at_once(story: Story):
    story.starts("gateways/parallel_join_and_split").completes("A")
    assert story.open() == ["B"]
    assert story.completes("B").open() == ["C", "D"]


@pytest.mark.shows("parallelGateway", "one flow in, one out", "executed")
def test_a_parallel_gateway_with_one_flow_in_and_one_out_lets_the_token_through(story: Story):
    assert story.starts("gateways/parallel_single").open() == ["A"]


@pytest.mark.shows("parallelGateway", "nested", "executed")
def test_nested_joins_wait_for_their_own_branches(story: Story):
    story.starts("gateways/parallel_nested").completes("B").completes("C")
    assert story.open() == ["A"]
    assert story.completes("A").open() == ["After"]


@pytest.mark.shows("parallelGateway", "three branches", "executed")
@pytest.mark.parametrize("order", ["ABC", "CBA", "BCA"])
def test_a_join_of_three_opens_with_the_third(story: Story, order: str):
    story.starts("gateways/parallel_three").completes(order[0]).completes(order[1])
    assert story.open() == [order[2]]
    assert story.completes(order[2]).open() == ["After"]


@pytest.mark.shows("parallelGateway", "join without a flow out", "executed")
def test_a_join_behind_which_nothing_follows_ends_the_case(story: Story):
    story.starts("gateways/parallel_last").completes("A").completes("B")
    assert story.info.state == "completed"


@pytest.mark.shows("parallelGateway", "in a loop without a pause", "executed", point="9")
def test_a_split_and_join_in_a_loop_may_go_round_sixty_times_at_once(story: Story):
    story.starts("gateways/parallel_counting_loop", lefts=0, rights=0, joins=0)
    assert story.ended_with == "Done"
    assert [story.variables[name] for name in ("lefts", "rights", "joins")] == [60, 60, 60]


@pytest.mark.shows("parallelGateway", "condition on a flow out", "refused")
def test_a_condition_on_a_flow_out_of_a_parallel_gateway_is_refused(story: Story):
    with pytest.raises(ModelRefused) as refused:
        story.starts("gateways/parallel_conditional")
    assert {finding.element_id for finding in refused.value.findings} == {"split"}


@pytest.mark.shows("parallelGateway", "twelve blocks in a row", "executed", point="D")
def test_twelve_parallel_blocks_never_have_more_tokens_than_are_live(story: Story):
    with unit_of_work(story.db) as session:
        deploy(session, story.services, parallel_blocks(12), form_check=no_findings)
    story.starts_deployed("blocks")
    most = 0
    for number in range(12):
        most = max(most, len(story.standing()), len(story.completes(f"Left {number}").standing()))
        story.completes(f"Right {number}")
    assert (story.info.state, most) == ("completed", 2)


@pytest.mark.shows("parallelGateway", "variables at the join: last writer", "executed", point="A")
@pytest.mark.parametrize("order", [("Name", "Place"), ("Place", "Name")])
def test_the_branch_that_ends_last_does_not_overwrite_what_the_other_wrote(story: Story, order: tuple[str, str]):
    answers: dict[str, dict[str, Any]] = {"Name": {"new_name": "Ada"}, "Place": {"new_place": "Ulm"}}
    story.starts("gateways/parallel_data", person={"name": "", "place": ""}, names=[])
    for name in order:
        story.completes(name, **answers[name])
    assert story.variables["person"] == {"name": "Ada", "place": "Ulm"}


@pytest.mark.shows("parallelGateway", "variables at the join: lists", "executed", point="A")
def test_lists_are_not_merged_at_a_join(story: Story):
    story.starts("gateways/parallel_data", person={"name": "", "place": ""}, names=[{"n": 1}, {"n": 2}])
    story.completes("Name", new_name={"n": 2}).completes("Place", new_place={"n": 2})
    assert story.variables["names"] == [{"n": 1}, {"n": 2}, {"n": 2}, {"n": 2}]


@pytest.mark.shows("parallelGateway", "variables at the join: untouched", "executed", point="A")
def test_a_value_that_changes_from_outside_meanwhile_survives_the_join(story: Story):
    story.starts("gateways/parallel_data", person={"name": "", "place": ""}, names=[], state="old")
    story.completes("Name", new_name="Ada").changes(state="new").completes("Place", new_place="Ulm")
    assert story.variables["state"] == "new"


@pytest.mark.shows("variable", "nested value changed in the other branch", "executed", point="9")
def test_a_nested_value_changed_in_one_branch_leaves_a_copy_in_the_other_as_it_was(story: Story):
    story.starts("gateways/parallel_data", person={"name": "old", "place": ""}, names=[]).completes(
        "Name", new_name="new"
    )
    assert story.sees("Place")["copied"] == {"name": "old", "place": ""}
    assert story.sees("Place")["person"] == {"name": "new", "place": ""}


@pytest.mark.shows("complexGateway", "join, 2 of 3", "executed", point="1.2")
def test_a_complex_join_opens_with_the_second_of_three(story: Story):
    story.starts("gateways/complex_two_of_three", again=False).completes("A")
    assert story.open() == ["B", "C"]
    assert story.completes("C").open() == ["After", "B"]


@pytest.mark.shows("complexGateway", "join, late token", "executed")
def test_a_late_token_of_a_complex_join_is_swallowed(story: Story):
    story.starts("gateways/complex_two_of_three", again=False).completes("A").completes("C").completes("B")
    assert story.open() == ["After"]
    assert story.completes("After").ended_with == "Done"


@pytest.mark.shows("complexGateway", "join, last token is the late one", "executed")
def test_a_case_ends_with_the_late_token_of_a_complex_join(story: Story):
    story.starts("gateways/complex_two_of_three", again=False).completes("A").completes("C").completes("After")
    assert (story.open(), story.info.state) == (["B"], "active")
    assert story.completes("B").info.state == "completed"


@pytest.mark.shows("complexGateway", "join, next round", "executed")
def test_a_complex_join_works_again_in_the_next_round(story: Story):
    story.starts("gateways/complex_two_of_three", again=True)
    story.completes("A").completes("B").completes("C").completes("After").completes("C")
    assert story.open() == ["A", "B"]
    assert story.completes("B").open() == ["A", "After"]


@pytest.mark.shows("complexGateway", "join, condition with variables", "executed")
@pytest.mark.parametrize(("needed", "opened"), [(1, ["After", "B", "C"]), (3, ["B", "C"])])
def test_the_condition_of_a_complex_join_sees_variables(story: Story, needed: int, opened: list[str]):
    assert story.starts("gateways/complex_variable", needed=needed).completes("A").open() == opened


@pytest.mark.shows("complexGateway", "split", "executed", point="1.2")
@pytest.mark.parametrize(("a", "b", "opened"), [(True, True, ["A", "B"]), (False, True, ["B"]), (False, False, ["C"])])
def test_a_complex_split_takes_every_true_flow_else_the_default(story: Story, a: bool, b: bool, opened: list[str]):
    assert story.starts("gateways/complex_split", a=a, b=b).open() == opened


@pytest.mark.shows("parallelGateway", "one way after the other", "executed")
def test_one_way_behind_a_fork_goes_on_until_it_waits_before_the_next_begins(story: Story):
    assert story.starts("gateways/one_way_first").variables == {"seen": "first", "last": "second"}
