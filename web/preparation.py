# SPDX-License-Identifier: EUPL-1.2
"""What is done before a town can be served: tables, and the processes that come with the product."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect
from sqlalchemy.schema import CreateSchema, DropSchema

from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.errors import Finding, ModelRefused
from forms import check_form
from migrations import migrate
from processes import slices
from web.bootstrap import Platform
from web.settings import Settings

_ROOT = Path(__file__).resolve().parent.parent


def migrate_database(settings: Settings) -> None:
    """Bring the tables to the newest version."""
    if settings.schema:
        _migrate_schema(settings)
        return
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "migrations"))
    # Alembic reads the address as a template in which a per cent sign must be doubled.
    config.set_main_option("sqlalchemy.url", settings.database_url.replace("%", "%%"))
    command.upgrade(config, "head")


def _migrate_schema(settings: Settings) -> None:
    db = Database(settings.database_url, settings.schema)
    try:
        with db.engine.begin() as connection:
            connection.execute(CreateSchema(settings.schema, if_not_exists=True))
        migrate(db.engine)
    finally:
        db.close()


def drop_database(settings: Settings) -> None:
    """Delete the tables of one of several towns with all that is in them. Files lie in the folder of the town."""
    if settings.schema:
        db = Database(settings.database_url, settings.schema)
        with db.engine.begin() as connection:
            connection.execute(DropSchema(settings.schema, cascade=True, if_exists=True))
        db.close()


def has_tables(town: Platform) -> bool:
    """Whether the database has been migrated at all."""
    return inspect(town.db.engine).has_table("cases")


def slice_folders(paths: Sequence[Path] = ()) -> list[Path]:
    """The given folders, or all that come with the product and hold a model. A given one must hold one."""
    for path in paths:
        if not any(path.glob("*.bpmn")):
            finding = Finding(path.resolve().name, "", "", "There is no model in it.", "Put a .bpmn file into it.")
            raise ModelRefused([finding])
    if paths:
        return [path.resolve() for path in paths]
    return [found.folder for found in slices() if any(found.folder.glob("*.bpmn"))]


def deploy_slices(town: Platform, paths: Sequence[Path] = ()) -> Iterator[str]:
    """Deploy folder by folder; says of each what happened. Raises ModelRefused with all findings of a folder."""
    for folder in slice_folders(paths):
        with unit_of_work(town.db) as session:
            deployment = deploy(session, town.services, Bundle.from_folder(folder), form_check=check_form)
        yield from (f"{folder.name}/{warning}" for warning in deployment.warnings)
        for info in deployment.definitions:
            news = "is published" if deployment.is_new else "has not changed"
            yield f"{info.name} (version {info.version}) {news}."
