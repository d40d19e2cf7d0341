# SPDX-License-Identifier: EUPL-1.2
"""What a function's signature says about when it runs and what it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.errors import OperationRefused, OperationUnknown
from engine.operations import CaseContext, InputRefused, find_operation, has_operation, operation, operations
from engine.services import Services
from tests.engine.probes import Bell


def with_both(session: Session, bell: Bell) -> None:
    """Asks for a session and a neighbour."""


def with_services_and_neighbour(services: Services, bell: Bell) -> None:
    """Asks for commands and a neighbour."""


def without_annotation(session: Session, text) -> None:
    """Does not say what it takes."""


def with_a_type_that_no_model_gives(session: Session, text: bytes) -> None:
    """Asks for bytes."""


def with_a_choice_of_types(session: Session, text: str | int) -> None:
    """Asks for one of two types."""


@pytest.mark.parametrize(
    "function",
    [
        with_both,
        with_services_and_neighbour,
        without_annotation,
        with_a_type_that_no_model_gives,
        with_a_choice_of_types,
    ],
)
def test_what_cannot_be_run_is_refused_when_it_is_declared(function: Callable[..., Any]):
    with pytest.raises(OperationRefused):
        operation("probe.refused")(function)
    assert not has_operation("probe.refused")


def test_a_name_is_given_once():
    def other(session: Session) -> None:
        """Another function of the same name."""

    with pytest.raises(OperationRefused):
        operation("probe.add")(other)


def test_an_unknown_name_is_told():
    with pytest.raises(OperationUnknown):
        find_operation("probe.gone")


@pytest.mark.parametrize(
    ("name", "is_job"), [("probe.add", False), ("probe.number", False), ("probe.ring", True), ("probe.write", True)]
)
def test_a_neighbour_makes_a_job_and_a_session_does_not(name: str, is_job: bool):
    assert find_operation(name).is_job is is_job


def test_operations_are_listed_by_name():
    names = [found.name for found in operations()]
    assert names == sorted(names)
    assert "probe.ring" in names


@operation("probe.all_types")
def all_types(
    session: Session,
    clock: Clock,
    context: CaseContext,
    text: str,
    whole: int,
    money: Decimal,
    day: date,
    moment: datetime,
    yes: bool,
    parts: list[Any],
    about: dict[str, Any],
    maybe: str | None,
    default: int = 7,
) -> dict[str, Any]:
    """Takes one of each."""
    return dict(list(locals().items())[3:])


GIVEN: dict[str, Any] = {
    "text": "a",
    "whole": Decimal("3.0"),
    "money": Decimal("30.70"),
    "day": date(2026, 2, 28),
    "moment": datetime(2026, 2, 28, 12, tzinfo=UTC),
    "yes": True,
    "parts": [1],
    "about": {"a": 1},
    "maybe": None,
}


def called(**changed: Any) -> dict[str, Any]:
    """The probe called with these inputs."""
    result: dict[str, Any] = find_operation("probe.all_types").call({**GIVEN, **changed}, lambda kind: None)
    return result


def test_inputs_are_converted_to_their_annotated_types():
    taken = called()
    assert (taken["whole"], type(taken["whole"])) == (3, int)
    assert (taken["money"], taken["default"], taken["maybe"]) == (Decimal("30.70"), 7, None)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"text": Decimal(5)}, "5"),
        ({"whole": "12"}, 12),
        ({"money": 3}, Decimal(3)),
        ({"money": "3.50"}, Decimal("3.50")),
        ({"day": "2026-02-28"}, date(2026, 2, 28)),
        ({"day": datetime(2026, 2, 28, 12)}, date(2026, 2, 28)),
        ({"moment": "2026-02-28T12:00:00+00:00"}, datetime(2026, 2, 28, 12, tzinfo=UTC)),
    ],
)
def test_what_forms_and_models_write_is_understood(changed: dict[str, Any], expected: Any):
    (name,) = changed
    assert called(**changed)[name] == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"text": None},
        {"text": True},
        {"text": ["a"]},
        {"whole": Decimal("3.5")},
        {"whole": True},
        {"whole": "three"},
        {"money": "much"},
        {"money": True},
        {"day": "28.02.2026"},
        {"moment": date(2026, 2, 28)},
        {"yes": "true"},
        {"parts": {"a": 1}},
        {"about": [1]},
    ],
)
def test_what_does_not_fit_is_refused_with_the_name_of_the_input(changed: dict[str, Any]):
    (name,) = changed
    with pytest.raises(InputRefused, match=f"The input {name} "):
        called(**changed)


def test_a_refusal_does_not_repeat_what_was_given():
    with pytest.raises(InputRefused) as refused:
        called(day="Ada Lovelace")
    assert "Ada" not in refused.value.message


def test_a_missing_input_is_refused():
    inputs = {name: value for name, value in GIVEN.items() if name != "text"}
    with pytest.raises(InputRefused, match="needs the input text"):
        find_operation("probe.all_types").call(inputs, lambda kind: None)


@dataclass(frozen=True)
class Fee:
    """What a calculation gives."""

    amount: Decimal
    reasons: list[str]


@operation("probe.fee")
def fee(session: Session) -> Fee:
    """Give a dataclass."""
    return Fee(Decimal("30.70"), ["zone A"])


def test_a_dataclass_comes_back_as_a_context():
    result = find_operation("probe.fee").call({}, lambda kind: None)
    assert result == {"amount": Decimal("30.70"), "reasons": ["zone A"]}


def test_a_neighbour_that_is_not_wired_up_is_told_by_name(services: Services):
    with pytest.raises(LookupError, match="Bell"):
        Services(services.clock).provide(Bell)


def test_neighbours_are_found_by_what_they_are(services: Services, bell: Bell):
    assert services.provide(Bell) is bell
