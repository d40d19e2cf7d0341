# SPDX-License-Identifier: EUPL-1.2
"""Small pieces of conditions that several lists have in common."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, false, true


def like(column: Any, pattern: str) -> ColumnElement[bool]:
    """A text that fits a pattern with `%` and `_`; a backslash before them means the sign itself."""
    if pattern.endswith("\\") and not pattern.endswith("\\\\"):
        pattern += "\\"
    found: ColumnElement[bool] = column.like(pattern, escape="\\")
    return found


def among(column: Any, keys: Collection[Any] | None) -> ColumnElement[bool]:
    """One of these; None stands for any at all."""
    if keys is None:
        return true()
    found: ColumnElement[bool] = column.in_(keys) if keys else false()
    return found


def ordered(orders: Sequence[tuple[str, bool]], columns: dict[str, Any], *last: Any) -> list[Any]:
    """Columns to sort by, from pairs of name and whether descending; `last` keeps the order of equals the same."""
    return [columns[name].desc() if descending else columns[name].asc() for name, descending in orders] + list(last)
