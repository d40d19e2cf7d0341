# SPDX-License-Identifier: EUPL-1.2
"""The lists of tasks, and the search for a case by its reference."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.queries.cases import case_by_reference
from engine.queries.tasks import QUEUES as QUEUE_NAMES
from engine.queries.tasks import Queue as QueueName
from engine.queries.tasks import open_tasks, task_counts
from web.auth import current_actor
from web.bootstrap import platform
from web.inbox import blueprint
from web.transaction import session

PAGE_SIZE = 25


@dataclass(frozen=True)
class Queue:
    """One list of tasks, as it is named and explained."""

    name: QueueName
    title: str
    lead: str
    empty: str


QUEUES: dict[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue(
            "meine",
            "Meine Aufgaben",
            "Diese Aufgaben haben Sie übernommen.",
            "Sie haben gerade keine Aufgabe. Unter „Meine Gruppen“ stehen Aufgaben, die Sie übernehmen können.",
        ),
        Queue(
            "gruppen",
            "Meine Gruppen",
            "Diese Aufgaben hat noch niemand übernommen.",
            "Im Moment wartet nichts auf Ihre Gruppen. Neue Aufgaben erscheinen hier, sobald ein Antrag eingeht.",
        ),
        Queue(
            "alle",
            "Alle offenen",
            "Alle offenen Aufgaben Ihrer Gruppen, auch die Ihrer Kolleginnen und Kollegen.",
            "In Ihren Gruppen ist alles erledigt. Neue Aufgaben erscheinen hier, sobald ein Antrag eingeht.",
        ),
        Queue(
            "ueberfaellig",
            "Überfällig",
            "Bei diesen Aufgaben ist die Frist abgelaufen.",
            "Keine Aufgabe ist überfällig. Hier stehen Aufgaben, deren Frist abgelaufen ist.",
        ),
    )
}


def queue_name(wanted: str | None) -> QueueName:
    """The wanted queue, or the first one when there is no such queue."""
    return next((name for name in QUEUE_NAMES if name == wanted), "meine")


@blueprint.get("/")
def queue() -> ResponseReturnValue:
    """One list of tasks, dense, one line a task."""
    actor, clock, shown = current_actor(), platform().clock, QUEUES[_wanted_queue()]
    counts = task_counts(session(), actor, clock)
    number, last = _page_number(counts[shown.name])
    return render_template(
        "inbox/queue.html",
        queues=QUEUES.values(),
        shown=shown,
        counts=counts,
        page=open_tasks(session(), actor, shown.name, clock, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE),
        number=number,
        last=last,
        now=clock.now(),
    )


def _page_number(total: int) -> tuple[int, int]:
    """The wanted page and the last one. Beyond the end is the last: the list may have become shorter meanwhile."""
    last = max(1, -(-total // PAGE_SIZE))
    return min(max(1, request.args.get("seite", 1, type=int)), last), last


@blueprint.get("/suche")
def search() -> ResponseReturnValue:
    """From a reference to its case."""
    reference = request.args.get("aktenzeichen", "").strip().upper()
    if not reference:
        return redirect(url_for("inbox.queue"))
    found = case_by_reference(session(), reference)
    if found is None:
        return render_template("inbox/nothing_found.html", reference=reference), 404
    return redirect(url_for("inbox.case", case_id=found.id))


def _wanted_queue() -> QueueName:
    """The queue in the address; without one, the clerk's own tasks if there are any, else those of their groups."""
    if "liste" in request.args:
        return queue_name(request.args["liste"])
    counts = task_counts(session(), current_actor(), platform().clock)
    return "meine" if counts["meine"] else "gruppen"
