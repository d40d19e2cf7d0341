# SPDX-License-Identifier: EUPL-1.2
"""Work for other programs: fetching it, also waiting for it, and reporting what came of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response

from engine.cases import change_variables
from engine.db import unit_of_work
from engine.external import (
    LONGEST_LOCK,
    ExternalTask,
    ExternalTaskNotFound,
    LockedByAnother,
    LockHasRunOut,
    complete_external,
    error_details,
    error_external,
    extend_lock,
    fail_external,
    find_external,
    lock_external,
    set_priority,
    set_retries,
    unlock_external,
)
from engine.fetching import fetch_wanted, is_there
from engine.queries.external import external_count, external_tasks, listing, topics
from web.api import blueprint
from web.api.answers import answer, count, nothing, plain
from web.api.asked import Question, body
from web.api.describing import asks, criteria_of, gives, takes
from web.api.external_items import described, fetched
from web.api.fetching import Fetch, read_fetch
from web.api.guard import granted, machine, require, require_any
from web.api.lists import asked, needed_text, number_of, text_of, texts_of
from web.api.problems import Refused, missing
from web.api.shapes import work
from web.api.shapes.work import LockedExternalTask
from web.api.values import kept, passing_names, read_variables
from web.bootstrap import platform
from web.transaction import roll_back, session

#: So often nobody tries, and so many tasks are not changed in one request.
MOST_RETRIES = 2**31 - 1
_MOST_CHANGED = 2000
_LONGEST = int(LONGEST_LOCK / timedelta(milliseconds=1))


#: What lists can be asked for.
_CRITERIA = criteria_of(listing(datetime.min.replace(tzinfo=UTC)))


@blueprint.post("/external-task/fetchAndLock")
@takes(
    workerId="text!",
    maxTasks="number",
    usePriority="truth",
    sorting="sorting",
    asyncResponseTimeout="number",
    topics="topics",
)
@gives(list[LockedExternalTask])
def fetch_and_lock() -> Response:
    """Lease free work to a worker; with asyncResponseTimeout the answer waits for some."""
    fetch = read_fetch(body())
    for topic in fetch.topics:
        require("external-task", "update", topic)
    # Nothing may be held open while the request waits: each look has a transaction of its own.
    roll_back()
    return answer(platform().waiting.wait_for(lambda: _fetch(fetch), fetch.seconds))


def _fetch(fetch: Fetch) -> list[LockedExternalTask]:
    town = platform()
    if fetch.most == 0 or (town.db.is_sqlite and not _is_there(fetch)):
        return []
    with unit_of_work(town.db) as taking:
        tasks = fetch_wanted(taking, town.services, fetch.worker, fetch.wanted, fetch.most, fetch.order)
        return [fetched(taking, task, fetch) for task in tasks]


def _is_there(fetch: Fetch) -> bool:
    """Whether it is worth to take the write lock, of which SQLite has only one."""
    with platform().db.reading() as looking:
        return is_there(looking, platform().services, fetch.wanted)


@blueprint.route("/external-task", methods=["GET", "POST"])
@asks(_CRITERIA)
@gives(list[work.ExternalTask])
def external_task_list() -> Response:
    """External tasks that fit."""
    now = platform().clock.now()
    wanted = asked(Question.of_request(), listing(now), granted("external-task"))
    return answer([described(task) for task in external_tasks(session(), now, wanted)])


@blueprint.route("/external-task/count", methods=["GET", "POST"])
@asks(_CRITERIA)
def external_task_count() -> Response:
    """How many fit."""
    now = platform().clock.now()
    wanted = asked(Question.of_request(), listing(now), granted("external-task"), whole=True)
    return count(external_count(session(), now, wanted))


@blueprint.get("/external-task/topic-names")
@asks({"withLockedTasks": "flag", "withUnlockedTasks": "flag", "withRetriesLeft": "flag"})
@gives(list[str])
def external_task_topics() -> Response:
    """The topics of which work is there."""
    question, seen = Question.of_request(), granted("external-task")
    found = topics(
        session(),
        platform().clock.now(),
        locked=question.flag("withLockedTasks"),
        unlocked=question.flag("withUnlockedTasks"),
        attempts_left=question.flag("withRetriesLeft"),
    )
    return answer([topic for topic in found if seen is None or topic in seen])


@blueprint.get("/external-task/<task_id>")
@gives(work.ExternalTask)
def external_task(task_id: str) -> Response:
    """One external task."""
    return answer(described(_task(task_id, "read")))


@blueprint.get("/external-task/<task_id>/errorDetails")
def external_task_error(task_id: str) -> Response:
    """What its worker has told about the last failure."""
    _task(task_id, "read")
    details = error_details(session(), task_id)
    return plain(details) if details else nothing()


@blueprint.post("/external-task/<task_id>/complete")
@takes(workerId="text!", variables="variables", localVariables="variables")
def complete_external_task(task_id: str) -> Response:
    """The work is done."""
    task, told = _task(task_id), body()
    worker = needed_text(told, "workerId")
    with _reporting(task_id, f"External Task {task_id} cannot be completed by worker '{worker}'."):
        values, local = _values(task, told, "variables"), _values(task, told, "localVariables")
        # What is not to be stored is seen by the output mappings, and goes with the task.
        local |= {name: values.pop(name) for name in passing_names(told.get("variables"))}
        complete_external(session(), platform().services, task_id, worker, values, machine(), local=local)
    return nothing()


@blueprint.post("/external-task/<task_id>/failure")
@takes(
    workerId="text!",
    errorMessage="text",
    errorDetails="text",
    retries="number",
    retryTimeout="number",
    variables="variables",
    localVariables="variables",
)
def fail_external_task(task_id: str) -> Response:
    """The work has failed."""
    task, told = _task(task_id), body()
    worker = needed_text(told, "workerId")
    retries = number_of(told, "retries", 0, MOST_RETRIES) or 0
    pause = timedelta(milliseconds=number_of(told, "retryTimeout", 0, _LONGEST) or 0)
    message, details = text_of(told, "errorMessage", 10**6) or "", text_of(told, "errorDetails", 10**7) or ""
    with _reporting(task_id, f"Failure of External Task {task_id} cannot be reported by worker '{worker}'."):
        _hold(task, worker)
        _change(task, told)
        fail_external(
            session(), platform().services, task_id, worker, message, retries, pause, machine(), details=details
        )
    return nothing()


@blueprint.post("/external-task/<task_id>/bpmnError")
@takes(workerId="text!", errorCode="text!", errorMessage="text", variables="variables")
def err_external_task(task_id: str) -> Response:
    """The work has ended with an error of the process."""
    task, told = _task(task_id), body()
    worker, code = needed_text(told, "workerId"), needed_text(told, "errorCode")
    message = text_of(told, "errorMessage", 10**6) or ""
    with _reporting(task_id, f"Bpmn error of External Task {task_id} cannot be reported by worker '{worker}'."):
        values = _values(task, told, "variables")
        error_external(session(), platform().services, task_id, worker, code, message, values, machine())
    return nothing()


@blueprint.post("/external-task/<task_id>/extendLock")
@takes(workerId="text!", newDuration="number!")
def extend_external_lock(task_id: str) -> Response:
    """Hold it longer."""
    _task(task_id)
    told = body()
    worker, duration = needed_text(told, "workerId"), _duration(told, "newDuration")
    with _reporting(task_id, f"The lock of the External Task {task_id} cannot be extended by worker '{worker}'."):
        extend_lock(session(), platform().services, task_id, worker, duration, machine())
    return nothing()


@blueprint.post("/external-task/<task_id>/lock")
@takes(workerId="text!", lockDuration="number!")
def lock_external_task(task_id: str) -> Response:
    """Hold a certain task."""
    _task(task_id)
    told = body()
    worker, duration = needed_text(told, "workerId"), _duration(told, "lockDuration")
    with _reporting(task_id, f"External Task {task_id} cannot be locked by worker '{worker}'."):
        lock_external(session(), platform().services, task_id, worker, duration, machine())
    return nothing()


@blueprint.post("/external-task/<task_id>/unlock")
def unlock_external_task(task_id: str) -> Response:
    """Let others fetch it. Clients send no body here, whatever they call its type."""
    _task(task_id)
    unlock_external(session(), platform().services, task_id, machine())
    return nothing()


@blueprint.put("/external-task/<task_id>/retries")
@takes(retries="number!")
def external_task_retries(task_id: str) -> Response:
    """How many attempts are left."""
    _task(task_id)
    set_retries(session(), platform().services, task_id, retries_of(body()), machine())
    return nothing()


@blueprint.put("/external-task/retries")
@takes(retries="number!", externalTaskIds="texts", processInstanceIds="texts", externalTaskQuery="object")
def external_tasks_retries() -> Response:
    """The same for many, named or asked for."""
    told = body()
    retries = retries_of(told)
    require_any("external-task", "update")
    for task in _meant(told):
        require("external-task", "update", task.topic)
        set_retries(session(), platform().services, task.id, retries, machine())
    return nothing()


@blueprint.put("/external-task/<task_id>/priority")
@takes(priority="number!")
def external_task_priority(task_id: str) -> Response:
    """Let it be fetched earlier or later."""
    _task(task_id)
    priority = number_of(body(), "priority")
    if priority is None:
        raise Refused("priority is null")
    set_priority(session(), task_id, priority)
    return nothing()


def _task(task_id: str, permission: str = "update") -> ExternalTask:
    """The task, for an account that may do this to work of its topic."""
    try:
        task = find_external(session(), task_id)
    except ExternalTaskNotFound:
        raise _not_there(task_id) from None
    require("external-task", permission, task.topic)
    return task


def _not_there(task_id: str) -> Refused:
    return Refused(f"External task with id {task_id} does not exist", 404, "RestException")


@contextmanager
def _reporting(task_id: str, refused: str) -> Iterator[None]:
    """Say in the words that workers know why they cannot report this."""
    try:
        yield
    except ExternalTaskNotFound:
        raise _not_there(task_id) from None
    except LockedByAnother as locked:
        holder = f"'{locked.holder}'" if locked.holder else "null"
        raise Refused(f"{refused} It is locked by worker {holder}.", type="RestException") from None
    except LockHasRunOut:
        message = f"Cannot extend a lock that expired: external task {task_id}"
        raise Refused(message, type="RestException") from None


def _values(task: ExternalTask, told: Mapping[str, Any], name: str) -> dict[str, Any]:
    return kept(read_variables(told.get(name)), task.case_id, machine().name)


def _hold(task: ExternalTask, worker: str) -> None:
    if task.worker != worker:
        raise LockedByAnother(task.worker)


def _change(task: ExternalTask, told: Mapping[str, Any]) -> None:
    """Variables that a failure brings along."""
    for name, local in (("variables", False), ("localVariables", True)):
        values = _values(task, told, name)
        if values:
            change_variables(
                session(), platform().services, task.case_id, values, machine(), token_id=task.token_id, local=local
            )


def _duration(told: Mapping[str, Any], name: str) -> timedelta:
    milliseconds = number_of(told, name, -(2**31), _LONGEST)
    if milliseconds is None or milliseconds <= 0:
        raise Refused(f"{name} must be greater than 0", type="BadUserRequestException")
    return timedelta(milliseconds=milliseconds)


def retries_of(told: Mapping[str, Any]) -> int:
    """The attempts in a body."""
    retries = number_of(told, "retries", 0, MOST_RETRIES)
    if retries is None:
        raise Refused("The number of retries cannot be null.")
    return retries


def _meant(told: Mapping[str, Any]) -> list[ExternalTask]:
    """The tasks that a request names, by their ids, their instances or a query."""
    now, query = platform().clock.now(), told.get("externalTaskQuery")
    wanted: list[dict[str, Any]] = [
        {here: names}
        for there, here in (("externalTaskIds", "externalTaskIdIn"), ("processInstanceIds", "processInstanceIdIn"))
        if (names := texts_of(told, there)) is not None
    ]
    wanted += [query] if isinstance(query, dict) else []
    if not wanted:
        raise Refused("externalTaskIds is empty")
    found: dict[str, ExternalTask] = {}
    for one in wanted:
        part = asked(Question({**one, "maxResults": _MOST_CHANGED + 1}), listing(now), None)
        found.update({task.id: task for task in external_tasks(session(), now, part)})
    if len(found) > _MOST_CHANGED:
        raise Refused(f"At most {_MOST_CHANGED} external tasks can be changed in one request.")
    for task_id in texts_of(told, "externalTaskIds") or []:
        if task_id not in found:
            raise missing(f"External task with id {task_id} does not exist")
    return list(found.values())
