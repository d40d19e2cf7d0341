# SPDX-License-Identifier: EUPL-1.2
"""`amt incident`: what failed for good and waits for an operator."""

from typing import TYPE_CHECKING

import click

from web.opening import opened_town

if TYPE_CHECKING:
    from web.bootstrap import Platform


@click.group()
def incident() -> None:
    """List what failed for good, and let it run again.

    \b
    Examples:
      amt incident list
      amt incident retry 17 18
      amt incident retry --all   once the mail server is back
    """


@incident.command("list")
def list_incidents() -> None:
    """List open incidents, newest first. Names cases, never people."""
    from engine.queries.cases import incidents

    with opened_town() as town, town.db.reading() as session:
        found = incidents(session)
        for line in found:
            when = line.created_at.astimezone(town.clock.zone).strftime("%Y-%m-%d %H:%M")
            click.echo(f"{line.id:>6}  {when}  {line.reference or '-':<18} {line.element_id:<32} {line.reason}")
    click.echo(f"{len(found)} open." if found else "Nothing has failed.")


@incident.command("retry")
@click.argument("numbers", nargs=-1, type=int)
@click.option(
    "--all", "everything", is_flag=True, help="All open incidents, for example after an outage of the mail server."
)
def retry(numbers: tuple[int, ...], everything: bool) -> None:
    """Run the failed jobs of the incidents NUMBERS again, from their first attempt."""
    from engine.db import unit_of_work
    from engine.errors import IncidentNotFound
    from engine.identity import SYSTEM
    from engine.incidents import retry_incident

    if bool(numbers) == everything:
        raise click.ClickException("Name incidents, or say --all. See: amt incident list")
    with opened_town() as town:
        for number in _open_jobs(town) if everything else numbers:
            try:
                with unit_of_work(town.db) as session:
                    retry_incident(session, town.services, number, by=SYSTEM)
            except IncidentNotFound:
                raise click.ClickException(f"There is no open incident {number}. See: amt incident list") from None
    click.echo("It runs again within seconds, if a server or worker is running.")


def _open_jobs(town: "Platform") -> list[int]:
    """The numbers of all incidents that have a job to run again, oldest first."""
    from engine.queries.cases import incidents

    with town.db.reading() as session:
        return sorted(line.id for line in incidents(session, limit=100_000) if line.kind == "job_failed")
