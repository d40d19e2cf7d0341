# SPDX-License-Identifier: EUPL-1.2
"""The lists of tasks, and the search for a case by its reference or by the key that the neighbours have for it."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.queries.cases import CaseLine, case_by_reference, cases_by_business_key, may_see_case
from engine.queries.tasks import QUEUES as QUEUE_NAMES
from engine.queries.tasks import Queue as QueueName
from engine.queries.tasks import open_tasks, task_counts
from web.auth import current_actor
from web.bootstrap import platform
from web.inbox import blueprint
from web.transaction import session

PAGE_SIZE = 25
#: A key is meant for one case; of a key that stands in more than so many, only the newest are shown.
_MOST_FOUND = 50


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
    """From a reference to its case; from a key of the neighbours to the cases of that key that one may see."""
    words = request.args.get("aktenzeichen", "").strip()
    if not words:
        return redirect(url_for("inbox.queue"))
    found = case_by_reference(session(), words)
    if found is not None:
        return redirect(url_for("inbox.case", case_id=found.id))
    lines = _known_by(words)
    if not lines:
        return render_template("inbox/nothing_found.html", words=words), 404
    if len(lines) == 1:
        return redirect(url_for("inbox.case", case_id=lines[0].case.id))
    return render_template("inbox/found.html", words=words, lines=lines, most=_MOST_FOUND)


def _known_by(business_key: str) -> list[CaseLine]:
    actor, services = current_actor(), platform().services
    found = cases_by_business_key(session(), business_key, limit=_MOST_FOUND)
    return [line for line in found if may_see_case(session(), services, line.case.id, actor)]


def _wanted_queue() -> QueueName:
    """The queue in the address; without one, the clerk's own tasks if there are any, else those of their groups."""
    if "liste" in request.args:
        return queue_name(request.args["liste"])
    counts = task_counts(session(), current_actor(), platform().clock)
    return "meine" if counts["meine"] else "gruppen"
