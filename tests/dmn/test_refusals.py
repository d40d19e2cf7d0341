# SPDX-License-Identifier: EUPL-1.2
"""What cannot be run is refused when the model is read, with the element and a cure."""

import pytest

from engine.dmn import DmnRefused, load_decisions
from tests.dmn.building import Column

NAMESPACES = [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
]


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_the_versions_of_dmn_are_read(model, namespace):
    model.namespace = namespace
    assert list(load_decisions(model.literal("gebuehr", "1").xml())) == ["gebuehr"]


def findings(xml):
    with pytest.raises(DmnRefused) as refused:
        load_decisions(xml)
    return [(found.element_id, found.reason) for found in refused.value.findings]


def test_a_hit_policy_that_does_not_exist(model):
    model.table("gebuehr", [Column("n")], [Column("b")], ["- => 1"], hit_policy="LAST")
    assert findings(model.xml()) == [("gebuehr_tabelle", "The hit policy LAST is not supported.")]


def test_a_cell_that_is_no_feel(model):
    model.table("gebuehr", [Column("n")], [Column("b")], ["< => 1"])
    [(element, reason)] = findings(model.xml())
    assert (element, "is not FEEL" in reason) == ("regel_1", True)


def test_a_rule_with_too_few_cells(model):
    model.table("gebuehr", [Column("n"), Column("m")], [Column("b")], ["- => 1"])
    assert findings(model.xml())[0][0] == "regel_1"


def test_two_outputs_of_the_same_name(model):
    model.table("gebuehr", [Column("n")], [Column("b"), Column("b")], ["- => 1 | 2"])
    assert findings(model.xml()) == [("antwort_b", "Two output columns have the same name.")]


def test_an_input_that_asks_nothing(model):
    model.table("gebuehr", [Column("")], [Column("b")], ["- => 1"])
    assert findings(model.xml()) == [("frage_1", "The input column asks nothing.")]


def test_a_type_that_nobody_defined(model):
    model.table("gebuehr", [Column("n", type="Farbe")], [Column("b")], ["- => 1"])
    assert findings(model.xml()) == [("frage_1", "The type Farbe is not known.")]


def test_a_type_of_the_model_is_known(model):
    model.others = '<itemDefinition name="Farbe"><typeRef>string</typeRef></itemDefinition>'
    model.table("gebuehr", [Column("n", type="Farbe")], [Column("b")], ['"rot" => 1'])
    assert load_decisions(model.xml())["gebuehr"].evaluate({"n": "rot"}).outputs


def test_decisions_in_a_circle(model):
    model.literal("a", "b", requires=["b"]).literal("b", "a", requires=["a"])
    assert findings(model.xml()) == [("a", "The decision requires itself.")]


def test_two_decisions_with_one_id(model):
    assert findings(model.literal("a", "1").literal("a", "2").xml()) == [("a", "Two decisions have the same id.")]


def test_a_chain_of_decisions_that_is_too_long(model):
    for number in range(60):
        model.literal(f"d{number}", "1", requires=[f"d{number + 1}"] if number < 59 else [])
    assert findings(model.xml()) == [("d50", "More than 50 decisions require each other.")]


def test_a_required_decision_that_is_missing(model):
    model.literal("a", "b", requires=["b"])
    assert findings(model.xml()) == [("a", "The required decision #b does not exist in this file.")]


def test_a_decision_without_logic(model):
    assert findings(model.decision("leer", "").xml()) == [("leer", "The decision has no logic.")]


def test_another_expression_language(model):
    body = '<literalExpression id="x" expressionLanguage="javascript"><text>1</text></literalExpression>'
    assert findings(model.decision("a", body).xml())[0] == ("x", "The expression language javascript is not supported.")


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ('<businessKnowledgeModel id="x" name="x"/>', "The business knowledge model has no logic."),
        ('<decisionService id="x" name="x"/>', "The decision service gives nothing."),
        ('<import id="x" name="x" namespace="fremd"/>', "The model fremd that is imported is not here."),
        ('<import id="x" name="x" importType="pmml"/>', "Imports of pmml are not supported."),
        ('<neuheit id="x"/>', "The element neuheit is not supported."),
        ('<itemDefinition id="x" name="t"><typeRef>t</typeRef></itemDefinition>', "The type refers to itself."),
    ],
)
def test_parts_of_a_model_that_cannot_be_run(model, element, reason):
    model.others = element
    assert findings(model.literal("a", "1").xml()) == [("x", reason)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('function(n) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}', "outside of FEEL"),
        ('a > @"2026-13-01"', "can never have a value"),
    ],
)
def test_an_expression_that_the_standard_makes_null(model, text, reason):
    [(element, found)] = findings(model.literal("a", text).xml())
    assert (element, reason in found) == ("a_ausdruck", True)


def test_everything_wrong_is_named_at_once(model):
    model.table("a", [Column("n")], [Column("b")], ["< => 1", "> => 2"])
    assert len(findings(model.xml())) == 2


BOMB = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"", "not well-formed"),
        (b"<a/>", "not a DMN document"),
        (b"kein XML", "not well-formed"),
        (f'{BOMB}<definitions xmlns="{NAMESPACES[0]}">&b;</definitions>'.encode(), "DTD"),
        (f'<definitions xmlns="{NAMESPACES[0]}"/>'.encode(), "contains no decision"),
        (b" " * (6 * 1024 * 1024), "more than 5 MB"),
    ],
)
def test_files_that_are_no_decision_models(xml, reason):
    assert reason in findings(xml)[0][1]
