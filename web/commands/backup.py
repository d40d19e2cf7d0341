# SPDX-License-Identifier: EUPL-1.2
"""`amt backup` and `amt restore`: a town into one file, and out of it again."""

from pathlib import Path

import click

from web.opening import opened_town


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the town into one FILE, while it is served: database, documents of a folder, the secret beside them.

    \b
    FILE must not be there yet. It holds what citizens wrote, so keep it as safe as the database.
    Example:
      amt backup /srv/backups/2026-11-26.tar
    """
    from web.backups.archives import back_up

    with opened_town() as town:
        manifest = back_up(town, file.absolute(), click.echo)
    rows = sum(manifest.counts.values())
    click.echo(f"{file} holds {manifest.counts['cases']} cases, {rows} rows and {manifest.documents} documents.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the town that is there already; everything in it is lost.")
def restore(file: Path, force: bool) -> None:
    """Put the town of FILE into this installation, which must not be served meanwhile.

    \b
    Everything in FILE is checked before anything is changed.
    Example:
      AMT_DATA_DIR=/srv/amt amt restore /srv/backups/2026-11-26.tar
    """
    from web.backups.archives import restore as put_back
    from web.backups.archives import revisions

    with opened_town() as town:
        manifest = put_back(town, file.absolute(), click.echo, force=force)
    click.echo(f"Restored {manifest.counts['cases']} cases of {manifest.made_at}. All tables have their rows.")
    if manifest.revision != revisions()[0]:
        click.echo("The tables are those of an older release. Next: amt migrate")
