# SPDX-License-Identifier: EUPL-1.2
"""`amt statement`: read bank statements from files or from the folder that the bank's program fills."""

from pathlib import Path

import click

from web.opening import opened_town

_PATHS = click.Path(exists=True, path_type=Path)
_ENDINGS = {".xml", ".sta", ".mta", ".txt"}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=_PATHS)
def statement(paths: tuple[Path, ...]) -> None:
    """Read bank statements.

    PATHS are files or folders of camt.053, camt.052, camt.054 or MT940. What is known already does no harm, so a timer
    may read the same folder again and again. A running worker assigns the lines to claims.
    """
    from connectors.bank import StatementRefused
    from engine.db import unit_of_work
    from processes.rechnung.auszug import einlesen

    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    refused = 0
    with opened_town() as town:
        for file in (each for each in files if each.suffix.lower() in _ENDINGS):
            try:
                with unit_of_work(town.db) as session:
                    found = einlesen(
                        session, town.services, file.read_bytes(), file.name, town.settings.town.iban, "Auszugsordner"
                    )
                    told = [f"{each.number}: {each.line_count - each.known_count} new lines" for each in found]
            except StatementRefused as reason:
                refused += 1
                click.secho(f"{file}: {reason}", fg="red", err=True)
                continue
            click.echo(f"{file}: {'; '.join(told)}")
    if refused:
        raise SystemExit(1)
