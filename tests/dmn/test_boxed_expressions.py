# SPDX-License-Identifier: EUPL-1.2
"""Boxed expressions: context, list, relation, function, invocation, conditional, filter, iterators."""

from decimal import Decimal

import pytest

from engine.dmn import DmnRefused, load_decisions
from tests.dmn.building import boxed_context, function, invocation, literal

ZONE_A, ZONE_B, YES, NO = '"A"', '"B"', '"ja"', '"nein"'


def result(model, body, **scope):
    return load_decisions(model.decision("d", body).xml())["d"].evaluate(scope).value


def test_a_context_without_result_is_all_its_entries(model):
    body = boxed_context(("netto", literal("100")), ("brutto", literal("netto * 1.19")))
    assert result(model, body) == {"netto": Decimal(100), "brutto": Decimal("119.00")}


def test_a_context_with_result_is_that(model):
    assert result(model, boxed_context(("netto", literal("100")), result=literal("netto + 1"))) == Decimal(101)


def test_an_entry_may_have_a_name_of_several_words(model):
    body = boxed_context(("Summe der Gebühren", literal("2")), result=literal("Summe der Gebühren * 2"))
    assert result(model, body) == Decimal(4)


def test_a_list_holds_what_its_expressions_give(model):
    assert result(model, f"<list>{literal('1')}{literal('n + 1')}</list>", n=1) == [Decimal(1), Decimal(2)]


def test_a_relation_is_a_list_of_contexts(model):
    body = (
        '<relation><column name="zone"/><column name="preis"/>'
        f"<row>{literal(ZONE_A)}{literal('30')}</row><row>{literal(ZONE_B)}{literal('20')}</row></relation>"
    )
    assert result(model, body) == [{"zone": "A", "preis": Decimal(30)}, {"zone": "B", "preis": Decimal(20)}]


def test_a_function_in_an_entry_is_called_by_the_entries_below(model):
    body = boxed_context(("doppelt", function(["x: number"], literal("x * 2"))), result=literal("doppelt(21)"))
    assert result(model, body) == Decimal(42)


def test_a_function_sees_the_entries_above_it(model):
    body = boxed_context(("satz", literal("3")), ("f", function(["x"], literal("x * satz"))), result=literal("f(x: 5)"))
    assert result(model, body) == Decimal(15)


def test_a_function_in_an_entry_may_call_itself(model):
    fakultaet = function(["n"], literal("if n <= 1 then 1 else n * f(n - 1)"))
    assert result(model, boxed_context(("f", fakultaet), result=literal("f(5)"))) == Decimal(120)


def test_a_function_may_be_handed_on(model):
    body = boxed_context(("kleiner", function(["a", "b"], literal("a < b"))), result=literal("sort([3,1,2], kleiner)"))
    assert result(model, body) == [Decimal(1), Decimal(2), Decimal(3)]


def test_an_invocation_calls_by_name(model):
    body = boxed_context(("f", function(["a", "b"], literal("a - b"))), result=invocation("f", b="1", a="10"))
    assert result(model, body) == Decimal(9)


def test_an_invocation_may_call_what_is_built_in(model):
    assert result(model, invocation("string length", string='"abc"')) == Decimal(3)


@pytest.mark.parametrize(("answer", "expected"), [("true", "ja"), ("false", "nein"), ("null", "nein"), ('"x"', None)])
def test_a_conditional(model, answer, expected):
    body = f"<if>{literal(answer)}</if><then>{literal(YES)}</then><else>{literal(NO)}</else>"
    assert result(model, f"<conditional>{body}</conditional>") == expected


def test_a_filter_reads_the_entries_by_name_or_as_item(model):
    body = f"<filter><in>{literal('personen')}</in><match>{literal('alter >= 18 and item.alter < 67')}</match></filter>"
    people = [{"alter": Decimal(n)} for n in (12, 30, 70)]
    assert result(model, body, personen=people) == [{"alter": Decimal(30)}]


def test_a_filter_by_number_takes_one(model):
    assert result(model, f"<filter><in>{literal('[7,8,9]')}</in><match>{literal('2')}</match></filter>") == Decimal(8)


def test_a_for_gives_one_value_for_each(model):
    body = f'<for iteratorVariable="n"><in>{literal("1..3")}</in><return>{literal("n * 2")}</return></for>'
    assert result(model, body.replace("1..3", "[1,2,3]")) == [Decimal(2), Decimal(4), Decimal(6)]


def test_a_for_sees_what_it_has_so_far(model):
    body = f'<for iteratorVariable="n"><in>{literal("[1,2,3]")}</in><return>{literal("count(partial)")}</return></for>'
    assert result(model, body) == [Decimal(0), Decimal(1), Decimal(2)]


@pytest.mark.parametrize(
    ("kind", "test", "expected"),
    [
        ("every", "n > 0", True),
        ("every", "n > 1", False),
        ("some", "n > 2", True),
        ("some", "n > 3", False),
        ("every", '"x"', None),
    ],
)
def test_some_and_every(model, kind, test, expected):
    satisfies = f"<satisfies>{literal(test)}</satisfies>"
    body = f'<{kind} iteratorVariable="n"><in>{literal("[1,2,3]")}</in>{satisfies}</{kind}>'
    assert result(model, body) is expected


def test_a_function_in_another_language_is_refused(model):
    with pytest.raises(DmnRefused, match="Functions in Java are not run"):
        result(model, boxed_context(("f", function([], boxed_context(("class", literal('"x"'))), "Java"))))


def test_a_context_is_explained_with_what_it_read_and_gave(model):
    body = boxed_context(("netto", literal("preis")), result=literal("netto + 1"))
    trace = load_decisions(model.decision("d", body).xml())["d"].evaluate({"preis": 9}).trace
    assert trace.german() == ["d: preis = 9; netto = 9 → 10"]


def test_a_table_inside_a_context_is_explained_on_its_own(model):
    table = (
        '<decisionTable><input id="i" label="Alter"><inputExpression><text>alter</text></inputExpression></input>'
        '<output id="o" name="stufe"/><rule id="r"><inputEntry><text>&gt;= 18</text></inputEntry>'
        "<outputEntry><text>&quot;voll&quot;</text></outputEntry></rule></decisionTable>"
    )
    body = boxed_context(("stufe", table), result=literal("upper case(stufe)"))
    trace = load_decisions(model.decision("d", body).xml())["d"].evaluate({"alter": 20}).trace
    assert trace.german() == ["Alter = 20 → Regel 1: voll", "d: alter = 20; stufe = voll → VOLL"]
