# SPDX-License-Identifier: EUPL-1.2
"""`amt user`: the people who may log in."""

import re
import secrets
import sys
from typing import TYPE_CHECKING

import click

from web.opening import opened_town

if TYPE_CHECKING:
    from engine.identity import UserLine
    from web.bootstrap import Platform

#: What people type to log in, and models to name a group: no blanks, no look-alikes of nothing.
NAME = re.compile(r"[\w.@+\-]{1,100}")
_SHORTEST_PASSWORD = 10
_GENERATE = click.option(
    "--generate", is_flag=True, help="Make up a password and show it once, instead of asking for one."
)


@click.group()
def user() -> None:
    """Add and list the people who may log in, and change what they may.

    \b
    Examples:
      amt user add eva.maier --group buergerbuero
      amt user groups eva.maier buergerbuero kasse
      amt user password eva.maier --generate
      amt user deactivate eva.maier   logs the person out at once

    Upper and lower case make no difference in names.
    """


@user.command("add")
@click.argument("name")
@click.option("--display-name", help="How colleagues know the person. Default: made from NAME.")
@click.option("--group", "groups", multiple=True, help="A group of the person; may be repeated.")
@_GENERATE
def add_person(name: str, display_name: str | None, groups: tuple[str, ...], generate: bool) -> None:
    """Add a person who may log in.

    \b
    Examples:
      amt user add eva.maier --group buergerbuero
      amt user add eva.maier --display-name "Eva Maier" --group kasse --generate
    """
    from engine.db import unit_of_work
    from engine.identity import add_user

    if not NAME.fullmatch(name):
        raise click.ClickException(f"“{name}” cannot be a user name. Use letters, digits and . _ @ -, at most 100.")
    _check_groups(groups)
    shown = display_name or name.replace(".", " ").title()
    with opened_town() as town:
        taken = _find(town, name)
        if taken is not None:
            raise click.ClickException(f"There is already a person called {taken.username}. See: amt user list")
        # Asked for outside a transaction: the town need not wait until somebody has thought of a password.
        password = _new_password(generate)
        with unit_of_work(town.db) as session:
            add_user(session, town.clock, name, shown, password, groups)
    click.echo(f"{shown} can log in as {name}.")
    _show(password if generate else None)
    if not groups:
        click.echo("The person belongs to no group and will see no tasks.")


@user.command("list")
def list_people() -> None:
    """List the people who may log in, with their groups."""
    from engine.identity import list_users

    with opened_town() as town, town.db.reading() as session:
        people = list_users(session)
    if not people:
        click.echo("Nobody can log in yet. Add somebody: amt user add NAME --group GROUP")
    for line in people:
        groups = ", ".join(sorted(line.groups)) or "no group"
        click.echo(f"{line.username:<20} {line.display_name:<24} {groups}{'' if line.active else '  (switched off)'}")


@user.command("groups")
@click.argument("name")
@click.argument("groups", nargs=-1, required=True)
def change_groups(name: str, groups: tuple[str, ...]) -> None:
    """Let the person NAME belong to these groups and to no others, at once.

    \b
    Example:
      amt user groups eva.maier buergerbuero kasse
    """
    from engine.db import unit_of_work
    from engine.identity import set_groups

    _check_groups(groups)
    with opened_town() as town:
        person = _known(town, name)
        with unit_of_work(town.db) as session:
            set_groups(session, person.username, groups)
    click.echo(f"{person.username} now belongs to {', '.join(sorted(set(groups)))}.")


@user.command("password")
@click.argument("name")
@_GENERATE
def give_password(name: str, generate: bool) -> None:
    """Give the person NAME a new password. Whoever is logged in as NAME is logged out."""
    from engine.db import unit_of_work
    from engine.identity import change_password

    with opened_town() as town:
        person = _known(town, name)
        password = _new_password(generate)
        with unit_of_work(town.db) as session:
            change_password(session, person.username, password)
    click.echo(f"{person.username} has a new password and is logged out everywhere.")
    _show(password if generate else None)
    if not person.active:
        click.echo(f"The person is switched off. To let them in again: amt user activate {person.username}")


@user.command("deactivate")
@click.argument("name")
def deactivate(name: str) -> None:
    """Let the person NAME in no more, at once. What they did stays under their name."""
    from engine.db import unit_of_work
    from engine.identity import SYSTEM, deactivate_user
    from engine.tasks import release_tasks_of

    with opened_town() as town:
        person = _known(town, name)
        with unit_of_work(town.db) as session:
            deactivate_user(session, person.username)
            count = release_tasks_of(session, town.services, person.username, by=SYSTEM)
    click.echo(f"{person.username} is logged out everywhere and cannot log in any more.")
    if count:
        click.echo(f"{count} claimed tasks went back to their groups.")


@user.command("activate")
@click.argument("name")
def activate(name: str) -> None:
    """Let the deactivated person NAME log in again, with the password and groups of before."""
    from engine.db import unit_of_work
    from engine.identity import activate_user

    with opened_town() as town:
        person = _known(town, name)
        with unit_of_work(town.db) as session:
            activate_user(session, person.username)
    click.echo(f"{person.username} can log in.")


def _find(town: "Platform", name: str) -> "UserLine | None":
    from engine.identity import find_user

    with town.db.reading() as session:
        return find_user(session, name)


def _known(town: "Platform", name: str) -> "UserLine":
    person = _find(town, name)
    if person is None:
        raise click.ClickException(f"There is nobody called {name}. See: amt user list")
    return person


def _check_groups(groups: tuple[str, ...]) -> None:
    for group in groups:
        if not NAME.fullmatch(group):
            raise click.ClickException(f"“{group}” cannot be a group. Use letters, digits and . _ @ -, at most 100.")


def _new_password(generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(12)
    if not sys.stdin.isatty():
        raise click.ClickException("Nobody is there to type a password. Use --generate.")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < _SHORTEST_PASSWORD:
        raise click.ClickException(f"A password needs at least {_SHORTEST_PASSWORD} characters.")
    return password


def _show(made_up: str | None) -> None:
    if made_up:
        click.echo(f"Password, shown only this once: {made_up}")
