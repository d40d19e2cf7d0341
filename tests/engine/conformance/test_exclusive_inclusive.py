# SPDX-License-Identifier: EUPL-1.2
"""Exclusive and inclusive gateways: which flows are taken, and what an inclusive join waits for."""

import pytest

from engine.errors import StepFailed
from tests.engine.story import Story


@pytest.mark.shows("exclusiveGateway", "merging", "executed")
def test_an_exclusive_merge_lets_every_token_through_at_once(story: Story):
    story.starts("gateways/exclusive_merge").completes("A")
    assert story.open() == ["After", "B"]
    assert story.completes("B").open() == ["After", "After"]


@pytest.mark.shows("exclusiveGateway", "merging and splitting", "executed", point="1.2")
def test_an_exclusive_gateway_may_merge_and_split_at_once(story: Story):
    assert story.starts("gateways/exclusive_merge_and_split", amount=5).open() == ["Small", "Small"]


@pytest.mark.shows("exclusiveGateway", "order of conditions", "executed")
def test_conditions_after_the_first_true_one_are_not_asked(story: Story):
    assert story.starts("gateways/exclusive_first_match").completes("Ask", number=2).open() == ["First"]


@pytest.mark.shows("conditionExpression", "FEEL, braces, JavaScript", "executed")
@pytest.mark.parametrize(
    ("way", "end"), [("feel", "FEEL"), ("braces", "Braces"), ("javascript", "JavaScript"), ("other", "None")]
)
def test_a_condition_may_be_written_in_three_ways(story: Story, way: str, end: str):
    assert story.starts("gateways/exclusive_written", way=way).ended_with == end


@pytest.mark.shows("exclusiveGateway", "default flow with a condition", "executed")
@pytest.mark.parametrize(("number", "end"), [(1, "One"), (2, "Other")])
def test_the_condition_of_a_default_flow_is_not_asked(story: Story, number: int, end: str):
    assert story.starts("gateways/exclusive_default_with_condition", number=number).ended_with == end


@pytest.mark.shows("exclusiveGateway", "in a loop", "executed")
def test_a_loop_of_exclusive_gateways_goes_round_until_its_condition_is_true(story: Story):
    story.starts("gateways/exclusive_loop", n=0)
    assert (story.ended_with, story.variables["n"]) == ("Done", 3)


@pytest.mark.shows("inclusiveGateway", "split", "executed")
@pytest.mark.parametrize(
    ("a", "b", "opened"),
    [(True, True, ["A", "B"]), (True, False, ["A"]), (False, True, ["B"]), (False, False, ["None"])],
)
def test_an_inclusive_split_opens_every_true_branch_else_the_default(story: Story, a: bool, b: bool, opened: list[str]):
    assert story.starts("gateways/inclusive", a=a, b=b).open() == opened


@pytest.mark.shows("inclusiveGateway", "split, nothing true", "executed")
def test_an_inclusive_split_without_a_true_flow_and_a_default_fails_the_step(story: Story):
    story.starts("gateways/inclusive_without_default")
    with pytest.raises(StepFailed) as failed:
        story.completes("Ask", a=False, b=False)
    assert failed.value.element_id == "split"
    assert story.open() == ["Ask"]


@pytest.mark.shows("inclusiveGateway", "split, flow without a condition", "executed")
@pytest.mark.parametrize(("maybe", "opened"), [(True, ["Always", "Maybe"]), (False, ["Always"])])
def test_an_inclusive_split_always_takes_a_flow_without_a_condition(story: Story, maybe: bool, opened: list[str]):
    assert story.starts("gateways/inclusive_unconditional", maybe=maybe).open() == opened


@pytest.mark.shows("inclusiveGateway", "join of all branches", "executed")
@pytest.mark.parametrize("order", ["AB", "BA"])
def test_an_inclusive_join_waits_for_all_that_were_opened(story: Story, order: str):
    story.starts("gateways/inclusive", a=True, b=True).completes(order[0])
    assert story.open() == [order[1]]
    assert story.completes(order[1]).open() == ["After"]


@pytest.mark.shows("inclusiveGateway", "join of one branch", "executed")
def test_an_inclusive_join_does_not_wait_for_what_was_not_opened(story: Story):
    assert story.starts("gateways/inclusive", a=True, b=False).completes("A").open() == ["After"]


@pytest.mark.shows("inclusiveGateway", "join of the default branch", "executed")
def test_an_inclusive_join_lets_the_default_branch_through(story: Story):
    assert story.starts("gateways/inclusive", a=False, b=False).completes("None").open() == ["After"]


@pytest.mark.shows("inclusiveGateway", "join of two of three branches", "executed")
def test_an_inclusive_join_waits_for_two_of_three(story: Story):
    story.starts("gateways/inclusive_three", open="ac").completes("A")
    assert story.open() == ["C"]
    assert story.completes("C").open() == ["After"]


@pytest.mark.shows("inclusiveGateway", "join in a loop", "executed", point="1.2")
def test_an_inclusive_join_in_a_loop_waits_for_both_in_the_second_round_too(story: Story):
    story.starts("gateways/inclusive_loop", a=True, b=True, enough=False)
    story.completes("A").completes("B").completes("Look").completes("A")
    assert story.open() == ["B"]
    assert story.completes("B").open() == ["Look"]


@pytest.mark.shows("inclusiveGateway", "join in a loop, other branches", "executed", point="1.2")
def test_an_inclusive_split_in_a_loop_chooses_anew_each_round(story: Story):
    story.starts("gateways/inclusive_loop", a=True, b=True, enough=False)
    story.completes("A").completes("B").completes("Look", b=False)
    assert story.open() == ["A"]
    assert story.completes("A").completes("Look", enough=True).ended_with == "Done"


@pytest.mark.shows("inclusiveGateway", "join in a loop without a pause", "executed", point="1.2")
def test_an_inclusive_join_fires_once_a_round_when_nobody_pauses(story: Story):
    story.starts("gateways/inclusive_counting_loop", lefts=0, rights=0, joins=0)
    assert [story.variables[name] for name in ("lefts", "rights", "joins")] == [20, 20, 20]


@pytest.mark.shows("inclusiveGateway", "join after a nested split", "executed")
def test_an_inclusive_join_waits_for_a_nested_split(story: Story):
    story.starts("gateways/inclusive_nested", b=True).completes("A").completes("B1")
    assert story.open() == ["B2"]
    assert story.completes("B2").open() == ["After"]


@pytest.mark.shows("inclusiveGateway", "join when a branch leads past it", "executed")
def test_an_inclusive_join_fires_when_the_last_awaited_token_has_gone_elsewhere(story: Story):
    story.starts("gateways/inclusive_leaving").completes("A")
    assert story.open() == ["B"]
    assert story.completes("B", leaves=True).open() == ["After"]


@pytest.mark.shows("inclusiveGateway", "join when a branch comes after all", "executed")
def test_an_inclusive_join_takes_the_token_that_did_not_go_elsewhere(story: Story):
    story.starts("gateways/inclusive_leaving").completes("A")
    assert story.completes("B", leaves=False).open() == ["After"]
    assert story.completes("After").info.state == "completed"


@pytest.mark.shows("inclusiveGateway", "join, token that may come by a flow that is filled", "executed")
def test_an_inclusive_join_does_not_wait_for_a_token_that_can_come_by_a_filled_flow(story: Story):
    story.starts("gateways/inclusive_either_flow").completes("A")
    assert story.open() == ["After", "B"]
    assert story.completes("B", shares=False).open() == ["After", "After"]


@pytest.mark.shows("inclusiveGateway", "join, token in a subprocess", "executed")
def test_an_inclusive_join_waits_for_a_token_inside_a_subprocess(story: Story):
    story.starts("gateways/inclusive_after_subprocess").completes("A")
    assert story.open() == ["B"]
    assert story.completes("B").open() == ["After"]


@pytest.mark.shows("inclusiveGateway", "join in a subprocess", "executed")
def test_an_inclusive_join_in_a_subprocess_does_not_look_outside(story: Story):
    story.starts("gateways/inclusive_inside_subprocess", b=False).completes("A")
    assert story.open() == ["After", "Outside"]


@pytest.mark.shows("inclusiveGateway", "join, token behind it that can come back", "executed")
def test_an_inclusive_join_waits_for_a_token_behind_it_that_can_come_back(story: Story):
    story.starts("gateways/inclusive_back_flow").completes("A").completes("B").completes("C")
    assert story.open() == ["After"]
    assert story.completes("After", back=True).open() == ["After"]


@pytest.mark.shows("inclusiveGateway", "join, token behind it that did not come back", "executed")
def test_an_inclusive_join_fires_when_the_token_behind_it_did_not_come_back(story: Story):
    story.starts("gateways/inclusive_back_flow").completes("A").completes("B").completes("C")
    assert story.completes("After", back=False).open() == ["After"]
    assert story.completes("After", back=False).info.state == "completed"


@pytest.mark.shows("inclusiveGateway", "joining and splitting", "executed")
@pytest.mark.parametrize(("c", "d", "opened"), [(True, True, ["C", "D"]), (False, True, ["D"]), (False, False, ["E"])])
def test_an_inclusive_gateway_may_join_and_split_at_once(story: Story, c: bool, d: bool, opened: list[str]):
    story.starts("gateways/inclusive_join_and_split", c=c, d=d).completes("A")
    assert story.open() == ["B"]
    assert story.completes("B").open() == opened


@pytest.mark.shows("inclusiveGateway", "join, two tokens at one flow", "executed")
def test_an_inclusive_join_takes_one_token_of_each_flow_at_a_time(story: Story):
    story.starts("gateways/inclusive_two_tokens").completes("A").completes("B")
    assert story.open() == ["C"]
    assert story.completes("C").open() == ["After", "After"]


@pytest.mark.shows("conditionExpression", "number written as a text, or null", "executed", point="3")
@pytest.mark.parametrize(("number", "task"), [("1", "One"), (1, "One"), ("12", "Many"), ("2", "Few"), (None, "Few")])
def test_a_condition_takes_a_text_for_the_number_that_it_holds(story: Story, number: object, task: str):
    assert story.starts("gateways/condition_of_text", number=number).open() == [task]
