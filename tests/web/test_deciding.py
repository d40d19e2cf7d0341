# SPDX-License-Identifier: EUPL-1.2
"""`amt feel`, `amt decide` and `amt tck` answer in JSON, without a database or settings."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.dmn.building import Column, Model
from web.cli import main

FEES = Path(__file__).parents[2] / "processes" / "anwohnerparkausweis" / "gebuehr.dmn"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch):
    # A command that read its settings would end with this one.
    monkeypatch.setenv("AMT_PORT", "none")


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def answer(*arguments: object):
    return json.loads(run(*arguments).stdout, parse_float=Decimal, parse_int=Decimal)


# -- feel ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "context", "value"),
    [
        ("1 + 2", "{}", 3),
        ("-5 + 3", "{}", -2),
        ("0.1 + 0.2", "{}", Decimal("0.3")),
        ("a * 10", '{"a": 1234567890123456789.012345}', Decimal("12345678901234567890.12345")),
        ("1 / 3", "{}", Decimal("0." + "3" * 34)),
        ("10 ** 50", "{}", Decimal("1E+50")),
        ("monatslohn / 2", '{"monatslohn": 3000}', 1500),
        ("Monthly Salary / 2", '{"Monthly Salary": 3000}', 1500),
        ('tag + duration("P1M")', '{"tag": "@\\"2026-01-31\\""}', "2026-02-28"),
        ('tag + duration("P1M")', '{tag: @"2026-01-31"}', "2026-02-28"),
        ("[d.x, p]", '{"d": {"x": [1, null, true]}, "p": "ü"}', [[1, None, True], "ü"]),
        ('{a: date("2026-01-31"), b: duration("PT90M")}', "{}", {"a": "2026-01-31", "b": "PT1H30M"}),
        ('@"2026-06-01T10:00:00@Europe/Berlin"', "{}", "2026-06-01T10:00:00+02:00"),
        ('time("08:30:00")', "{}", "08:30:00"),
    ],
)
def test_an_expression_gives_its_value(expression: str, context: str, value: object):
    assert answer("feel", expression, "--context", context) == {"value": value, "warnings": []}


def test_what_became_null_is_explained():
    told = answer("feel", '1 + "a"')
    assert told["value"] is None
    assert told["warnings"]


def test_what_is_no_feel_is_told_with_line_and_column():
    assert "line 1, column 4" in run("feel", "1 +", code=1).output
    assert "line 2, column" in run("feel", "1 +\n )", code=1).output


@pytest.mark.parametrize("context", ["[1]", "{", '{"a": NaN}', '{"a": "@\\"2026-99-99\\""}', "5"])
def test_a_context_that_cannot_be_used_is_told(context: str):
    assert "--context" in run("feel", "a", "--context", context, code=1).output


def test_an_expression_beyond_the_limits_ends_with_one_message():
    result = run("feel", "count(for i in 1..1000000000 return i)", code=1)
    assert result.output.startswith("Error: ")


# -- decide --------------------------------------------------------------------------------------------------------

ASKED = '{"antragsdatum": "2026-05-01", "parken": {"laufzeit_monate": "24", "zone": "A"}}'


def test_a_decision_gives_its_result():
    told = answer("decide", FEES, "--decision", "gebuehr", "--input", ASKED)
    assert told["decision"] == "gebuehr"
    assert told["value"]["betrag"] == 60
    assert told["outputs"][0]["gueltig_ab"] == "2026-01-01"
    assert set(told) == {"decision", "value", "outputs", "warnings"}


def test_an_old_notice_is_computed_again_with_its_date():
    told = answer("decide", FEES, "--decision", "gebuehr", "--input", ASKED, "--date", "2025-05-01", "--explain")
    assert told["value"]["betrag"] == 50
    assert "Regel 2" in told["explanation"][0]
    assert told["trace"]["rules"][1]["verdict"] == "matched"
    assert ["Gebühr", "50,00 €"] in told["trace"]["shown"][0]
    assert ["gültig bis", "31.12.2025"] in told["trace"]["shown"][0]


def test_a_decision_is_found_by_its_name_or_because_it_is_the_only_one(tmp_path: Path):
    assert answer("decide", FEES, "--decision", "Gebühr für den Bewohnerparkausweis", "--input", ASKED)
    assert answer("decide", FEES, "--input", ASKED)
    model = tmp_path / "zwei.dmn"
    model.write_bytes(Model().literal("eins", "1").literal("zwei", "2").xml())
    assert answer("decide", model, "--decision", "zwei")["value"] == 2
    assert "eins, zwei" in run("decide", model, code=1).output
    assert "eins, zwei" in run("decide", model, "--decision", "drei", code=1).output


def test_mistakes_are_told_in_one_message(tmp_path: Path):
    model = tmp_path / "doppelt.dmn"
    model.write_bytes(Model().table("d", [Column("n")], [Column("b")], ["< 10 => 1", "> 5 => 2"]).xml())
    assert "several rules match" in run("decide", model, "--input", '{"n": 7}', code=1).output
    assert "is not a date" in run("decide", model, "--input", '{"n": 7}', "--date", "gestern", code=1).output
    model.write_bytes(Model().literal("d", "1 +").xml())
    assert "is not FEEL" in run("decide", model, code=1).output
    model.write_text("kein XML")
    assert "not well-formed" in run("decide", model, code=1).output


# -- tck -----------------------------------------------------------------------------------------------------------


def test_the_kit_is_counted_folder_by_folder(tmp_path: Path):
    folder = tmp_path / "0001-doubling"
    folder.mkdir()
    (folder / "0001.dmn").write_bytes(Model().literal("doppelt", "n * 2").xml())
    cases = "".join(
        f'<testCase id="{number}"><inputNode name="n"><value xsi:type="xsd:decimal">4</value></inputNode>'
        f'<resultNode name="doppelt"><expected><value xsi:type="xsd:decimal">{wanted}</value></expected></resultNode>'
        "</testCase>"
        for number, wanted in (("1", "8"), ("2", "9"))
    )
    (folder / "0001-test-01.xml").write_text(
        '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<modelName>0001.dmn</modelName>{cases}</testCases>"
    )
    failures = tmp_path / "failures.txt"
    lines = run("tck", tmp_path, "--failures", failures).output.splitlines()
    assert "0001-doubling" in lines[0]
    total = 2
    passed = int(lines[-1].split()[0])
    assert lines[-1] == f"{passed} passed, {total - passed} failed"
    assert "0001-doubling" in failures.read_text()


def test_a_folder_without_test_cases_is_told(tmp_path: Path):
    assert "no test cases" in run("tck", tmp_path, code=1).output
