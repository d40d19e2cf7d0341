# SPDX-License-Identifier: EUPL-1.2
"""What a table gives when several rules match, or none."""

from decimal import Decimal

import pytest

from engine.dmn import RulesDisagree, load_decisions
from tests.dmn.building import Column

RANKED = "<outputValues><text>&quot;hoch&quot;, &quot;mittel&quot;, &quot;niedrig&quot;</text></outputValues>"
LEVELS = ['> 10 => "niedrig"', '> 20 => "hoch"', '> 30 => "mittel"']


def result(model, key="stufe", **scope):
    return load_decisions(model.xml())[key].evaluate(scope).value


def levels(model, policy, rules=LEVELS, extra=RANKED):
    return model.table("stufe", [Column("n")], [Column("wert", extra=extra)], rules, hit_policy=policy)


@pytest.mark.parametrize(
    ("policy", "number", "expected"),
    [
        ("PRIORITY", 40, "hoch"),
        ("PRIORITY", 15, "niedrig"),
        ("PRIORITY", 5, None),
        ("FIRST", 40, "niedrig"),
        ("RULE ORDER", 40, ["niedrig", "hoch", "mittel"]),
        ("OUTPUT ORDER", 40, ["hoch", "mittel", "niedrig"]),
        ("COLLECT", 40, ["niedrig", "hoch", "mittel"]),
        ("COLLECT", 15, ["niedrig"]),
        ("COLLECT", 5, []),
    ],
)
def test_the_policy_chooses_among_the_rules_that_match(model, policy, number, expected):
    assert result(levels(model, policy), n=number) == expected


@pytest.mark.parametrize(
    ("aggregation", "expected", "without_hits"),
    [
        ("SUM", Decimal(60), None),
        ("MIN", Decimal(10), None),
        ("MAX", Decimal(30), None),
        ("COUNT", Decimal(3), Decimal(0)),
    ],
)
def test_collected_numbers_become_one(model, aggregation, expected, without_hits):
    rules = ["> 1 => 10", "> 2 => 20", "> 3 => 30"]
    model.table("stufe", [Column("n")], [Column("b")], rules, hit_policy="COLLECT", aggregation=aggregation)
    assert (result(model, n=9), result(model, n=0)) == (expected, without_hits)


def test_a_sum_is_one_output(model):
    model.table("s", [Column("n")], [Column("b")], ["> 1 => 1", "> 2 => 2"], hit_policy="COLLECT", aggregation="SUM")
    assert load_decisions(model.xml())["s"].evaluate({"n": 5}).outputs == [{"b": Decimal(3)}]


def test_any_takes_rules_that_agree(model):
    assert result(levels(model, "ANY", ["> 10 => 1 + 1", "> 20 => 2"], ""), n=40) == Decimal(2)


def test_any_refuses_rules_that_disagree(model):
    table = levels(model, "ANY", ["> 10 => 1", "> 20 => 2"], "")
    with pytest.raises(RulesDisagree, match=r"1 \(regel_1\), 2 \(regel_2\)"):
        result(table, n=40)


def test_several_outputs_are_ranked_from_left_to_right(model):
    outputs = [Column("art", extra=RANKED), Column("frist", extra="<outputValues><text>7, 14</text></outputValues>")]
    rules = ['- => "mittel" | 7', '- => "hoch" | 14', '- => "hoch" | 7']
    model.table("stufe", [Column("n")], outputs, rules, hit_policy="OUTPUT ORDER")
    assert [row["frist"] for row in result(model, n=1)] == [Decimal(7), Decimal(14), Decimal(7)]


def test_a_table_with_several_hits_has_one_output_for_each(model):
    decision = load_decisions(levels(model, "RULE ORDER").xml())["stufe"]
    assert decision.evaluate({"n": 25}).outputs == [{"wert": "niedrig"}, {"wert": "hoch"}]


def test_the_default_also_counts_where_hits_are_collected(model):
    default = "<defaultOutputEntry><text>7</text></defaultOutputEntry>"
    assert result(levels(model, "COLLECT", ["> 10 => 1"], default), n=1) == Decimal(7)


def test_the_values_of_the_type_rank_where_the_column_names_none(model):
    model.others = (
        '<itemDefinition name="Stufe"><typeRef>string</typeRef>'
        '<allowedValues><text>"hoch","niedrig","mittel"</text></allowedValues></itemDefinition>'
    )
    model.table("stufe", [Column("n")], [Column("wert", type="Stufe")], LEVELS, hit_policy="OUTPUT ORDER")
    assert result(model, n=40) == ["hoch", "niedrig", "mittel"]


def test_a_value_that_is_not_allowed_matches_no_rule(model):
    allowed = '<inputValues><text>"A","B"</text></inputValues>'
    model.table("gebuehr", [Column("zone", extra=allowed)], [Column("b")], ["- => 1"])
    assert result(model, "gebuehr", zone="X") is None


def test_a_sum_over_several_outputs_is_refused(model):
    from engine.dmn import DmnRefused

    model.table("s", [Column("n")], [Column("a"), Column("b")], ["- => 1 | 2"], hit_policy="COLLECT", aggregation="SUM")
    with pytest.raises(DmnRefused, match="SUM over several outputs is not defined"):
        load_decisions(model.xml())


@pytest.mark.parametrize(
    ("policy", "aggregation", "last"),
    [("COLLECT", "SUM", "Summe: 3"), ("COLLECT", "COUNT", "Anzahl: 2"), ("COLLECT", "MAX", "Größter Wert: 2")],
)
def test_the_explanation_names_every_hit_and_then_what_was_made_of_them(model, policy, aggregation, last):
    rules = ["> 1 => 1", "> 2 => 2"]
    model.table("s", [Column("n", "Zahl")], [Column("b")], rules, hit_policy=policy, aggregation=aggregation)
    told = load_decisions(model.xml())["s"].evaluate({"n": 5}).trace.german()
    assert told == ["Zahl = 5 → Regel 1: 1", "Zahl = 5 → Regel 2: 2", last]


def test_the_explanation_says_which_result_has_priority(model):
    told = load_decisions(levels(model, "PRIORITY").xml())["stufe"].evaluate({"n": 40}).trace.german()
    assert told[-1] == "Vorrang hat: hoch"
