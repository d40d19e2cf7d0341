# SPDX-License-Identifier: EUPL-1.2
"""One task: look at it, take it, give it back, decide it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.queries.queues import next_task
from engine.queries.tasks import TaskLine
from engine.tasks import claim_task, complete_task, release_task
from web.auth import current_actor
from web.bootstrap import platform
from web.inbox import blueprint
from web.inbox.decision import Decision, open_decision
from web.inbox.facts import case_facts
from web.inbox.queues import QUEUES, queue_name
from web.kept import Posted, keeps_form
from web.texts import task_name
from web.transaction import session


@blueprint.get("/aufgabe/<task_id>")
def task(task_id: str) -> ResponseReturnValue:
    """The task: the decision first, beside it what one needs to decide."""
    return _page(open_decision(task_id))


@blueprint.post("/aufgabe/<task_id>/uebernehmen")
def claim(task_id: str) -> ResponseReturnValue:
    """Take the task, so that nobody else works on it."""
    claim_task(session(), platform().services, task_id, by=current_actor())
    return redirect(url_for("inbox.task", task_id=task_id, liste=_list()))


@blueprint.post("/aufgabe/<task_id>/zurueckgeben")
def release(task_id: str) -> ResponseReturnValue:
    """Give the task back to the group."""
    release_task(session(), platform().services, task_id, by=current_actor())
    flash("Zurückgegeben. Ihre Kolleginnen und Kollegen können die Aufgabe jetzt übernehmen.", "success")
    return redirect(url_for("inbox.queue", liste=_list()))


def _show_again(posted: Posted, alert: str, task_id: str) -> str:
    return _page(open_decision(task_id).filled(posted), alert, posted.get("liste"))


@blueprint.post("/aufgabe/<task_id>/erledigen")
@keeps_form(_show_again)
def complete(task_id: str) -> ResponseReturnValue:
    """Decide, and go on to the next task of the same list."""
    decision = open_decision(task_id)
    if decision.form_missing or "nur_anzeigen" in request.form:
        return _page(decision.filled(request.form)), 409 if decision.form_missing else 200
    checked = decision.checked(request.form)
    if checked.is_wrong:
        return _page(checked), 422
    complete_task(session(), platform().services, task_id, checked.answers, by=current_actor())
    flash(_done(checked.task), "success")
    following = next_task(session(), current_actor(), queue_name(_list()), platform().clock)
    if following is None:
        return redirect(url_for("inbox.queue", liste=_list()))
    return redirect(url_for("inbox.task", task_id=following.id, liste=_list()))


def _done(task: TaskLine) -> str:
    about = f", {task.title}" if task.title else ""
    return f"Erledigt: {task_name(task)}{about} ({task.reference})"


def _list() -> str:
    return queue_name(request.values.get("liste"))


def _page(decision: Decision, alert: str = "", list_name: str | None = None) -> str:
    return render_template(
        "inbox/task.html",
        decision=decision,
        task=decision.task,
        alert_text=alert or decision.notice,
        facts=case_facts(decision.task.case_id),
        mine=decision.task.assignee == current_actor().name,
        queue=QUEUES[queue_name(list_name or _list())],
        now=platform().clock.now(),
    )
