# SPDX-License-Identifier: EUPL-1.2
"""`amt token`: the programs that may use the town's REST API."""

from typing import TYPE_CHECKING

import click

from web.opening import opened_town
from web.people import NAME

if TYPE_CHECKING:
    from engine.machines import MachineLine


@click.group()
def token() -> None:
    """Let programs use the REST API under /engine-rest, and stop them.

    \b
    A grant is RESOURCE:PERMISSION or RESOURCE:PERMISSION:KEY.
      RESOURCE    process-definition, process-instance, task, external-task, deployment, decision, history,
                  job, incident, message, signal, identity, batch, migration, or * for all
      PERMISSION  read, create, update, delete, or * for all
      KEY         key of a process or decision, name of a topic, message or signal; default: * for all
    What is not granted is refused.

    \b
    Examples:
      amt token create drucker --grant external-task:*:bescheid-drucken
      amt token create modeler --grant deployment:* --grant process-definition:read
      amt token revoke 3
    """


@token.command("create")
@click.argument("name")
@click.option("--grant", "grants", multiple=True, help="What the program may do; may be repeated.")
def create(name: str, grants: tuple[str, ...]) -> None:
    """Give the program NAME a new token, shown this once, and add these grants to those that it has.

    The program sends it as `Authorization: Bearer TOKEN`, or as the password of NAME where it knows only Basic.

    \b
    Example:
      amt token create drucker --grant external-task:*:bescheid-drucken
    """
    from engine.db import unit_of_work
    from engine.grants import Grant
    from engine.machines import NameTaken, create_token

    if not NAME.fullmatch(name):
        raise click.ClickException(f"“{name}” cannot be a name. Use letters, digits and . _ @ + -, at most 100.")
    wanted = [Grant.from_text(grant) for grant in grants]
    try:
        with opened_town() as town, unit_of_work(town.db) as session:
            made = create_token(session, town.clock, name, wanted)
    except NameTaken:
        raise click.ClickException(f"There is already a person called {name}. Give the program another name.") from None
    click.echo(f"Token {made.number} of {made.account}, shown only this once: {made.text}")


@token.command("list")
def list_tokens() -> None:
    """List the programs with their grants and tokens; the tokens themselves are not kept."""
    from engine.machines import list_machines

    with opened_town() as town, town.db.reading() as session:
        machines = list_machines(session)
    if not machines:
        click.echo("No program may use the API yet. Add one: amt token create NAME --grant RESOURCE:PERMISSION")
    for line in machines:
        _show(line)


@token.command("revoke")
@click.argument("which")
def revoke(which: str) -> None:
    """Refuse the token of that number from now on, or everything of a program: WHICH is a number or a name.

    \b
    Examples:
      amt token revoke 3
      amt token revoke drucker
    """
    from engine.db import unit_of_work
    from engine.machines import revoke_machine, revoke_token

    with opened_town() as town, unit_of_work(town.db) as session:
        if which.isascii() and which.isdecimal() and len(which) < 10:
            account = revoke_token(session, int(which))
            click.echo(f"Token {which} of {account} is refused from now on.")
        else:
            revoke_machine(session, which)
            click.echo(f"{which} is refused from now on, and has no grants any more.")


def _show(line: "MachineLine") -> None:
    click.echo(f"{line.name}{'  (with a password)' if line.has_password else ''}")
    for grant in line.grants:
        click.echo(f"  may    {grant}")
    if not line.grants:
        click.echo("  may do nothing yet")
    for number, created_at, last_used_at in line.tokens:
        used = f"last used {last_used_at:%Y-%m-%d}" if last_used_at else "never used"
        click.echo(f"  token  {number}, made {created_at:%Y-%m-%d}, {used}")
