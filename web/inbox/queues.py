# SPDX-License-Identifier: EUPL-1.2
"""The lists of tasks, and the search for a case by its reference or by the key that the neighbours have for it."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.queries.cases import CaseLine, case_by_reference, cases_by_business_key, may_see_case
from engine.queries.queues import MOST_COUNTED, Page, open_tasks, task_counts
from engine.queries.queues import QUEUES as QUEUE_NAMES
from engine.queries.queues import Queue as QueueName
from web.auth import current_actor
from web.bootstrap import platform
from web.inbox import blueprint
from web.transaction import session

PAGE_SIZE = 25
#: Nobody turns further pages than these; a list costs what stands before its end.
_LAST_PAGE = 40
#: A key is meant for one case; of a key that stands in more than so many, only the newest are shown.
_MOST_FOUND = 50


@dataclass(frozen=True)
class Queue:
    """One list of tasks, as it is named and explained."""

    name: QueueName
    title: str
    lead: str
    empty: str
    order: str = "die dringendste zuerst"


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
            "die am längsten überfällige zuerst",
        ),
    )
}


def queue_name(wanted: str | None) -> QueueName:
    """The wanted queue, or the first one when there is no such queue."""
    return next((name for name in QUEUE_NAMES if name == wanted), "meine")


@blueprint.get("/")
def queue() -> ResponseReturnValue:
    """One list of tasks, dense, one line a task."""
    counts = task_counts(session(), current_actor(), platform().clock)
    shown = QUEUES[_wanted_queue(counts)]
    number, last = _page_number(counts[shown.name])
    page = _page(shown.name, number)
    if not page.lines and number > 1:
        return redirect(url_for("inbox.queue", liste=shown.name))
    place = {"number": number, "last": last, "most": MOST_COUNTED, "now": platform().clock.now()}
    return render_template("inbox/queue.html", queues=QUEUES.values(), shown=shown, counts=counts, page=page, **place)


def _page(queue: QueueName, number: int) -> Page:
    offset = (number - 1) * PAGE_SIZE
    return open_tasks(session(), current_actor(), queue, platform().clock, limit=PAGE_SIZE, offset=offset)


def _page_number(total: int) -> tuple[int, int | None]:
    """The wanted page and the last one, None when nobody has counted so far.

    Beyond the end is the last: the list may have become shorter meanwhile.
    """
    wanted = max(1, request.args.get("seite", 1, type=int))
    if total > MOST_COUNTED:
        return min(wanted, _LAST_PAGE), None
    last = max(1, -(-total // PAGE_SIZE))
    return min(wanted, last), last


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


def _wanted_queue(counts: dict[QueueName, int]) -> QueueName:
    """The queue in the address; without one, the clerk's own tasks if there are any, else those of their groups."""
    if "liste" in request.args:
        return queue_name(request.args["liste"])
    return "meine" if counts["meine"] else "gruppen"
