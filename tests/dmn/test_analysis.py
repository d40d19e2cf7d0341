# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with a table is told before any case asks it, with an example; what nobody can tell is left alone."""

import pytest

from engine.definitions import Bundle, check_bundle
from engine.dmn import load_decisions
from engine.dmn.analysis import analyse
from tests.dmn.building import Column, Model


def allowed(values: str) -> str:
    return f"<inputValues><text>{values}</text></inputValues>"


def output_values(values: str) -> str:
    return f"<outputValues><text>{values}</text></outputValues>"


ANSWERS = (Column("b"),)


def told(*rules, columns=("n",), answers=ANSWERS, hit_policy="UNIQUE", about=""):
    """The reasons of the findings that contain `about`."""
    inputs = [column if isinstance(column, Column) else Column(column) for column in columns]
    model = Model().table("gebuehr", inputs, answers, rules, hit_policy=hit_policy)
    found = analyse(load_decisions(model.xml()).values())
    return [(weakness.severity, weakness.reason) for weakness in found if about in weakness.reason]


# -- overlaps ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "example"),
    [
        (["< 10 => 1", "> 5 => 2"], "n = 7.5"),
        (["[1..5] => 1", "[5..9] => 2"], "n = 5"),
        (['"a","b" => 1', '"b","c" => 2'], "n = b"),
        (['not("a") => 1', '"b" => 2'], "n = b"),
        (['< date("2026-07-01") => 1', '>= date("2026-06-30") => 2'], "n = 2026-06-30"),
        (['@"2026-06-30" => 1', "- => 2"], "n = 2026-06-30"),
        (["true => 1", "- => 2"], "n = true"),
        (['< duration("P2D") => 1', '>= duration("P1D") => 2'], "n = P1D"),
        (["[1..2], [7..9] => 1", "8 => 2"], "n = 8"),
        (["!= 3 => 1", "4 => 2"], "n = 4"),
    ],
)
def test_two_rules_that_match_at_once_are_an_error_with_an_example(rules, example):
    ((severity, reason),) = told(*rules, about="match")[:1]
    assert severity == "error"
    assert f"Rules 1 and 2 both match, for example for {example}." == reason


@pytest.mark.parametrize(
    "rules",
    [
        ["< 10 => 1", ">= 10 => 2"],
        ["[1..5) => 1", "[5..9] => 2"],
        ['"a" => 1', 'not("a") => 2'],
        ['< date("2026-07-01") => 1', '>= date("2026-07-01") => 2'],
        ['<= date("2026-06-30") => 1', '> date("2026-06-30") => 2'],
        ["true => 1", "false => 2"],
        ["< limit => 1", "> 5 => 2"],
        ["modulo(?, 2) = 0 => 1", "4 => 2"],
    ],
)
def test_rules_that_exclude_each_other_or_nobody_can_tell(rules):
    assert told(*rules, about="both match") == []


def test_all_columns_have_to_match():
    assert told("< 10 | true => 1", "> 5 | false => 2", columns=("n", "m"), about="both") == []


def test_questions_that_depend_on_each_other_only_warn():
    ((severity, _),) = told("< 10 | - => 1", "- | true => 2", columns=("n", "n > 20"), about="both")
    assert severity == "warning"


def test_a_question_asked_twice_is_one_question():
    assert told("< 10 | - => 1", "- | >= 10 => 2", columns=("n", "n"), about="both") == []


def test_a_table_where_any_rule_may_win_has_to_agree():
    assert told("< 10 => 1", "> 5 => 1", hit_policy="ANY", about="both") == []
    ((_, reason),) = told("< 10 => 1", "> 5 => 2", hit_policy="ANY", about="both")
    assert "give different results" in reason


def test_the_first_rule_wins_where_that_is_said():
    assert told("< 10 => 1", "> 5 => 2", hit_policy="FIRST") == []


# -- rules that never decide ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (Column("n", type="number"), "[5..3]"),
        (Column("n", type="number"), "]3..3["),
        (Column("zone", type="string", extra=allowed('"A","B"')), '"C"'),
        (Column("n", type="number", extra=allowed("[0..100]")), "> 100"),
        (Column("ja", type="boolean"), "not(true, false)"),
    ],
)
def test_a_cell_that_no_value_passes(column, cell):
    ((severity, reason),) = told(f"{cell} => 1", "- => 2", columns=(column,), about="can never match")
    assert severity == "warning"
    assert reason.startswith("Rule 1 can never match")


@pytest.mark.parametrize(
    ("rules", "columns"),
    [
        (["< 10 => 1", ">= 10 => 2", "5 => 3"], ("n",)),
        (["- => 1", "limit => 2", "3 => 3"], ("n",)),
        (["< 10 | - => 1", "- | true => 2", ">= 5 | false => 4", "[5..9] | false => 3"], ("n", "ja")),
    ],
)
def test_a_rule_behind_others_that_match_first(rules, columns):
    found = told(*rules, columns=columns, hit_policy="FIRST", about="never decides")
    assert found[-1] == ("warning", f"Rule {len(rules)} never decides: rules before it match whenever it does.")


@pytest.mark.parametrize("rules", [["< limit => 1", "3 => 2"], ["< 10 => 1", "- => 2"], ["5 => 1", "[4..6] => 2"]])
def test_a_rule_that_may_still_decide(rules):
    assert told(*rules, hit_policy="FIRST", about="never decides") == []


def test_a_rule_whose_result_ranks_lower_than_those_that_match_with_it():
    answer = Column("b", extra=output_values('"hoch","tief"'))
    rules = ['> 5 => "tief"', '- => "hoch"']
    ((_, reason),) = told(*rules, answers=(answer,), hit_policy="PRIORITY", about="never decides")
    assert reason == "Rule 1 never decides: rules of higher rank match whenever it does."


# -- gaps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "rules", "example"),
    [
        (Column("n"), ["< 5 => 1", "> 5 => 2"], "n = 5"),
        (Column("n"), ["<= 5 => 1", ">= 6 => 2"], "n = 5.5"),
        (Column("n"), ["[0..5] => 1", "> 5 => 2"], "n = -1"),
        (Column("n", type="number", extra=allowed("[0..9]")), ["[0..5] => 1", "[7..9] => 2"], "n = 6"),
        (Column("ja", type="boolean"), ["true => 1"], "ja = false"),
        (Column("zone", type="string", extra=allowed('"A","B","C"')), ['"A" => 1', '"C" => 2'], "zone = B"),
        (
            Column("tag", type="date"),
            ['[@"2024-01-01"..@"2024-12-31"] => 1', '>= @"2025-01-02" => 2'],
            "tag = 2025-01-01",
        ),
        (Column("tag", type="date"), ['[@"2024-01-01"..@"2025-01-01") => 1'], "tag = 2025-01-01"),
        (Column("d"), ['< duration("P1D") => 1', '> duration("P2D") => 2'], "d = P1D"),
        (Column("zeit", type="time"), ['< time("08:00:00") => 1', '> time("08:00:00") => 2'], "zeit = 08:00:00"),
    ],
)
def test_an_input_that_no_rule_answers(column, rules, example):
    assert told(*rules, columns=(column,), about="No rule") == [("warning", f"No rule matches for {example}.")]


@pytest.mark.parametrize(
    ("column", "rules"),
    [
        (Column("n"), ["< 5 => 1", ">= 5 => 2"]),
        (Column("n", type="number", extra=allowed("[0..9]")), ["[0..5) => 1", "[5..9] => 2"]),
        (Column("ja", type="boolean"), ["true => 1", "false => 2"]),
        (Column("zone", type="string", extra=allowed('"A","B"')), ['"A" => 1', '"B" => 2']),
        (Column("name"), ['"Aach" => 1', '"Berg" => 2']),
        (Column("tag", type="date"), ['[@"2024-01-01"..@"2024-12-31"] => 1', '>= @"2025-01-01" => 2']),
        (Column("n"), ["< limit => 1", "> 5 => 2"]),
    ],
)
def test_tables_without_a_gap_or_where_nobody_can_tell(column, rules):
    assert told(*rules, columns=(column,), about="No rule") == []


def test_a_gap_between_columns():
    rules = ["< 10 | true => 1", ">= 10 | false => 2", ">= 10 | true => 3"]
    columns = (Column("n"), Column("ja", type="boolean"))
    assert told(*rules, columns=columns, about="No rule") == [("warning", "No rule matches for n = 9, ja = false.")]


def test_a_default_and_a_list_of_hits_need_no_rule_for_everything():
    default = Column("b", extra="<defaultOutputEntry><text>0</text></defaultOutputEntry>")
    assert told("< 5 => 1", answers=(default,)) == []
    assert told("< 5 => 1", hit_policy="COLLECT") == []


# -- types and names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "answer", "rule", "reason"),
    [
        (Column("n", type="number"), Column("b"), '"5" => 1', 'compares with "5", but the column is a number'),
        (Column("tag", type="date"), Column("b"), '> "2024-01-01" => 1', "but the column is a date"),
        (Column("ja", type="boolean"), Column("b"), '"ja" => 1', "but the column is a boolean"),
        (Column("n"), Column("b", type="number"), '- => "viel"', 'gives "viel", but the column is a number'),
        (Column("n"), Column("b", type="date"), "- => 5", "gives 5, but the column is a date"),
    ],
)
def test_values_of_another_type_than_the_column(column, answer, rule, reason):
    ((severity, found),) = told(rule, columns=(column,), answers=(answer,), about="but the column")
    assert severity == "error"
    assert reason in found


def test_allowed_values_of_another_type():
    column = Column("n", type="number", extra=allowed('"1","2"'))
    ((severity, reason),) = told("- => 1", columns=(column,), about="but the column")
    assert (severity, reason) == ("error", 'The allowed values of n compares with "1", but the column is a number.')


def test_a_text_without_quotes():
    ((severity, reason),) = told("A => 1", columns=("zone",), about="reads")
    assert (severity, reason) == ("warning", "Rule 1, zone, reads A, which nothing of this decision brings.")
    assert told("> m | - => n", columns=("n", "m"), about="reads") == []


def test_names_that_arrows_bring_are_known():
    model = (
        Model()
        .literal("grenze", "18")
        .table(
            "zutritt", [Column("alter")], [Column("b")], [">= grenze => true", "< grenze => false"], requires=["grenze"]
        )
    )
    assert analyse(load_decisions(model.xml()).values()) == []


def test_functions_that_nobody_defines():
    ((severity, reason),) = told("- => shout(n)", about="calls")
    assert (severity, reason) == ("error", "Rule 1 calls shout, which is no function.")
    (found,) = analyse(load_decisions(Model().literal("laut", 'shout("a")').xml()).values())
    assert found.reason == "The decision laut calls shout, which is no function."


# -- within bounds -------------------------------------------------------------------------------------------------


def test_an_overlap_refuses_and_a_gap_warns():
    model = Model().table("gebuehr", [Column("n")], [Column("b")], ["< 10 => 1", "[5..8] => 2"])
    found = check_bundle(Bundle("fees", {"fees.dmn": model.xml()}), form_check=lambda content: [])
    assert [(one.resource, one.element_id, one.severity) for one in found] == [
        ("fees.dmn", "regel_2", "error"),
        ("fees.dmn", "gebuehr_tabelle", "warning"),
    ]


@pytest.mark.parametrize("hit_policy", ["UNIQUE", "FIRST"])
def test_a_thousand_rules_take_bounded_work(hit_policy):
    rules = [f'[{n}..{n + 1}) | "{n % 7}" | - => {n}' for n in range(1000)]
    found = told(*rules, columns=("n", "zone", "m"), hit_policy=hit_policy)
    assert all("No rule matches" in reason for _, reason in found)


def test_many_columns_do_not_explode():
    columns = tuple(f"c{n}" for n in range(14))
    rules = [" | ".join("true" if place == n else "-" for place in range(14)) + f" => {n}" for n in range(14)]
    rules += [" | ".join("false" for _ in range(14)) + " => 99"]
    assert told(*rules, columns=columns, hit_policy="FIRST") == []
