# SPDX-License-Identifier: EUPL-1.2
"""`amt case`: look at a running case, hold it, put it elsewhere, end it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from web.commands.asking import SET, case_called, operator, values_given
from web.opening import opened_town

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.cases import CaseInfo
    from engine.modification import Instruction
    from engine.queries.places import Place
    from web.bootstrap import Platform

_STATES = {"active": "läuft", "completed": "beendet", "cancelled": "abgebrochen"}
_CASE = click.argument("case_name", metavar="VORGANG")


@click.group()
def case() -> None:
    """Look at a running case, hold it, put it elsewhere, end it.

    VORGANG is the reference of a case, such as APA-2026-00017, or its id.

    \b
    Examples:
      amt case show APA-2026-00017
      amt case suspend APA-2026-00017
      amt case modify APA-2026-00017 cancel-all:pruefen before:bescheid --set entscheidung=genehmigt
    """


@case.command()
@_CASE
def show(case_name: str) -> None:
    """Say where a case stands: elements with their tokens, open incidents, called cases. Names no people."""
    with opened_town() as town:
        found = case_called(town, case_name)
        with town.db.reading() as session:
            for line in _shown(town, session, found):
                click.echo(line)


@case.command()
@_CASE
def suspend(case_name: str) -> None:
    """Hold a case and those that it has called: nothing moves until it is resumed, and nothing is lost."""
    from engine.suspension import suspend_case

    _act(case_name, lambda town, session, found: suspend_case(session, town.services, found.id, operator()))
    click.echo("Angehalten. Fristen und Aufträge warten, bis der Vorgang fortgesetzt wird: amt case resume")


@case.command()
@_CASE
def resume(case_name: str) -> None:
    """Let a case go on; what became due meanwhile is done now."""
    from engine.suspension import resume_case

    _act(case_name, lambda town, session, found: resume_case(session, town.services, found.id, operator()))
    click.echo("Fortgesetzt. Was inzwischen fällig wurde, geschieht jetzt.")


@case.command()
@_CASE
@click.option("--reason", required=True, help="Why; stands in the history of the case.")
def cancel(case_name: str, reason: str) -> None:
    """End a case by hand, with those that it has called. Its tasks, jobs and deadlines are withdrawn."""
    from engine.cases import cancel_case

    _act(case_name, lambda town, session, found: cancel_case(session, town.services, found.id, reason, operator()))
    click.echo("Abgebrochen. Verlauf und Dokumente bleiben.")


@case.command()
@_CASE
@click.argument("instructions", nargs=-1, required=True, metavar="INSTRUCTION…")
@SET
def modify(case_name: str, instructions: tuple[str, ...], given: tuple[str, ...]) -> None:
    """Put a case elsewhere. The INSTRUCTIONs are carried out in their order, all or none.

    \b
    before:ELEMENT       put a token on an element
    after:ELEMENT        put a token on the flow behind it
    flow:FLOW            let a token take a flow
    cancel:TOKEN         take one token off; "amt case show" names them
    cancel-all:ELEMENT   take all tokens off an element

    \b
    Where a subprocess goes on several times, @TOKEN behind the element says in which:
      amt case modify APA-2026-00017 before:pruefen@5f0c…
    Variables of --set come with the first token that is put down.
    Start first and cancel afterwards, and the subprocess around both goes on.
    """
    from engine.modification import modify_case

    wanted = list(_instructions(instructions, values_given(given)))
    _act(case_name, lambda town, session, found: modify_case(session, town.services, found.id, wanted, operator()))
    click.echo("Geändert. Wo der Vorgang jetzt steht, zeigt: amt case show")


def _act(case_name: str, command: "Callable[[Platform, Session, CaseInfo], Any]") -> None:
    """Do something to a case in one transaction; a failing step is named by its element."""
    from engine.db import unit_of_work
    from engine.errors import CaseHasEnded, StepFailed
    from engine.incidents import reason_of

    with opened_town() as town:
        found = case_called(town, case_name)
        try:
            with unit_of_work(town.db) as session:
                command(town, session, found)
        except CaseHasEnded:
            raise click.ClickException(f"Der Vorgang {found.reference} ist schon beendet.") from None
        except StepFailed as failed:
            cause = reason_of(failed.cause)
            raise click.ClickException(
                f"Geändert wurde nichts: Der Schritt {failed.element_id} scheitert. {cause}"
            ) from None


def _instructions(written: Sequence[str], values: dict[str, Any]) -> "Iterator[Instruction]":
    from engine.modification import CancelAll, CancelToken, StartAfter, StartBefore, StartFlow

    starts: Mapping[str, type[StartBefore] | type[StartAfter] | type[StartFlow]]
    starts = {"before": StartBefore, "after": StartAfter, "flow": StartFlow}
    for each in written:
        kind, _, place = each.partition(":")
        element, _, ancestor = place.partition("@")
        if kind in starts and element:
            yield starts[kind](element, variables=values, ancestor=ancestor or None)
            values = {}
        elif kind == "cancel" and place:
            yield CancelToken(place)
        elif kind == "cancel-all" and place:
            yield CancelAll(place)
        else:
            raise click.ClickException(f"„{each}“ ist keine Anweisung. Welche es gibt, zeigt: amt case modify --help")
    if values:
        raise click.ClickException("Angaben mit --set brauchen eine Stelle, die beginnt, etwa before:bescheid.")


def _shown(town: "Platform", session: "Session", found: "CaseInfo") -> Iterator[str]:
    from engine.cases import case_definition
    from engine.queries.cases import called_cases
    from engine.queries.places import places

    definition = case_definition(session, town.services, found.id)
    state = "angehalten" if found.suspended else _STATES.get(found.state, found.state)
    when = found.started_at.astimezone(town.clock.zone).strftime("%d.%m.%Y, %H:%M Uhr")
    yield f"{found.reference}  {definition.name} (Fassung {definition.version}), {state}"
    yield f"  begonnen am {when}, Nummer {found.id}"
    if found.ended_with:
        yield f"  beendet mit: {found.ended_with}"
    if found.state == "active":
        yield "Steht an:"
        yield from _standing(places(session, definition, found.id), 1)
        yield from _incidents(town, session, found)
    called = called_cases(session, found.id)
    if called:
        yield "Untervorgänge:"
    for line in called:
        yield f"  {line.case.reference}  {_STATES.get(line.case.state, line.case.state)}"


def _standing(found: "Sequence[Place]", depth: int) -> Iterator[str]:
    for place in found:
        more = ", wartet auf den Auftragsdienst" if place.between else ""
        label = place.node.label if place.node.name else ""
        yield f"{'  ' * depth}{place.node.id:<32} {place.token_id}  {label}{more}".rstrip()
        yield from _standing(place.children, depth + 1)


def _incidents(town: "Platform", session: "Session", found: "CaseInfo") -> Iterator[str]:
    from engine.queries.cases import incidents
    from web.explanations import explain, names_of_elements

    own = [incident for incident in incidents(session, limit=100_000) if incident.case_id == found.id]
    names = names_of_elements(session, town.services, own)
    for incident in own:
        told = explain(incident, names.get(incident.id, ""))
        yield f"Störung {incident.id}: {told.what} {told.why} {told.cure}"
