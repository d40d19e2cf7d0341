# SPDX-License-Identifier: EUPL-1.2
"""Bringing a database to the tables that this version needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


def configuration() -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Apply every migration that is missing."""
    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def missing(engine: Engine) -> tuple[str | None, str] | None:
    """The revision that the tables have and the one that they need; None when they have it, or one of a later release.

    A later one only adds to ours.
    """
    scripts = ScriptDirectory.from_config(configuration())
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    newest = scripts.get_current_head() or ""
    known = {each.revision for each in scripts.walk_revisions()}
    is_enough = found == newest or (found is not None and found not in known)
    return None if is_enough else (found, newest)
