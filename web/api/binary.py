# SPDX-License-Identifier: EUPL-1.2
"""Variables that are files or bytes: their content, sent and fetched as it is."""

import base64
from typing import Any

from flask import Response, request

from engine.cases import CaseInfo, find_case
from engine.documents import is_reference, load_document
from engine.errors import DocumentNotFound
from engine.values import BytesText
from web.api.answers import file
from web.api.problems import Refused, missing
from web.api.values import read_value
from web.transaction import session

#: The form in which `uploaded_value` reads one.
UPLOAD = {"data": "file!", "valueType": "text"}


def binary_of(case: CaseInfo, name: str, value: Any) -> Response:
    """The content of a variable."""
    if isinstance(value, BytesText):
        return file(base64.b64decode(value), name)
    if not is_reference(value):
        raise Refused(f"Value of variable with name {name} is not a binary value")
    try:
        document = load_document(session(), value["document_id"])
    except DocumentNotFound:
        document = None
    # A variable holds what others wrote: it opens documents of its own case and of those it calls or is called by.
    if document is None or find_case(session(), document.case_id).root_id != case.root_id:
        raise missing(f"The file of the variable {name} does not exist")
    return file(document.content or b"", document.name, document.media_type)


def uploaded_value(name: str) -> Any:
    """The value in a form with `data` and `valueType`."""
    part = request.files.get("data")
    kind = request.form.get("valueType") or "Bytes"
    if part is None or kind not in ("Bytes", "File"):
        raise Refused("A form with the part data and the valueType Bytes or File is needed.")
    info = {"filename": part.filename, "mimetype": part.mimetype or None}
    return read_value(name, {"value": base64.b64encode(part.read()).decode(), "type": kind, "valueInfo": info})
