# SPDX-License-Identifier: EUPL-1.2
"""Small pieces of conditions that several lists have in common."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Integer, false, literal, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def like(column: Any, pattern: str) -> ColumnElement[bool]:
    """A text that fits a pattern with `%` and `_`; a backslash before them means the sign itself."""
    if pattern.endswith("\\") and not pattern.endswith("\\\\"):
        pattern += "\\"
    found: ColumnElement[bool] = column.like(pattern, escape="\\")
    return found


#: So many texts travel as one parameter: to write each down costs more than to look for them.
_MANY = 50
#: Stands in no key.
_BETWEEN = "\x1f"


class listed(FunctionElement[bool]):
    """Whether a column is one of the texts in a parameter that holds them all."""

    type = Boolean()
    inherit_cache = True
    name = "listed"


@compiles(listed)
def _listed(element: listed, compiler: Any, **options: Any) -> str:
    column, texts, _ = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} = ANY (string_to_array({texts}, chr(31))))"


@compiles(listed, "sqlite")
def _listed_sqlite(element: listed, compiler: Any, **options: Any) -> str:
    column, _, texts = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({texts})))"


class listed_numbers(FunctionElement[bool]):
    """Whether a column is one of the numbers in a parameter that holds them all."""

    type = Boolean()
    inherit_cache = True
    name = "listed_numbers"


@compiles(listed_numbers)
def _listed_numbers(element: listed_numbers, compiler: Any, **options: Any) -> str:
    column, numbers, _ = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} = ANY ({numbers}))"


@compiles(listed_numbers, "sqlite")
def _listed_numbers_sqlite(element: listed_numbers, compiler: Any, **options: Any) -> str:
    # Only what is written here is asked of the driver; lists it would refuse.
    column, numbers = (compiler.process(clause, **options) for clause in list(element.clauses)[::2])
    return f"({column} IN (SELECT value FROM json_each({numbers})))"


def among_numbers(column: Any, numbers: Sequence[int]) -> ColumnElement[bool]:
    """One of these. They travel as they are, so that the database knows how often each of them occurs."""
    return listed_numbers(column, literal(list(numbers), ARRAY(Integer)), literal(json.dumps(list(numbers))))


def among(column: Any, keys: Collection[Any] | None) -> ColumnElement[bool]:
    """One of these; None stands for any at all."""
    if keys is None:
        return true()
    if len(keys) > _MANY and all(isinstance(key, str) and _BETWEEN not in key for key in keys):
        texts = sorted(keys)
        return listed(column, literal(_BETWEEN.join(texts)), literal(json.dumps(texts)))
    found: ColumnElement[bool] = column.in_(keys) if keys else false()
    return found


def ordered(orders: Sequence[tuple[str, bool]], columns: dict[str, Any], *last: Any) -> list[Any]:
    """Columns to sort by, from pairs of name and whether descending; `last` keeps the order of equals the same."""
    return [columns[name].desc() if descending else columns[name].asc() for name, descending in orders] + list(last)
