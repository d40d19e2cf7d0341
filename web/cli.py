# SPDX-License-Identifier: EUPL-1.2
"""The command line `amt`: set the town up, check and deploy its processes, serve it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from web.commands.backup import backup, restore
from web.commands.camunda7 import export_camunda7, import_camunda7
from web.commands.case import case
from web.commands.invoice import invoice
from web.commands.migrating import migrate_cases
from web.commands.model import model
from web.commands.retention import retention
from web.commands.statement import statement
from web.commands.templates import templates
from web.commands.tenant import tenant
from web.commands.testbank import testbank
from web.commands.verify import verify
from web.commands.working import beat, worker
from web.commands.xdf import import_xdf
from web.deciding import decide, feel, tck
from web.incidents import incident
from web.opening import opened_town, read_served, read_settings, warn_of_unknown_settings
from web.people import user
from web.settings import SettingRefused, Settings
from web.tokens import token

_PATHS = click.Path(exists=True, file_okay=False, path_type=Path)


class Teaching(click.Group):
    """Knows that a person may have made a mistake: shows the sentence, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what went wrong into one message and exit code 1."""
        from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

        from engine.errors import AmtsflussError

        try:
            return super().invoke(ctx)
        except (SettingRefused, AmtsflussError) as mistake:
            raise click.ClickException(getattr(mistake, "message", str(mistake))) from mistake
        except DatabaseError as broken:
            if isinstance(broken, DataError | IntegrityError):
                raise  # Not the database's fault but ours; and the driver's words may name people.
            cause = str(broken.orig).strip().splitlines()[0]
            raise click.ClickException(
                f"The database cannot be used: {cause}. Check AMT_DATABASE_URL, then run: amt migrate"
            ) from broken


@click.group(cls=Teaching, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="amtsfluss", message="Amtsfluss %(version)s")
@click.option("--tenant", envvar="AMT_TENANT", metavar="NAME", help="Which town is meant, where there are several.")
def main(tenant: str | None) -> None:
    """Amtsfluss runs the administrative processes of a town.

    \b
    A first try, with invented people and cases:
      amt migrate        create or update the tables
      amt deploy         publish the processes that come with it
      amt demo           load the demo town
      amt run            serve it, then open http://127.0.0.1:8000

    \b
    The same in one command:
      amt run --prepare

    \b
    Settings are environment variables, for example:
      AMT_DATA_DIR=/srv/amt AMT_DATABASE_URL=postgresql+psycopg://amt@db/amt amt run
    All of them are described in docs/betrieb.md.
    """


@main.command()
@click.option("--host", help="Address to listen on. Default: AMT_HOST or 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on. Default: AMT_PORT or 8000.")
@click.option("--prepare", is_flag=True, help="First migrate, deploy all processes and load the demo town.")
def run(host: str | None, port: int | None, prepare: bool) -> None:
    """Serve the town: pages and the worker for jobs and timers, in one process.

    \b
    Examples:
      amt run                             only this machine reaches it
      amt run --host 0.0.0.0 --port 80    the whole network reaches it
      amt run --prepare                   set everything up first; safe to repeat
    Stop it with Ctrl+C: requests and jobs that have begun are finished first.
    """
    from web.serving import serve

    warn_of_unknown_settings()
    # What is given here goes into the addresses of the towns.
    settings = _listening_on(read_settings() if prepare else read_served(), host, port)
    if prepare:
        _migrate(settings)
        with opened_town(settings) as town:
            _deploy(town, ())
            _load_demo(town)
    serve(settings)


@main.command()
def migrate() -> None:
    """Create the tables, or bring them to the present version. Safe to repeat."""
    _migrate(read_settings())
    click.echo("The database is up to date.")


@main.command()
@click.argument("paths", nargs=-1, type=_PATHS)
def deploy(paths: tuple[Path, ...]) -> None:
    """Publish processes with their forms and decisions; running cases keep the version they began with.

    PATH is a folder with .bpmn, .dmn and .form files; without one, all processes that come with Amtsfluss.

    \b
    Examples:
      amt deploy
      amt deploy processes/anwohnerparkausweis
    """
    with opened_town() as town:
        _deploy(town, paths)


@main.command()
@click.argument("paths", nargs=-1, type=_PATHS)
def check(paths: tuple[Path, ...]) -> None:
    """Say what keeps processes, forms and decisions from running. Needs no database.

    \b
    Each finding names the file, the element and the cure. Exit code 1 when there is one.
    Example:
      amt check processes/anwohnerparkausweis
    """
    from engine.definitions import Bundle, check_bundle
    from forms import check_form

    found = 0
    for folder in _slices(paths):
        for finding in check_bundle(Bundle.from_folder(folder), form_check=check_form):
            found += finding.severity == "error"
            click.secho(f"{folder.name}/{finding}", fg="red" if finding.severity == "error" else "yellow")
    if found:
        raise click.ClickException(
            f"{found} {'finding' if found == 1 else 'findings'}. Nothing of this can be deployed."
        )
    click.secho("Everything can be deployed.", fg="green")


@main.command()
def demo() -> None:
    """Load the invented demo town: logins and example cases. Safe to repeat."""
    with opened_town() as town:
        _load_demo(town)
        for login in _logins(town):
            click.echo(login)


main.add_command(decide)
main.add_command(feel)
main.add_command(tck)
main.add_command(user)
main.add_command(incident)
main.add_command(case)
main.add_command(model)
main.add_command(migrate_cases)
main.add_command(retention)
main.add_command(testbank)
main.add_command(statement)
main.add_command(invoice)
main.add_command(verify)
main.add_command(token)
main.add_command(templates)
main.add_command(import_xdf)
main.add_command(tenant)
main.add_command(worker)
main.add_command(backup)
main.add_command(restore)
main.add_command(beat)
main.add_command(export_camunda7)
main.add_command(import_camunda7)


def _listening_on(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The command line wins over the environment; the default address of the pages follows."""
    changed = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    if settings.base_url == settings.own_url:
        changed = replace(changed, base_url=changed.own_url)
    return changed


def _migrate(settings: Settings) -> None:
    from web.preparation import migrate_database

    migrate_database(settings)


def _slices(paths: Sequence[Path]) -> list[Path]:
    from processes import load
    from web.preparation import slice_folders

    load()
    return slice_folders(paths)


def _deploy(town: Any, paths: Sequence[Path]) -> None:
    from web.preparation import deploy_slices

    for line in deploy_slices(town, paths):
        click.echo(line)


def _load_demo(town: Any) -> None:
    from web.demo import load_demo

    if load_demo(town):
        click.echo("The invented demo town is loaded.")


def _logins(town: Any) -> list[str]:
    from web.demo import demo_logins

    return demo_logins(town)
