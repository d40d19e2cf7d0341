# SPDX-License-Identifier: EUPL-1.2
"""`amt incident`: what failed for good and waits for an operator."""

from typing import TYPE_CHECKING

import click

from web.commands.asking import SET, operator, values_given
from web.opening import opened_town

if TYPE_CHECKING:
    from web.bootstrap import Platform


@click.group()
def incident() -> None:
    """List what failed for good, let it run again, pass it over or give it up.

    \b
    Examples:
      amt incident list
      amt incident retry 17 18
      amt incident retry --all   once the mail server is back
      amt incident skip 17 --set bescheid_nummer=4711
      amt incident cancel 17 --reason "doppelt beantragt"
    """


@incident.command("list")
def list_incidents() -> None:
    """List open incidents, newest first: what failed, why, and what helps. Names cases, never people."""
    from engine.queries.cases import incidents
    from web.explanations import explain, names_of_elements

    with opened_town() as town, town.db.reading() as session:
        found = incidents(session)
        names = names_of_elements(session, town.services, found)
        for line in found:
            when = line.created_at.astimezone(town.clock.zone).strftime("%d.%m.%Y %H:%M")
            click.echo(f"{line.id:>6}  {when}  {line.reference or '-':<18} {line.element_id:<32} {line.reason}")
            told = explain(line, names.get(line.id, ""))
            for words in (told.what, told.why, told.cure):
                click.echo(f"        {words}")
    click.echo(f"{len(found)} offen." if found else "Es gibt keine Störung.")


@incident.command("retry")
@click.argument("numbers", nargs=-1, type=int)
@click.option(
    "--all", "everything", is_flag=True, help="All open incidents, for example after an outage of the mail server."
)
def retry(numbers: tuple[int, ...], everything: bool) -> None:
    """Run the failed jobs of the incidents NUMBERS again, from their first attempt."""
    from engine.db import unit_of_work
    from engine.errors import IncidentNotFound
    from engine.incidents import retry_incident

    if bool(numbers) == everything:
        raise click.ClickException("Störungen nennen, oder --all. Welche es gibt, zeigt: amt incident list")
    runs_again = everything
    with opened_town() as town:
        for number in _open_jobs(town) if everything else numbers:
            try:
                with unit_of_work(town.db) as session:
                    runs_again |= retry_incident(session, town.services, number, by=operator())
            except IncidentNotFound:
                raise _unknown(number) from None
    again = "Läuft in wenigen Sekunden noch einmal, wenn ein Server oder Auftragsdienst läuft."
    click.echo(again if runs_again else "Abgehakt. Wer daran arbeitete, versucht es noch einmal.")


@incident.command("skip")
@click.argument("number", type=int)
@SET
def skip(number: int, given: tuple[str, ...]) -> None:
    """Leave what failed as done, and let the case go on behind it.

    Do by hand what the step would have done, and give the variables that it would have brought. A message that nobody
    awaits is then not sent, a timer that could begin no case waits for its next date.

    \b
    Example:
      amt incident skip 17 --set bescheid_nummer=4711
    """
    from engine.db import unit_of_work
    from engine.errors import IncidentNotFound, StepFailed
    from engine.incidents import reason_of, skip_incident

    values = values_given(given)
    with opened_town() as town:
        try:
            with unit_of_work(town.db) as session:
                skip_incident(session, town.services, number, values, operator())
        except IncidentNotFound:
            raise _unknown(number) from None
        except StepFailed as failed:
            told = f"Übersprungen wurde nichts: Danach scheitert der Schritt {failed.element_id}."
            raise click.ClickException(f"{told} {reason_of(failed.cause)}") from None
    click.echo("Übersprungen. Der Schritt gilt als erledigt.")


@incident.command("cancel")
@click.argument("number", type=int)
@click.option("--reason", default="", help="Why; stands in the history if the case ends with it.")
@click.option("--whole-case", is_flag=True, help="End the whole case, not only the path that failed.")
def cancel(number: int, reason: str, whole_case: bool) -> None:
    """Give up what failed: the case does not go on there. If nothing else goes on in it, it ends as cancelled."""
    from engine.db import unit_of_work
    from engine.errors import IncidentNotFound
    from engine.incidents import cancel_incident

    with opened_town() as town:
        try:
            with unit_of_work(town.db) as session:
                ended = cancel_incident(
                    session, town.services, number, operator(), reason=reason, whole_case=whole_case
                )
        except IncidentNotFound:
            raise _unknown(number) from None
    over = ended is not None and ended.state != "active"
    click.echo("Aufgegeben. Der Vorgang ist damit abgebrochen." if over else "Aufgegeben.")


def _unknown(number: int) -> click.ClickException:
    return click.ClickException(f"Eine offene Störung {number} gibt es nicht. Welche es gibt, zeigt: amt incident list")


def _open_jobs(town: "Platform") -> list[int]:
    """The numbers of all incidents that have a job to run again, oldest first."""
    from engine.queries.cases import incidents

    with town.db.reading() as session:
        return sorted(line.id for line in incidents(session, limit=100_000) if line.kind == "job_failed")
