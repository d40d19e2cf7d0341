# SPDX-License-Identifier: EUPL-1.2
"""Files on their way from the browser into a draft: looked into before they are kept, refused at their field."""

from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from engine.drafts import add_file, remove_file
from forms import Field, FieldError, Form, Kind, Step, answer_at, put_answer
from forms.language import say
from forms.uploads import UploadRefused, tidy_filename
from web.bootstrap import platform
from web.receiving import received
from web.transaction import session


def take_uploads(draft_id: str, step: Step, answers: dict[str, Any]) -> list[FieldError]:
    """Keep the files that came with this request and enter them into the answers; says which ones were refused."""
    refused: list[FieldError] = []
    for field in step.fields:
        if field.kind is not Kind.FILE or field.readonly:
            continue
        for upload in request.files.getlist(field.path):
            if upload.filename:
                refused += _take(draft_id, field, upload, answers)
    return refused


def drop_upload(draft_id: str, form: Form, answers: dict[str, Any], file_id: str) -> str | None:
    """Take a file out of the answers and out of the draft; the path of its field, None when it is not in there."""
    for field in form.fields:
        files = _files(answers, field)
        if any(file.get("file_id") == file_id for file in files):
            put_answer(answers, field.path, [file for file in files if file.get("file_id") != file_id])
            remove_file(session(), draft_id, file_id)
            return field.path
    return None


def forget_uploads(draft_id: str, form: Form, answers: dict[str, Any]) -> None:
    """Take all files out of a draft that is no longer needed."""
    for field in form.fields:
        for file in _files(answers, field):
            remove_file(session(), draft_id, str(file.get("file_id")))


def upload_was_sent() -> bool:
    """Whether this request carries a file: a page that is shown again cannot hold it."""
    return any(upload.filename for upload in request.files.values())


def _take(draft_id: str, field: Field, upload: FileStorage, answers: dict[str, Any]) -> list[FieldError]:
    assert field.files is not None
    content = upload.stream.read()
    try:
        media_type, content = received(upload.filename or "", content, field.files.accept, field.files.max_bytes)
    except UploadRefused as refusal:
        return [FieldError(field.path, field.label, str(refusal))]
    files = _files(answers, field)
    if field.files.max_files == 1:
        for replaced in files:
            remove_file(session(), draft_id, str(replaced.get("file_id")))
        files = []
    elif len(files) >= field.files.max_files:
        message = say(
            "Hier gehen höchstens %(max_files)s Dateien. Bitte entfernen Sie zuerst eine andere.",
            max_files=field.files.max_files,
        )
        return [FieldError(field.path, field.label, message)]
    name = tidy_filename(upload.filename or "")
    kept = add_file(session(), platform().clock, draft_id, field.path, name, media_type, content)
    entry = {"file_id": kept.id, "name": kept.name, "media_type": kept.media_type, "size": kept.size}
    put_answer(answers, field.path, [*files, entry])
    return []


def _files(answers: dict[str, Any], field: Field) -> list[dict[str, Any]]:
    value = answer_at(answers, field.path) if field.kind is Kind.FILE else None
    return [file for file in value if isinstance(file, dict)] if isinstance(value, list) else []
