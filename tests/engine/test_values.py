# SPDX-License-Identifier: EUPL-1.2
"""Case variables come back from the database as they went in, whatever people type."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.values import YearsMonths
from engine.values import from_json, pack, to_json, unpack

#: Keys that have a meaning somewhere: to our own encoding, to libraries, to Python, to JavaScript.
HOSTILE_KEYS = [
    "$",
    "v",
    "typename",
    "__class__",
    "__builtins__",
    "datetime",
    "constructor",
    "__proto__",
    "",
    "a.b",
    "ä ö",
]

plain = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.decimals(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.just(UTC))
    | st.datetimes()
    | st.timedeltas()
    | st.integers(-(10**6), 10**6).map(YearsMonths)
)
keys = st.sampled_from(HOSTILE_KEYS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
variables = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=20
)


@given(variables)
def test_what_is_packed_is_unpacked_the_same(value: Any):
    assert unpack(pack(value)) == value


@given(variables)
def test_types_survive_too(value: Any):
    assert shape(unpack(pack(value))) == shape(value)


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_hostile_keys_survive(key: str):
    value = {key: "number", "v": {key: {"$": "moment", "v": "x"}}}
    assert unpack(pack(value)) == value


@pytest.mark.parametrize(
    "posed", [{"$": "number", "v": "1"}, {"$": "dict", "v": {}}, {"$": "unknown", "v": 1}, {"$": 1}]
)
def test_nobody_can_pose_as_a_type(posed: dict[str, Any]):
    assert from_json(to_json(posed)) == posed


def test_decimals_keep_their_places():
    assert str(unpack(pack(Decimal("30.70")))) == "30.70"


def test_floats_become_the_decimal_that_people_see():
    assert unpack(pack(0.1)) == Decimal("0.1")


@pytest.mark.parametrize("value", [{1: "a"}, {"a": {None: 1}}, object(), b"bytes", {"a": {1, 2}}])
def test_what_a_variable_cannot_be_is_refused(value: Any):
    with pytest.raises(TypeError):
        pack(value)


def test_moments_days_and_durations_are_told_apart():
    value = [datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1), time(1, 2), timedelta(days=1), YearsMonths(1)]
    assert [type(member) for member in unpack(pack(value))] == [datetime, date, time, timedelta, YearsMonths]


def shape(value: Any) -> Any:
    """The types in a value, with numbers told apart from texts and dates from moments."""
    if isinstance(value, dict):
        return {key: shape(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shape(member) for member in value]
    return type(value)
