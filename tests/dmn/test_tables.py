# SPDX-License-Identifier: EUPL-1.2
"""Decision tables: matching, hit policies, defaults, conversion, required decisions."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dmn import RulesOverlap, ValueNotConvertible, load_decisions
from tests.dmn.building import Column, Model


def outcome(model, key="gebuehr", **scope):
    return load_decisions(model.xml())[key].evaluate(scope).outputs


@pytest.fixture
def fee(model):
    return model.table(
        "gebuehr",
        [Column("antrag.datum", type="date"), Column("antrag.zone", "Zone", "string")],
        [Column("betrag", type="number"), Column("stufe", type="string")],
        [
            '[date("2026-01-01")..date("2026-12-31")] | "A" => 30.70 | "voll"',
            '[date("2026-01-01")..date("2026-12-31")] | not("A") => 15 | "halb"',
            '>= date("2027-01-01") | - => 40 | "neu"',
        ],
    )


@pytest.mark.parametrize(
    ("day", "zone", "amount", "level"),
    [
        (date(2026, 1, 1), "A", "30.70", "voll"),
        (date(2026, 12, 31), "C", "15", "halb"),
        (date(2027, 1, 1), "A", "40", "neu"),
    ],
)
def test_the_rule_of_the_day_applies(fee, day, zone, amount, level):
    assert outcome(fee, antrag={"datum": day, "zone": zone}) == [{"betrag": Decimal(amount), "stufe": level}]


def test_no_rule_means_no_outputs(fee):
    assert outcome(fee, antrag={"datum": date(2020, 1, 1), "zone": "A"}) == []


def test_a_date_written_as_text_is_read_as_a_date(fee):
    assert outcome(fee, antrag={"datum": "2027-05-01", "zone": "A"})[0]["stufe"] == "neu"


def test_a_value_of_another_type_is_an_error(fee):
    with pytest.raises(ValueNotConvertible, match=r"antrag\.datum is gestern, which is no date"):
        outcome(fee, antrag={"datum": "gestern", "zone": "A"})


def test_a_number_meets_a_text_column_as_text(model):
    table = model.table("gebuehr", [Column("monate", type="string")], [Column("jahre")], ['"12" => 1'])
    assert outcome(table, monate=12) == [{"jahre": Decimal(1)}]


def test_two_matching_rules_of_a_unique_table_are_named(model):
    table = model.table("gebuehr", [Column("alter")], [Column("betrag")], ["< 20 => 1", "> 10 => 2", "> 90 => 3"])
    with pytest.raises(RulesOverlap, match=r"1 \(regel_1\), 2 \(regel_2\)"):
        outcome(table, alter=15)


def test_the_first_matching_rule_wins_where_the_table_says_so(model):
    table = model.table(
        "gebuehr", [Column("alter")], [Column("betrag")], ["< 20 => 1", "> 10 => 2"], hit_policy="FIRST"
    )
    assert outcome(table, alter=15) == [{"betrag": Decimal(1)}]


def test_the_default_counts_when_no_rule_matches(model):
    default = "<defaultOutputEntry><text>99</text></defaultOutputEntry>"
    table = model.table("gebuehr", [Column("alter")], [Column("betrag", extra=default)], ["< 20 => 1"])
    assert outcome(table, alter=50) == [{"betrag": Decimal(99)}]


def test_a_missing_answer_matches_only_dash_and_null(model):
    table = model.table("gebuehr", [Column("alter")], [Column("betrag")], ["< 20 => 1", ">= 20 => 2", "null => 3"])
    assert outcome(table, alter=None) == [{"betrag": Decimal(3)}]


def test_results_may_calculate_with_the_scope(model):
    table = model.table("gebuehr", [Column("monate")], [Column("betrag")], ["> 0 => satz * monate / 12"])
    assert outcome(table, monate=6, satz=Decimal("30.70")) == [{"betrag": Decimal("15.35")}]


def test_an_output_without_a_name_takes_that_of_the_decision(model):
    body = (
        '<decisionTable><input id="i"><inputExpression><text>a</text></inputExpression></input><output id="o"/>'
        '<rule id="r"><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>'
        "</decisionTable>"
    )
    assert outcome(model.decision("gebuehr", body), a=1) == [{"gebuehr": Decimal(1)}]


def test_required_decisions_are_evaluated_first(model):
    model.table("stufe", [Column("alter")], [Column("wert", type="string")], ['< 18 => "kind"', '>= 18 => "voll"'])
    model.literal("rabatt", 'if stufe = "kind" then 0.5 else 0', requires=["stufe"])
    model.literal("gebuehr", "30 * (1 - rabatt)", requires=["rabatt"], type="number")
    assert outcome(model, alter=12) == [{"gebuehr": Decimal("15.0")}]


def test_several_outputs_of_a_required_decision_are_a_context(model):
    model.table("stufe", [Column("alter")], [Column("name"), Column("satz")], ['- => "voll" | 2'])
    model.literal("gebuehr", "stufe.satz * 10", requires=["stufe"])
    assert outcome(model, alter=1) == [{"gebuehr": Decimal(20)}]


def test_names_of_several_words_are_understood(model):
    model.others = '<inputData id="i" name="Tag des Antrags"><variable name="Tag des Antrags"/></inputData>'
    model.table("gebuehr", [Column("Tag des Antrags", type="date")], [Column("jahr")], ["- => Tag des Antrags.year"])
    assert outcome(model, **{"Tag des Antrags": date(2026, 1, 1)}) == [{"jahr": Decimal(2026)}]


def test_variables_are_what_the_scope_must_hold(model):
    model.literal("stufe", "alter + zuschlag")
    model.table("gebuehr", [Column("stufe")], [Column("b")], ["> grenze => satz"], requires=["stufe"])
    assert load_decisions(model.xml())["gebuehr"].variables == {"alter", "zuschlag", "grenze", "satz"}


BOUNDS = Model().table(
    "gebuehr", [Column("n")], [Column("stufe")], ["< 0 => 1", "[0..10) => 2", "[10..100] => 3", "> 100 => 4"]
)
STEPS = load_decisions(BOUNDS.xml())["gebuehr"]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000, places=2))
def test_a_complete_table_without_overlap_always_gives_exactly_one_result(number):
    assert len(STEPS.evaluate({"n": number}).outputs) == 1
