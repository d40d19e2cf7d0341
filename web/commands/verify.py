# SPDX-License-Identifier: EUPL-1.2
"""`amt verify`: look the whole town over, and say what must not be so and what helps."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import click

from web.commands.asking import case_called
from web.opening import opened_town

if TYPE_CHECKING:
    from engine.verify import Finding
    from web.bootstrap import Platform

_MODIFY = "Mit amt case show ansehen, dann mit amt case modify an dieselbe Stelle neu setzen."
_RESTORE = "Aus der Sicherung wiederherstellen; vorher eine Kopie des jetzigen Stands ziehen."
_CANCEL = "Mit amt case cancel beenden oder aus der Sicherung wiederherstellen."
_LEFT = "Es geschieht nichts damit, die Zeile stört nur. Bitte melden: So darf das nicht entstehen."
_REPORT = "Der Vorgang selbst kann weitergehen. Bitte melden: So darf das nicht entstehen."

#: What each kind of finding says, and what helps. Names in braces are the finding's details.
WORDS: Mapping[str, tuple[str, str]] = {
    "database_old": (
        "Die Datenbank ist auf dem Stand {there}, diese Fassung braucht {needed}.",
        "Ausführen: amt migrate",
    ),
    "state_missing": ("Der Stand des Vorgangs fehlt.", _RESTORE),
    "state_unreadable": ("Der Stand des Vorgangs lässt sich nicht lesen: {cause}", _RESTORE),
    "definition_unreadable": ("Das Prozessmodell des Vorgangs lässt sich nicht laden: {cause}", _RESTORE),
    "definition_differs": (
        "Der Vorgang nennt ein anderes Prozessmodell als das, auf dem er läuft ({definition}).",
        _REPORT,
    ),
    "end_unclear": ("Ob der Vorgang läuft oder beendet ist, widerspricht sich.", _CANCEL),
    "nothing_left": ("Der Vorgang läuft, steht aber nirgends.", _CANCEL),
    "tokens_left": ("Der Vorgang ist beendet, steht aber noch an Elementen.", _REPORT),
    "stands_still": ("Der Vorgang ist mitten in der Arbeit stehen geblieben: Niemand setzt ihn fort.", _MODIFY),
    "caller_missing": ("Der Vorgang, der diesen aufgerufen hat, ist nicht mehr da.", _CANCEL),
    "caller_ended": ("Der Vorgang läuft, aber der, der ihn aufgerufen hat, ist beendet.", _CANCEL),
    "called_missing": ("{element} wartet auf einen Untervorgang, der nicht läuft ({token}).", _MODIFY),
    "task_missing": ("Die Aufgabe {element} ist offen, steht aber in keiner Liste ({token}).", _MODIFY),
    "task_left": ("Die Aufgabe {element} steht in den Listen, ist aber nicht offen ({token}).", _LEFT),
    "task_differs": ("Die Aufgabe {element} steht mit falschem Element oder Modell in den Listen ({token}).", _MODIFY),
    "task_misplaced": (
        "Die Aufgabe {element} steht in den Listen nicht so, wie sie ist ({token}).",
        "Die Aufgabe einmal übernehmen und zurückgeben.",
    ),
    "job_missing": ("{element} wartet auf einen Auftrag, den es nicht gibt ({token}).", _MODIFY),
    "job_left": ("Es gibt einen Auftrag {element}, auf den nichts wartet ({token}).", _LEFT),
    "job_differs": ("Der Auftrag von {element} hat eine andere Art, als das Modell sagt ({token}).", _MODIFY),
    "timer_missing": ("Die Frist {element} läuft, wird aber nie fällig ({token}).", _MODIFY),
    "subscription_missing": ("{element} wartet auf ein Ereignis, das ihn nicht erreicht ({token}).", _MODIFY),
    "subscription_left": ("Bei {element} wird ein Ereignis erwartet, auf das niemand wartet ({token}).", _LEFT),
    "subscription_differs": ("{element} wartet auf ein anderes Ereignis, als das Modell sagt ({token}).", _MODIFY),
    "failure_unseen": (
        "Der Auftrag {element} ist gescheitert, und es gibt keine Störung dazu ({job}).",
        "Mit amt case show die Stelle suchen, dann mit amt case modify neu setzen.",
    ),
    "incident_left": (
        "Die Störung {incident} ist offen, aber ihr Auftrag ist nicht mehr da.",
        "Schließen mit: amt incident retry {incident}",
    ),
    "history_start": ("Im Verlauf beginnt der Vorgang {number} Mal statt einmal.", _REPORT),
    "history_end": ("Im Verlauf endet der Vorgang {number} Mal; das passt nicht zu seinem Stand.", _REPORT),
    "history_order": ("Der Verlauf ist nicht in der Reihenfolge der Zeit.", "Die Uhren der Rechner vergleichen."),
    "history_after_end": ("Im Verlauf geschieht etwas nach dem Ende des Vorgangs.", _REPORT),
    "history_open": ("{element} ist im Verlauf begonnen, nie verlassen und auch nicht mehr da ({token}).", _REPORT),
    "document_lost": ("Ein Dokument fehlt oder ist nicht mehr so, wie es abgelegt wurde ({document}).", _RESTORE),
    "counter_behind": (
        "Der Zähler der Aktenzeichen steht auf {last}, vergeben ist schon {number}.",
        "In der Tabelle counters auf {number} setzen, sonst können keine Vorgänge beginnen.",
    ),
    "references_missing": (
        "{given} Aktenzeichen sind vergeben, {there} Vorgänge da und {forgotten} gelöscht: Das geht nicht auf.",
        "Prüfen, ob eine Sicherung nur zum Teil zurückgespielt oder von Hand gelöscht wurde.",
    ),
    "reference_broken": (
        "{number} Zeilen verweisen mit {column} auf etwas, das in {other} nicht steht.",
        "Prüfen, ob eine Sicherung nur zum Teil zurückgespielt oder von Hand gelöscht wurde.",
    ),
    "batch_stands": (
        "Ein Stapel ({process}) ist nicht fertig, und nichts setzt ihn fort.",
        "Über die REST-Schnittstelle löschen und für die übrigen Vorgänge neu anlegen.",
    ),
    "beginning_left": (
        "Ein Startereignis wartet für eine Fassung, die nicht die neueste ist.",
        "Den Dienst noch einmal veröffentlichen: amt deploy",
    ),
}


@click.command()
@click.option("--case", "case_name", metavar="VORGANG", help="Only this case (reference or id).")
def verify(case_name: str | None) -> None:
    """Look the whole town over, changing nothing: cases against their tasks, jobs and history; documents; numbers.

    Names each finding with the case and what helps. Exit code 1 when there is one. The town may work meanwhile.

    \b
    Examples:
      amt verify
      amt verify --case APA-2026-00017
    """
    with opened_town() as town:
        number = _tell(_findings(town, case_name))
    if number:
        click.echo(f"{number} {'Befund' if number == 1 else 'Befunde'}.")
        sys.exit(1)
    click.echo("Alles in Ordnung.")


def _findings(town: "Platform", case_name: str | None) -> "Iterator[Finding]":
    from engine.verify import Finding, verify_case, verify_town
    from migrations import missing

    old = missing(town.db.engine)
    if old is not None:
        # Tables that are missing could not be looked at.
        there, needed = old
        yield Finding("database_old", "Datenbank", {"there": there or "0", "needed": needed})
    elif case_name is not None:
        yield from verify_case(town.db, town.services, case_called(town, case_name).id)
    else:
        yield from verify_town(town.db, town.services, _progress())


def _tell(findings: "Iterable[Finding]") -> int:
    number = 0
    for finding in findings:
        number += 1
        what, cure = in_german(finding)
        click.echo(f"{finding.about}: {what}" if finding.about else what)
        click.echo(f"  {cure}")
    return number


def in_german(finding: "Finding") -> tuple[str, str]:
    """What is wrong, and what helps."""
    what, cure = WORDS.get(finding.problem, (finding.reason, finding.cure))
    return what.format_map(finding.details), cure.format_map(finding.details)


def _progress() -> Callable[[str, int, int], None]:
    """On a terminal a line that counts; elsewhere nothing, so that a log stays short."""
    shown = {"cases": "Vorgänge", "documents": "Dokumente"}

    def tell(what: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done} von {total} {shown[what]} ", err=True, nl=done == total)

    return tell
