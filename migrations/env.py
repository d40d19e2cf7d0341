# SPDX-License-Identifier: EUPL-1.2
"""Alembic's entry: the tables of the engine and of every slice, on the database it is told."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine

import engine.models  # noqa: F401  # makes the engine's tables known to the metadata
import processes
from engine.db import Base, UtcDateTime

# Without the slices' models the next migration would drop their tables.
processes.load()

config = context.config


def _plain_types(kind: str, item: Any, autogen_context: Any) -> Any:
    """Migrations must stay readable when our types move: a moment is written as the database sees it."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _is_compared(item: Any, name: str | None, kind: str, reflected: bool, counterpart: Any) -> bool:
    """SQLite does not tell which way the columns of an index run, so those that run downwards would seem to differ."""
    is_downwards = kind == "index" and name is not None and name.endswith("_desc")
    return not (is_downwards and context.get_context().dialect.name == "sqlite")


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=_plain_types,
        include_object=_is_compared,
    )
    with context.begin_transaction():
        context.run_migrations()


given = config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    with create_engine(config.get_main_option("sqlalchemy.url") or "").begin() as opened:
        _migrate(opened)
