# SPDX-License-Identifier: EUPL-1.2
"""`amt model`: let no case begin of a published process model, or hold those that go on."""

import click

from web.commands.asking import operator
from web.opening import opened_town

_KEY = click.argument("key", metavar="KEY")
_VERSION = click.option("--version", type=int, help="Only this version. Default: all.")


@click.group()
def model() -> None:
    """Let no case begin of a published process model, or hold those that go on.

    KEY is the id of the process in its file.

    \b
    Examples:
      amt model suspend anwohnerparkausweis                no new applications
      amt model suspend anwohnerparkausweis --with-cases   and nothing moves in the cases that go on
      amt model resume anwohnerparkausweis --with-cases
    """


@model.command()
@_KEY
@_VERSION
@click.option("--with-cases", is_flag=True, help="Hold the cases that go on too.")
def suspend(key: str, version: int | None, with_cases: bool) -> None:
    """Let no case begin until the model is resumed; timers that begin cases wait."""
    _switch(key, version, with_cases, suspended=True)


@model.command()
@_KEY
@_VERSION
@click.option("--with-cases", is_flag=True, help="Let the cases that are held go on too.")
def resume(key: str, version: int | None, with_cases: bool) -> None:
    """Let cases begin again; what became due meanwhile is done now."""
    _switch(key, version, with_cases, suspended=False)


def _switch(key: str, version: int | None, with_cases: bool, *, suspended: bool) -> None:
    from engine.db import unit_of_work
    from engine.errors import DefinitionNotFound
    from engine.suspension import resume_definitions, suspend_definitions

    switch = suspend_definitions if suspended else resume_definitions
    with opened_town() as town:
        try:
            with unit_of_work(town.db) as session:
                done = switch(session, town.services, key, operator(), version=version, with_cases=with_cases)
        except DefinitionNotFound:
            which = f"{key} in Fassung {version}" if version else key
            raise click.ClickException(f"Das Prozessmodell {which} ist nicht veröffentlicht.") from None
    word = "angehalten" if suspended else "fortgesetzt"
    versions = ", ".join(str(each) for each in done.versions)
    cases = f", {done.cases} {'Vorgang' if done.cases == 1 else 'Vorgänge'} dazu" if with_cases else ""
    click.echo(f"{key}: Fassung {versions} {word}{cases}.")
