# SPDX-License-Identifier: EUPL-1.2
"""Comments on tasks and what is attached to them; both are still there when the task is done."""

import re
from contextlib import suppress
from typing import Any

from flask import Response, request

from engine.comments import (
    Attachment,
    AttachmentNotFound,
    Comment,
    CommentNotFound,
    add_comment,
    attach,
    attachments_of_task,
    change_comment,
    comments_of_case,
    comments_of_task,
    delete_comments,
    detach,
    find_attachment,
    find_comment,
)
from engine.documents import NewDocument, load_document
from engine.queries.worklist import PastTask, past_task
from forms.uploads import FILE_KINDS, UploadRefused, check_upload, tidy_filename
from web.api import blueprint
from web.api.answers import answer, file, link_to, nothing
from web.api.asked import Question, body
from web.api.describing import gives, takes, takes_form
from web.api.guard import machine, require
from web.api.moments import moment_text
from web.api.objects import case_for
from web.api.problems import Refused, missing
from web.api.shapes import work
from web.api.task_query import no_task
from web.bootstrap import platform
from web.receiving import look_through
from web.transaction import session

_LONGEST_MESSAGE = 4000
_ADDRESS = re.compile(r"https?://[^\s\"<>\\]{1,2000}")
#: Texts that a browser or a program would run, and files that begin like a text.
_MARKUP = re.compile(rb"^\s*(?:<|#!|%)")


@blueprint.get("/task/<id>/comment")
@gives(list[work.Comment])
def task_comments(id: str) -> Response:
    """The comments on a task, newest first."""
    _task("read", id)
    return answer([_comment(each) for each in comments_of_task(session(), id)])


@blueprint.get("/task/<id>/comment/<comment_id>")
@gives(work.Comment)
def task_comment(id: str, comment_id: str) -> Response:
    """One of them."""
    return answer(_comment(_comment_of("read", id, comment_id)))


@blueprint.post("/task/<id>/comment/create")
@takes(message="text!")
@gives(work.Comment)
def create_task_comment(id: str) -> Response:
    """Note something."""
    task, message = _task("update", id), _message(body())
    added = add_comment(session(), platform().clock, task.case_id, message, machine(), task_id=id)
    return answer({"links": [link_to(f"/task/{id}/comment/{added.id}")], **_comment(added)})


@blueprint.put("/task/<id>/comment")
@takes(id="text!", message="text!")
def change_task_comment(id: str) -> Response:
    """Say it otherwise."""
    sent = body()
    found = _comment_of("update", id, str(sent.get("id")))
    change_comment(session(), platform().clock, found.id, _message(sent))
    return nothing()


@blueprint.delete("/task/<id>/comment/<comment_id>")
def delete_task_comment(id: str, comment_id: str) -> Response:
    """Take one away."""
    delete_comments(session(), [_comment_of("update", id, comment_id).id])
    return nothing()


@blueprint.delete("/task/<id>/comment")
def delete_task_comments(id: str) -> Response:
    """Take all of a task away."""
    _task("update", id)
    delete_comments(session(), [each.id for each in comments_of_task(session(), id)])
    return nothing()


@blueprint.get("/process-instance/<id>/comment")
@gives(list[work.Comment])
def instance_comments(id: str) -> Response:
    """The comments on an instance and its tasks, newest first; also when it has ended."""
    case = case_for("read", id, "task")
    return answer([_comment(each) for each in comments_of_case(session(), case.id)])


@blueprint.put("/process-instance/<id>/comment")
@takes(id="text!", message="text!")
def change_instance_comment(id: str) -> Response:
    """Say one of them otherwise."""
    sent = body()
    found = _comment_at(id, str(sent.get("id")))
    change_comment(session(), platform().clock, found.id, _message(sent))
    return nothing()


@blueprint.delete("/process-instance/<id>/comment/<comment_id>")
def delete_instance_comment(id: str, comment_id: str) -> Response:
    """Take one of them away."""
    delete_comments(session(), [_comment_at(id, comment_id).id])
    return nothing()


@blueprint.delete("/process-instance/<id>/comment")
def delete_instance_comments(id: str) -> Response:
    """Take all of them away."""
    case = case_for("update", id, "task")
    delete_comments(session(), [each.id for each in comments_of_case(session(), case.id)])
    return nothing()


@blueprint.get("/task/<id>/attachment")
@gives(list[work.Attachment])
def task_attachments(id: str) -> Response:
    """What is attached to a task, oldest first."""
    _task("read", id)
    return answer([_attachment(each) for each in attachments_of_task(session(), id)])


@blueprint.get("/task/<id>/attachment/<attachment_id>")
@gives(work.Attachment)
def task_attachment(id: str, attachment_id: str) -> Response:
    """One of them."""
    return answer(_attachment(_attachment_of("read", id, attachment_id)))


@blueprint.get("/task/<id>/attachment/<attachment_id>/data")
def task_attachment_data(id: str, attachment_id: str) -> Response:
    """Its content."""
    found = _attachment_of("read", id, attachment_id)
    if found.document_id is None:
        raise missing(f"Attachment content for attachment with id '{found.id}' not available.")
    document = load_document(session(), found.document_id)
    return file(document.content or b"", document.name, document.media_type)


@blueprint.post("/task/<id>/attachment/create")
@takes_form(attachment_name="text", attachment_description="text", attachment_type="text", url="text", content="file")
@gives(work.Attachment)
def create_task_attachment(id: str) -> Response:
    """Attach a file or an address."""
    task, sent = _task("update", id), request.form
    about = {name: sent.get(f"attachment-{name}", "").strip() for name in ("name", "description", "type")}
    content, url = _content(), sent.get("url") or None
    _check(about, url, content)
    about["name"] = about["name"] or (content.name if content else url or "")[:255]
    by, clock = machine(), platform().clock
    added = attach(session(), clock, task.case_id, id, by, **about, url=None if content else url, document=content)
    return answer({"links": [link_to(f"/task/{id}/attachment/{added.id}")], **_attachment(added)})


@blueprint.delete("/task/<id>/attachment/<attachment_id>")
def delete_task_attachment(id: str, attachment_id: str) -> Response:
    """Take one off."""
    detach(session(), _attachment_of("update", id, attachment_id).id)
    return nothing()


def _task(permission: str, id: str) -> PastTask:
    found = past_task(session(), id)
    if found is None:
        raise no_task(id)
    require("task", permission, found.definition_key)
    return found


def _comment_at(case_id: str, comment_id: str) -> Comment:
    """A comment on this instance or its tasks, for an account that may change it."""
    case = case_for("update", case_id, "task")
    with suppress(CommentNotFound):
        found = find_comment(session(), comment_id)
        if found.case_id == case.id:
            return found
    raise missing(f"No matching comment with id {comment_id[:100]} in this process instance.")


def _comment_of(permission: str, id: str, comment_id: str) -> Comment:
    _task(permission, id)
    try:
        found = find_comment(session(), comment_id)
    except CommentNotFound:
        found = None
    if found is None or found.task_id != id:
        raise missing(f"Task comment with id {comment_id[:100]} does not exist for task id '{id[:100]}'.")
    return found


def _attachment_of(permission: str, id: str, attachment_id: str) -> Attachment:
    _task(permission, id)
    try:
        found = find_attachment(session(), attachment_id)
    except AttachmentNotFound:
        found = None
    if found is None or found.task_id != id:
        raise missing(f"Task attachment with id {attachment_id[:100]} does not exist for task id '{id[:100]}'.")
    return found


def _message(sent: dict[str, Any]) -> str:
    message = Question(sent).text("message") or ""
    if not message.strip() or len(message) > _LONGEST_MESSAGE:
        raise Refused(f"A comment needs a message of at most {_LONGEST_MESSAGE} characters.")
    return message


def _content() -> NewDocument | None:
    """The file that was sent, if it is of a kind whose content can be checked, or plain text."""
    part = request.files.get("content")
    if part is None:
        return None
    name, content = tidy_filename(part.filename or "attachment"), part.read()
    if not content:
        raise Refused("The content of the attachment is empty.")
    try:
        kind = check_upload(name, content, FILE_KINDS, platform().settings.max_upload_mb * 1024 * 1024)
        look_through(content)
    except UploadRefused as refused:
        if not _is_plain(content):
            reason = f"This file is not accepted; PDF, JPEG, PNG and plain text are. {refused.message}"
            raise Refused(reason) from None
        kind = "text/plain; charset=utf-8"
    return NewDocument(name, kind, content)


def _is_plain(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(mark.isprintable() or mark in "\t\r\n\ufeff" for mark in text) and not _MARKUP.match(content)


def _check(about: dict[str, str], url: str | None, content: NewDocument | None) -> None:
    if content is None and url is None:
        raise Refused("No content or url to remote content exists to create the task attachment.")
    if url is not None and not _ADDRESS.fullmatch(url):
        raise Refused("The url of an attachment must be an address that begins with http:// or https://.")
    if len(about["name"]) > 255 or len(about["type"]) > 100 or len(about["description"]) > _LONGEST_MESSAGE:
        raise Refused("Name, type or description of the attachment are too long.")
    if any("\0" in text for text in about.values()):
        raise Refused("The texts of the attachment hold characters that cannot be stored.")


def _comment(comment: Comment) -> work.Comment:
    return {
        "id": comment.id,
        "userId": comment.author,
        "taskId": comment.task_id,
        "time": moment_text(comment.at),
        "message": comment.message,
        "removalTime": None,
        "rootProcessInstanceId": comment.case_id,
        "processInstanceId": comment.case_id,
    }


def _attachment(attachment: Attachment) -> work.Attachment:
    return {
        "id": attachment.id,
        "name": attachment.name,
        "taskId": attachment.task_id,
        "description": attachment.description or None,
        "type": attachment.type or None,
        "url": attachment.url,
        "createTime": moment_text(attachment.added_at),
        "removalTime": None,
        "rootProcessInstanceId": attachment.case_id,
    }
