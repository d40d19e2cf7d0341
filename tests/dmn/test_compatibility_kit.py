# SPDX-License-Identifier: EUPL-1.2
"""The runner of the compatibility kit, with a kit of our own."""

import pytest

from engine.dmn.tck import run_tck
from tests.dmn.building import boxed_context, input_data, literal, needs

XSD = 'xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@pytest.fixture
def kit(tmp_path):
    """Runs one test case against a model; what is wanted of `node`, and what `inputs` are given."""

    def run(model, wanted, *, node="d", inputs="", case="", attributes=""):
        folder = tmp_path / "stufe-1" / "0001-eigen"
        folder.mkdir(parents=True)
        (folder / "0001-eigen.dmn").write_bytes(model.xml())
        test = (
            f'<testCases {XSD}><modelName>0001-eigen.dmn</modelName><testCase id="1" {case}>{inputs}'
            f'<resultNode name="{node}" {attributes}><expected>{wanted}</expected></resultNode></testCase></testCases>'
        )
        (folder / "0001-eigen-test-01.xml").write_text(test, encoding="utf-8")
        return run_tck(tmp_path)

    return run


def value(text, kind):
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("1/3", value("0.333333333", "decimal")),
        ('"a"', value("a", "string")),
        ("1 = 1", value("true", "boolean")),
        ('date("2026-01-02")', value("2026-01-02", "date")),
        ('duration("PT60M")', value("PT1H", "duration")),
        ("null", '<value xsi:nil="true"/>'),
        ("[1, 2]", f"<list><item>{value('1', 'decimal')}</item><item>{value('2', 'decimal')}</item></list>"),
        ("[]", "<list/>"),
        ("{a: 1}", f'<component name="a">{value("1", "decimal")}</component>'),
    ],
)
def test_results_that_are_as_expected(kit, model, expression, wanted):
    assert kit(model.literal("d", expression), wanted).passed == 1


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("1", value("1.00001", "decimal")),
        ('"1"', value("1", "decimal")),
        ("[1]", value("1", "decimal")),
        ("{a: 1, b: 2}", f'<component name="a">{value("1", "decimal")}</component>'),
        ("null", value("", "string")),
    ],
)
def test_results_that_are_not(kit, model, expression, wanted):
    assert kit(model.literal("d", expression), wanted).failed == 1


def test_a_failure_says_what_was_wanted_given_and_why(kit, model):
    [failure] = kit(model.literal("d", "1 / 0"), value("1", "decimal")).failures
    assert (failure.folder, failure.node, failure.expected, failure.actual) == ("stufe-1/0001-eigen", "d", "1", "null")
    assert "cannot be divided by 0" in str(failure)


def test_where_an_error_is_expected_null_is_right(kit, model):
    assert kit(model.literal("d", "1 / 0"), value("1", "decimal"), attributes='errorResult="true"').passed == 1


def test_a_decision_that_is_no_feel_is_null(kit, model):
    assert kit(model.literal("d", "1 +"), '<value xsi:nil="true"/>').passed == 1


def test_inputs_are_handed_over(kit, model):
    model.others = input_data("x")
    model.decision("d", needs("x", kind="input") + literal("x.a"))
    given = f'<inputNode name="x"><component name="a">{value("5", "decimal")}</component></inputNode>'
    assert kit(model, value("5", "decimal"), inputs=given).passed == 1


def test_a_service_is_asked_by_its_name(kit, model):
    model.others = '<decisionService id="s" name="dienst"><outputDecision href="#d"/></decisionService>'
    model.decision("d", boxed_context(("a", literal("1"))))
    wanted = f'<component name="a">{value("1", "decimal")}</component>'
    assert kit(model, wanted, case='invocableName="dienst" type="decisionService"').passed == 1


def test_folders_are_counted_apart(kit, model):
    report = kit(model.literal("d", "1"), value("1", "decimal"))
    assert [(folder.name, folder.passed, folder.total) for folder in report.folders] == [("stufe-1/0001-eigen", 1, 1)]
