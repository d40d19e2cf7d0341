# SPDX-License-Identifier: EUPL-1.2
"""`amt tenant`: the towns of an installation that serves several."""

import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from web.opening import read_installation

if TYPE_CHECKING:
    from web.settings import Settings
    from web.tenants.registry import Tenant

_NAME = click.argument("name")
_HOSTS = click.option("--host", "hosts", multiple=True, help="A host by which the town is asked for. May be repeated.")
_SET = click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="A setting of this town alone. May be repeated."
)
#: What every town has of its own: else it writes in another's name, or is paid to another's account.
_OWN = ("TOWN_NAME", "TOWN_AUTHORITY", "TOWN_CREDITOR", "TOWN_IBAN", "TOWN_BIC", "MAIL_FROM")


@click.group()
def tenant() -> None:
    """The towns of an installation that serves several. As long as none is added, it serves one.

    \b
    Examples:
      amt tenant add kirchheim --host amt.kirchheim.example --set TOWN_NAME="Kirchheim unter Teck"
      amt --tenant kirchheim deploy
      amt --tenant kirchheim user add eva.maier --group buergerbuero
      amt tenant migrate              brings the tables of all towns to the present version

    Settings are called as in the environment, without AMT_. Secrets stay in the environment, under the town's name:
    AMT_KIRCHHEIM_PAYMENT_KEY, AMT_KIRCHHEIM_SMTP_URL.
    """


@tenant.command()
@_NAME
@_HOSTS
@_SET
def add(name: str, hosts: tuple[str, ...], given: tuple[str, ...]) -> None:
    """Add a town: make its tables, and serve it under its hosts from now on.

    A town that was removed but kept its data goes on with them when it is added again.
    """
    from web.tenants.registry import opened_registry

    installation = read_installation()
    with opened_registry(installation) as registry:
        town = registry.candidate(name, hosts, dict(_setting(each) for each in given))
        settings = _checked(installation, town)
        _make_tables(settings)
        is_first = not registry.has_towns
        registry.add(town)
    click.echo(f"{name} is served at {settings.base_url}/. Next: amt --tenant {name} deploy")
    if is_first:
        click.echo("From now on this installation serves only the towns that are added. Restart what is running.")
    _say_what_is_not_set(town)


@tenant.command("list")
def list_towns() -> None:
    """List the towns, their hosts and what is set for each."""
    from web.tenants.registry import opened_registry

    with opened_registry(read_installation()) as registry:
        towns = registry.tenants()
    if not towns:
        click.echo("No town has been added: this installation serves one. See: amt tenant add --help")
    for town in towns:
        click.echo(f"{town.name:<20} {', '.join(town.hosts)}")
        for key, value in sorted(town.settings.items()):
            click.echo(f"  {key}={value}")


@tenant.command("set")
@_NAME
@_HOSTS
@_SET
@click.option("--unset", "dropped", multiple=True, metavar="NAME", help="Go back to the installation's setting.")
def change(name: str, hosts: tuple[str, ...], given: tuple[str, ...], dropped: tuple[str, ...]) -> None:
    """Change hosts or settings of a town; running processes follow within seconds. --host replaces all hosts.

    \b
    Example:
      amt tenant set kirchheim --set TOWN_PHONE="07021 502-0" --unset TOWN_NOTE
    """
    from web.tenants.registry import opened_registry

    installation = read_installation()
    with opened_registry(installation) as registry:
        town = _known(registry.named(name), name)
        kept = {key: value for key, value in town.settings.items() if key not in dropped}
        changed = registry.changed(town, hosts or town.hosts, kept | dict(_setting(each) for each in given))
        _checked(installation, changed)
        registry.change(changed)
    click.echo(f"{name} is changed.")


@tenant.command()
@click.argument("name", required=False)
def migrate(name: str | None) -> None:
    """Bring the tables of all towns, or of the town NAME, to the present version. Safe to repeat.

    A town that fails holds up no other; it is named, and the exit code is 1.
    """
    from web.tenants.registry import opened_registry

    installation = read_installation()
    with opened_registry(installation) as registry:
        towns = [_known(registry.named(name), name)] if name else registry.tenants()
    if not towns:
        raise click.ClickException("No town has been added. An installation with one town: amt migrate")
    failed = [town.name for town in towns if not _migrates(installation, town)]
    click.echo(f"{len(towns) - len(failed)} of {len(towns)} towns are up to date.")
    if failed:
        click.echo(f"Not: {', '.join(failed)}. Their data are as they were. Repeat: amt tenant migrate NAME", err=True)
        sys.exit(1)


@tenant.command()
@_NAME
@click.option("--delete-data", is_flag=True, help="Delete its cases, documents, people and mails too. For good.")
def remove(name: str, delete_data: bool) -> None:
    """Serve the town NAME no more. Its data stay, unless --delete-data is given."""
    from web.preparation import drop_database
    from web.tenants.registry import opened_registry
    from web.tenants.settings import settings_of

    installation = read_installation()
    with opened_registry(installation) as registry:
        town = _known(registry.named(name), name)
        settings = settings_of(installation, name, town.hosts, town.settings)
        if delete_data:
            click.confirm(f"Delete everything that {name} has, for good?", abort=True)
        registry.remove(name)
    if delete_data:
        drop_database(settings)
        shutil.rmtree(settings.data_dir, ignore_errors=True)
    click.echo(f"{name} is removed, {'with all its data' if delete_data else 'its data are kept'}.")


def _setting(written: str) -> tuple[str, str]:
    key, sign, value = written.partition("=")
    if not sign or not key:
        raise click.BadParameter(f"“{written}” sets nothing. Write for example --set TOWN_NAME=Kirchheim")
    return key.removeprefix("AMT_"), value


def _known(town: "Tenant | None", name: str | None) -> "Tenant":
    from web.tenants.registry import TenantUnknown

    if town is None:
        raise TenantUnknown(f"There is no town called {name} here. See: amt tenant list")
    return town


def _checked(installation: "Settings", town: "Tenant") -> "Settings":
    """The town's settings, after everything that it needs has been tried with them."""
    from web.bootstrap import build_platform
    from web.tenants.settings import settings_of

    settings = settings_of(installation, town.name, town.hosts, town.settings)
    build_platform(settings).close()
    return settings


def _make_tables(settings: "Settings") -> None:
    from web.preparation import migrate_database

    migrate_database(settings)


def _migrates(installation: "Settings", town: "Tenant") -> bool:
    from web.tenants.settings import settings_of

    try:
        _make_tables(settings_of(installation, town.name, town.hosts, town.settings))
    except Exception as trouble:
        click.secho(f"{town.name}: {_cause(trouble)}", fg="red", err=True)
        return False
    click.echo(f"{town.name} is up to date.")
    return True


def _cause(trouble: Exception) -> str:
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError

    from web.tenants.settings import said_of

    if isinstance(trouble, DBAPIError | CommandError):
        # Tables are changed, not rows: the first line of what is said of it names nobody.
        return str(trouble.orig if isinstance(trouble, DBAPIError) else trouble).strip().splitlines()[0]
    return said_of(trouble)


def _say_what_is_not_set(town: "Tenant") -> None:
    missing: Iterable[str] = [key for key in _OWN if key not in town.settings]
    if missing:
        click.echo(f"It still has from the installation: {', '.join(missing)}. See: amt tenant set --help")
