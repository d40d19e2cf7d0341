# SPDX-License-Identifier: EUPL-1.2
"""Alembic's entry: the tables of the engine and of every slice, on the database it is told."""

from alembic import context
from sqlalchemy import Connection, create_engine

import engine.models
import processes
from engine.db import Base

# Without the slices' models the next migration would drop their tables.
processes.load()
assert engine.models

config = context.config


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    with create_engine(config.get_main_option("sqlalchemy.url") or "").begin() as opened:
        _migrate(opened)
