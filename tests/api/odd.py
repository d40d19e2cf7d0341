# SPDX-License-Identifier: EUPL-1.2
"""Odd values for what an address can hold, by the kind that the description of the interface tells."""

from __future__ import annotations

from typing import Any

_TEXTS = ("", "%\\", "ä😀'\"", "true", "x_like_%,y_gt_null")
_MOMENTS = ("", "x", "9999-12-31T23:59:59.999+0000", "2026-11-22T12:00:00")
_BY_TYPE = {
    "string": _TEXTS,
    "array": ("", "%\\", "ä😀'\"", ",a,,b"),
    "integer": ("", "x", "-1", "2147483648", "9" * 30),
    "boolean": ("", "x"),
}


def odd_texts(parameter: dict[str, Any]) -> tuple[str, ...]:
    """What is odd for a parameter."""
    schema = parameter["schema"]
    return _MOMENTS if schema.get("format") == "date-time" else _BY_TYPE[schema["type"]]
