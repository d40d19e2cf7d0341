# SPDX-License-Identifier: EUPL-1.2
"""`amt retention`: how long what has ended is kept, and deleting what has had its time."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from web.opening import opened_town

if TYPE_CHECKING:
    from engine.retention import Retention
    from web.bootstrap import Platform

#: What each chore removes.
_CHORES = {
    "cases": "beendete Vorgänge mit Verlauf und Dokumenten",
    "drafts": "abgelaufene Entwürfe mit ihren Dateien",
    "kept_messages": "Nachrichten, auf die niemand mehr wartet",
    "batches": "abgeschlossene Stapel",
    "incidents": "behobene Störungen ohne Vorgang",
    "contents": "Inhalte, zu denen es kein Dokument mehr gibt",
    "rate_counts": "abgelaufene Zählungen von Versuchen",
    "hunde": "lange abgemeldete Hunde",
    "maengel": "lange abgeschlossene Mängelmeldungen",
    "fundsachen": "lange abgeschlossene Fundsachen",
    "parkausweise": "abgelaufene Parkausweise",
    "forderungen": "erledigte Forderungen mit ihren Zahlungen",
    "eingangsrechnungen": "alte Rechnungen an die Stadt mit ihren Zahlläufen",
    "kontoauszuege": "alte Kontoauszüge mit ihren Umsätzen",
    "mandate": "alte SEPA-Mandate",
    "forderungslaeufe": "alte Zeilen von Forderungsläufen",
    "konten_unbestaetigt": "nie bestätigte Konten bei Mein Rathaus",
    "konto_sitzungen": "abgelaufene Anmeldungen bei Mein Rathaus",
    "konto_codes": "abgelaufene Links zu Konten",
    "konto_antraege": "Verweise von Konten auf Anträge, die gelöscht sind",
    "mail_folder": "alte Mails im Mailordner",
    "testbank": "alte Zahlungen der Testbank",
}


@click.group()
def retention() -> None:
    """Say how long ended cases are kept, and delete what has had its time.

    The worker does it once an hour by itself; in a cluster, amt beat does.

    \b
    Examples:
      amt retention show
      amt retention run --dry-run
      amt retention run
    """


@retention.command()
def show() -> None:
    """Say of each process model how long its ended cases are kept, and how many of them are due."""
    from engine.retention import retentions

    with opened_town() as town, town.db.reading() as session:
        found = retentions(session, town.clock)
        for each in found:
            for line in _shown(town, each):
                click.echo(line)
    if not found:
        click.echo("Es ist kein Prozessmodell veröffentlicht.")


@retention.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
def run(dry_run: bool) -> None:
    """Delete now what has had its time, instead of waiting for the next hour. Counts, and names nobody."""
    from engine.chores import do_all
    from web.chores import chores_of

    with opened_town() as town:
        chores = chores_of(town.settings)
        if dry_run:
            with town.db.reading() as session:
                for chore in chores:
                    click.echo(_counted(chore.due(session, town.services), chore.name))
            click.echo("Gelöscht wurde nichts.")
            return
        for chore, removed in do_all(town.db, town.services, chores):
            click.echo(_counted(removed, chore.name))


def _shown(town: "Platform", each: "Retention") -> Iterator[str]:
    kept = "bleiben für immer" if each.days is None else f"bleiben {_days(each.days)}"
    yield f"{each.name} ({each.key}, Fassung {each.version}): beendete Vorgänge {kept}"
    if not each.ended or each.oldest is None:
        yield "  keiner beendet"
        return
    oldest = each.oldest.astimezone(town.clock.zone).strftime("%d.%m.%Y")
    yield f"  {each.ended} beendet, der älteste am {oldest}"
    if each.days is None:
        yield "  Keine Frist: Im Modell fehlt die Angabe „History time to live“ (camunda:historyTimeToLive)."
        return
    yield f"  {each.due} fällig"
    if each.needed:
        yield f"  {each.needed} über der Frist, aber noch gebraucht: Etwas beruht darauf oder ist noch offen."


def _days(days: int) -> str:
    return "1 Tag" if days == 1 else f"{days} Tage"


def _counted(number: int, chore: str) -> str:
    return f"{number:>8}  {_CHORES.get(chore, chore)}"
