# SPDX-License-Identifier: EUPL-1.2
"""Decisions that change with the law: the version of the reference date counts, also years later."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.dmn import DmnRefused, NoVersionValid, ReferenceDateMissing, load_decisions
from engine.dmn.analysis import analyse
from tests.dmn.building import Column, Model


class StoppedClock:
    """22 November 2026, 9:30 in the town."""

    zone = ZoneInfo("Europe/Berlin")

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 8, 30, tzinfo=UTC)

    def today(self) -> date:
        return date(2026, 11, 22)


CLOCK = StoppedClock()


def properties(**given):
    lines = "".join(f'<property name="{name}" value="{value}"/>' for name, value in given.items())
    camunda = f'<properties xmlns="http://camunda.org/schema/1.0/dmn">{lines}</properties>'
    return f"<extensionElements>{camunda}</extensionElements>"


def version(key, amount, name="Gebühr", **given):
    body = f'{properties(**given)}<variable name="betrag"/><literalExpression><text>{amount}</text></literalExpression>'
    return key, body, (), name


def fees(*versions, **given):
    """The fee of 2024 and 2025, and the one since 2026."""
    model = Model()
    first = {"valid_from": "2024-01-01", "valid_to": "2025-12-31", "version": "2024", "source": "Satzung A", **given}
    second = {"valid_from": "2026-01-01", "version": "2026", "source": "Satzung B", **given}
    for one in versions or (version("alt", "25", **first), version("neu", "30", **second)):
        model.decision(*one)
    return model


def decided(model, scope, key="neu", day=None, clock=CLOCK):
    return load_decisions(model.xml())[key].evaluate(scope, clock, day)


def reasons(model):
    return [(found.severity, found.reason) for found in analyse(load_decisions(model.xml()).values())]


# -- which version -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "amount"),
    [("2024-01-01", 25), ("2025-12-31", 25), ("2026-01-01", 30), ("2040-05-05", 30)],
)
@pytest.mark.parametrize("key", ["alt", "neu"])
def test_the_version_of_the_reference_date_counts_whichever_is_asked(key, day, amount):
    assert decided(fees(), {}, key, date.fromisoformat(day)).outputs == [{"betrag": Decimal(amount)}]


def test_without_a_date_today_counts():
    assert decided(fees(), {}).outputs == [{"betrag": Decimal(30)}]


@pytest.mark.parametrize("given", [date(2025, 3, 1), "2025-03-01", datetime(2025, 3, 1, 12, tzinfo=UTC)])
def test_the_date_may_be_a_variable_of_the_case(given):
    model = fees(reference_date="antragsdatum")
    assert decided(model, {"antragsdatum": given}).outputs == [{"betrag": Decimal(25)}]


def test_the_date_asked_for_wins_over_that_of_the_case():
    model = fees(reference_date="antragsdatum")
    old = decided(model, {"antragsdatum": date(2026, 3, 1)}, day=date(2025, 3, 1))
    assert old.outputs == [{"betrag": Decimal(25)}]


@pytest.mark.parametrize("given", [{}, {"antragsdatum": None}, {"antragsdatum": "bald"}])
def test_a_case_without_the_date_is_not_decided_by_chance(given):
    with pytest.raises(ReferenceDateMissing, match="antragsdatum"):
        decided(fees(reference_date="antragsdatum"), given)


def test_nobody_decides_before_the_first_version():
    with pytest.raises(NoVersionValid, match="2023-12-31"):
        decided(fees(), {}, day=date(2023, 12, 31))


def test_decisions_that_require_a_version_get_the_valid_one_once():
    model = fees().literal("doppelt", "betrag * 2", requires=["alt", "neu"])
    result = decided(model, {}, "doppelt", date(2025, 6, 1))
    assert result.value == 50
    assert [trace.decision_id for trace in result.trace.required] == ["alt"]
    assert decided(model, {}, "doppelt").value == 60


def test_the_rules_of_a_table_are_chosen_by_a_column_and_the_date_asked_for():
    """A table whose first column is the date needs no versions: it only says which variable that is."""
    model = Model()
    rules = ['[@"2024-01-01"..@"2025-12-31"] => 25', '>= @"2026-01-01" => 30']
    model.table("gebuehr", [Column("antragsdatum", type="date")], [Column("betrag")], rules)
    model.decisions[0] = model.decisions[0].replace(
        "<decisionTable", properties(reference_date="antragsdatum") + "<decisionTable"
    )
    assert decided(model, {"antragsdatum": "2026-05-01"}, "gebuehr").value == 30
    assert decided(model, {"antragsdatum": "2026-05-01"}, "gebuehr", date(2025, 5, 1)).value == 25


def test_today_is_the_date_asked_for():
    model = Model().literal("heute", "[string(today()), string(now())]")
    day, moment = decided(model, {}, "heute", date(2025, 6, 1)).value
    assert day == "2025-06-01"
    assert moment.startswith("2025-06-01T09:30:00")


# -- why -----------------------------------------------------------------------------------------------------------


def test_the_trace_names_version_validity_and_source():
    trace = decided(fees(), {}, day=date(2025, 6, 1)).trace
    assert trace.german()[0] == (
        "Gebühr: Fassung 2024, gültig vom 01.01.2024 bis 31.12.2025, Stichtag 01.06.2025 (Quelle: Satzung A)"
    )
    assert trace.as_dict()["validity"] == {
        "version": "2024",
        "source": "Satzung A",
        "valid_from": "2024-01-01",
        "valid_to": "2025-12-31",
        "reference_date": "2025-06-01",
    }
    assert decided(fees(), {}).trace.german()[0] == (
        "Gebühr: Fassung 2026, gültig ab 01.01.2026, Stichtag 22.11.2026 (Quelle: Satzung B)"
    )


def test_a_decision_without_versions_says_nothing_of_them():
    trace = decided(Model().literal("d", "1"), {}, "d").trace
    assert trace.german() == ["d → 1"]
    assert trace.as_dict()["validity"] is None


# -- at deployment -------------------------------------------------------------------------------------------------


def test_versions_that_follow_each_other_are_fine():
    assert reasons(fees()) == []


@pytest.mark.parametrize(
    ("end", "start", "told"),
    [
        ("2025-12-31", "2025-12-31", ("error", "alt and neu are both valid on 2025-12-31.")),
        ("", "2026-01-01", ("error", "alt and neu are both valid on 2026-01-01.")),
        ("2025-12-30", "2026-01-01", ("warning", "No version of Gebühr is valid on 2025-12-31.")),
        ("2025-06-30", "2026-01-01", ("warning", "No version of Gebühr is valid from 2025-07-01 to 2025-12-31.")),
    ],
)
def test_overlaps_and_gaps_of_validity(end, start, told):
    model = fees(version("alt", "25", valid_from="2024-01-01", valid_to=end), version("neu", "30", valid_from=start))
    assert reasons(model) == [told]


def test_a_decision_of_the_same_name_without_validity():
    model = fees(version("alt", "25"), version("neu", "30", valid_from="2026-01-01"))
    assert reasons(model) == [("error", "Gebühr has versions, but this one has no validity.")]


def test_versions_that_take_their_date_from_different_variables():
    model = fees(
        version("alt", "25", valid_to="2025-12-31", reference_date="antragsdatum"),
        version("neu", "30", valid_from="2026-01-01", reference_date="bescheiddatum"),
    )
    ((severity, reason),) = reasons(model)
    assert severity == "error"
    assert "antragsdatum and bescheiddatum" in reason


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"valid_from": "1.1.2024"}, "1.1.2024 at valid_from is not a date."),
        ({"valid_from": "2025-01-01", "valid_to": "2024-01-01"}, "The validity ends before it begins."),
        ({"validFrom": "2025-01-01"}, "The property validFrom is not known."),
        ({"reference_date": "a + b"}, "a + b at reference_date is not a variable."),
    ],
)
def test_properties_that_say_nothing_are_refused(given, reason):
    with pytest.raises(DmnRefused) as refused:
        load_decisions(fees(version("alt", "25", **given)).xml())
    assert [found.reason for found in refused.value.findings] == [reason]
