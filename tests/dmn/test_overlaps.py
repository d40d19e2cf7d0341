# SPDX-License-Identifier: EUPL-1.2
"""Rules that match at once are told when the table is brought in, with an example."""

import pytest

from engine.definitions import Bundle, check_bundle
from engine.dmn import load_decisions
from engine.dmn.model import DecisionTable
from engine.dmn.overlap import overlapping_rules
from tests.dmn.building import Column, Model


def told(model: Model, *rules: str, columns: tuple[str, ...] = ("n",), hit_policy: str = "UNIQUE") -> list[str]:
    model.table("gebuehr", [Column(name) for name in columns], [Column("b")], rules, hit_policy=hit_policy)
    logic = load_decisions(model.xml())["gebuehr"].logic
    assert isinstance(logic, DecisionTable)
    return [found.reason for found in overlapping_rules(logic)]


@pytest.mark.parametrize(
    ("rules", "example"),
    [
        (["< 10 => 1", "> 5 => 2"], "n = 7.5"),
        (["[1..5] => 1", "[5..9] => 2"], "n = 5"),
        (['"a","b" => 1', '"b","c" => 2'], "n = b"),
        (['not("a") => 1', '"b" => 2'], "n = b"),
        (['< date("2026-07-01") => 1', '>= date("2026-06-30") => 2'], "2026-06-30"),
        (["true => 1", "- => 2"], "n = true"),
    ],
)
def test_two_rules_that_match_at_once(model: Model, rules: list[str], example: str):
    (reason,) = told(model, *rules)
    assert "Rules 1 and 2 both match" in reason
    assert example in reason


@pytest.mark.parametrize(
    "rules",
    [
        ["< 10 => 1", ">= 10 => 2"],
        ["[1..5) => 1", "[5..9] => 2"],
        ['"a" => 1', 'not("a") => 2'],
        ['< date("2026-07-01") => 1', '>= date("2026-07-01") => 2'],
        ["true => 1", "false => 2"],
        ["< limit => 1", "> 5 => 2"],
    ],
)
def test_rules_that_exclude_each_other_or_nobody_can_tell(model: Model, rules: list[str]):
    assert told(model, *rules) == []


def test_all_columns_have_to_match(model: Model):
    assert told(model, "< 10 | true => 1", "> 5 | false => 2", columns=("n", "m")) == []


def test_the_first_rule_wins_where_that_is_said(model: Model):
    assert told(model, "< 10 => 1", "> 5 => 2", hit_policy="FIRST") == []


def test_an_overlap_warns_and_does_not_refuse(model: Model):
    model.table("gebuehr", [Column("n")], [Column("b")], ["< 10 => 1", "> 5 => 2"])
    (finding,) = check_bundle(Bundle("fees", {"fees.dmn": model.xml()}), form_check=lambda content: [])
    assert (finding.resource, finding.element_id, finding.severity) == ("fees.dmn", "regel_2", "warning")
