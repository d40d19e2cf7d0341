# SPDX-License-Identifier: EUPL-1.2
"""Typed values: what comes in goes out as it came, through expressions and the stored state."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.feel import YearsMonths, evaluate
from engine.values import pack, unpack
from tests.api.client import ApiClient, json_of
from web.api.problems import Refused
from web.api.values import read_value, typed_value

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | TEXT | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
TYPED = st.one_of(
    st.tuples(st.just("String"), TEXT),
    st.tuples(st.just("Integer"), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just("Short"), st.integers(-(2**15), 2**15 - 1)),
    st.tuples(st.just("Long"), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just("Double"), st.floats(allow_nan=False, allow_infinity=False)),
    st.tuples(st.just("Boolean"), st.booleans()),
    st.tuples(st.just("Null"), st.none()),
    st.tuples(st.just("Bytes"), st.binary(max_size=50).map(lambda content: base64.b64encode(content).decode())),
    st.tuples(
        st.just("Date"),
        st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)).map(
            lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000"
        ),
    ),
)


@pytest.fixture
def request_context(app: Flask) -> Any:
    with app.test_request_context("/engine-rest/version"):
        yield


def through_a_case(value: Any) -> Any:
    """As a variable that an expression hands on."""
    return evaluate("x", {"x": unpack(pack(value))}).value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TYPED)
def test_what_came_in_goes_out(request_context: None, typed: tuple[str, Any]):
    kind, value = typed
    answered = typed_value(through_a_case(read_value("x", {"type": kind, "value": value})))
    assert (answered["type"], answered["value"]) == (kind, value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(JSON)
def test_json_and_objects_go_out_as_they_came(request_context: None, value: Any):
    written = json.dumps(value)
    is_structure = isinstance(value, dict | list)
    as_json = typed_value(through_a_case(read_value("x", {"type": "Json", "value": written})))
    as_object = typed_value(through_a_case(read_value("x", {"type": "Object", "value": written})), deserialize=False)
    if is_structure:
        assert (as_json["type"], as_object["type"]) == ("Json", "Object")
        assert json.loads(as_json["value"]) == json.loads(as_object["value"]) == value
        assert as_object["valueInfo"]["serializationDataFormat"] == "application/json"
        untyped = typed_value(through_a_case(read_value("x", {"value": value})))
        assert (untyped["type"], json.loads(json.dumps(untyped["value"], default=float))) == ("Object", value)


@pytest.mark.parametrize(
    ("given_value", "kind", "value"),
    [
        ({"value": 1}, "Integer", 1),
        ({"value": 2**40}, "Long", 2**40),
        ({"value": 2**70}, "Double", float(2**70)),
        ({"value": 1.5}, "Double", 1.5),
        ({"value": Decimal("2.0")}, "Double", 2.0),
        ({"value": True}, "Boolean", True),
        ({"value": "text"}, "String", "text"),
        ({"value": None}, "Null", None),
        ({}, "Null", None),
        (None, "Null", None),
        ({"value": 5, "type": "short"}, "Short", 5),
        ({"value": 5, "type": "long"}, "Long", 5),
        ({"value": 5, "type": "double"}, "Double", 5.0),
        ({"value": None, "type": "Integer"}, "Null", None),
        ({"value": "<a b='c'/>", "type": "xml"}, "Xml", "<a b='c'/>"),
        ({"value": '"x"', "type": "Json"}, "String", "x"),
        ({"value": "2026-01-02T03:04:05.000+0100", "type": "date"}, "Date", "2026-01-02T02:04:05.000+0000"),
        ({"value": "2026-01-02T03:04:05", "type": "Date"}, "Date", "2026-01-02T02:04:05.000+0000"),
        ({"value": "2026-07-02", "type": "Date"}, "Date", "2026-07-01T22:00:00.000+0000"),
    ],
)
def test_types_are_read_and_inferred(request_context: None, given_value: Any, kind: str, value: Any):
    answered = typed_value(through_a_case(read_value("x", given_value)))
    assert (answered["type"], answered["value"]) == (kind, value)
    assert type(answered["value"]) is type(value)


@pytest.mark.parametrize(
    ("expression", "result"),
    [("x + 1", Decimal(6)), ("x = 5", True), ("x > 4", True), ("x in [4..6]", True), ("x in (5)", True), ("-x", -5)],
)
@pytest.mark.parametrize("kind", ["Short", "Long"])
def test_expressions_take_any_whole_number_as_a_number(request_context: None, kind: str, expression: str, result: Any):
    value = evaluate(expression, {"x": unpack(pack(read_value("x", {"type": kind, "value": 5})))}).value
    assert value == result
    assert typed_value(value)["type"] in ("Integer", "Boolean")


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "5", "type": "Integer"},
        {"value": 5.5, "type": "Integer"},
        {"value": True, "type": "Long"},
        {"value": 2**31, "type": "Integer"},
        {"value": -(2**15) - 1, "type": "Short"},
        {"value": 2**63, "type": "Long"},
        {"value": "x", "type": "Double"},
        {"value": Decimal("1e400"), "type": "Double"},
        {"value": "true", "type": "Boolean"},
        {"value": 5, "type": "String"},
        {"value": "gestern", "type": "Date"},
        {"value": "2026-13-01", "type": "Date"},
        {"value": 5, "type": "Date"},
        {"value": "{", "type": "Json"},
        {"value": "[" * 200 + "]" * 200, "type": "Json"},
        {
            "value": "rO0AB",
            "type": "Object",
            "valueInfo": {"serializationDataFormat": "application/x-java-serialized-object"},
        },
        {"value": "<a>", "type": "Xml"},
        {"value": '<!DOCTYPE l [<!ENTITY a "ha">]><l>&a;</l>', "type": "Xml"},
        {"value": "#", "type": "Bytes"},
        {"value": base64.b64encode(b"x" * 300_000).decode(), "type": "Bytes"},
        {"value": "eA==", "type": "File"},
        {"value": "eA==", "type": "File", "valueInfo": {"filename": "a\nb"}},
        {"value": "eA==", "type": "File", "valueInfo": {"filename": "a", "mimeType": "text/html\r\nX: y"}},
        {"value": "eA==", "type": "File", "valueInfo": "a"},
        {"value": 1, "type": "Number"},
        {"value": 1, "type": 5},
        {"value": 1, "type": {"a": 1}},
        5,
        "x",
        [1],
    ],
)
def test_what_a_value_cannot_be_is_refused(request_context: None, wrong: Any):
    with pytest.raises(Refused) as refused:
        read_value("x", wrong)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (date(2026, 1, 2), "Date", "2026-01-01T23:00:00.000+0000"),
        (datetime(2026, 7, 1, 12), "Date", "2026-07-01T10:00:00.000+0000"),
        (datetime(1, 1, 1, tzinfo=UTC), "Date", "0001-01-01T00:00:00.000+0000"),
        (time(12, 30), "String", "12:30:00"),
        (timedelta(days=1, hours=2), "String", "P1DT2H"),
        (YearsMonths(14), "String", "P1Y2M"),
        ([Decimal("1.50"), date(2026, 1, 2)], "Object", [Decimal("1.50"), "2026-01-02"]),
        ({"a": [None, timedelta(days=1)]}, "Object", {"a": [None, "P1D"]}),
    ],
)
def test_what_only_expressions_know_goes_out_as_text_or_date(
    request_context: None, value: Any, kind: str, written: Any
):
    answered = typed_value(value)
    assert (answered["type"], answered["value"]) == (kind, written)


def test_a_file_keeps_name_type_and_encoding(request_context: None):
    info = {"filename": "C:\\x\\notiz.txt", "mimetype": "text/plain", "encoding": "UTF-8"}
    new = read_value("x", {"type": "file", "value": base64.b64encode(b"hallo").decode(), "valueInfo": info})
    assert (new.name, new.media_type, new.content) == ("notiz.txt", "text/plain; charset=UTF-8", b"hallo")
    reference = {"document_id": "1", "name": new.name, "media_type": new.media_type, "size": 5}
    assert typed_value(reference) == {
        "type": "File",
        "value": None,
        "valueInfo": {"filename": "notiz.txt", "mimeType": "text/plain", "encoding": "UTF-8"},
    }


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"5",
        b'{"variables": []}',
        b'{"variables": {"x": {"value": NaN}}}',
        b'{"variables": {"x": {"value": 1e99999}}}',
        b'{"variables": {"x": {"value": "\\u0000"}}}',
        b'{"variables": {"x": {"value": "\\ud800"}}}',
        b'{"variables": {"\\u0000": {"value": 1}}}',
        b'{"variables": {"": {"value": 1}}}',
        b'{"variables": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"x": ' + b"[" * 120 + b"]" * 120 + b"}",
        b'{"x": ' + b"9" * 5000 + b"}",
        b"\xff",
    ],
)
def test_json_that_cannot_be_worked_with_is_refused(rest: ApiClient, publish: Any, body: bytes):
    publish("antrag")
    response = rest.post(
        "/engine-rest/process-definition/key/antrag/start", data=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 400
    assert json_of(response)["type"] == "InvalidRequestException"
    assert rest.ask("/process-instance/count") == {"count": 0}
