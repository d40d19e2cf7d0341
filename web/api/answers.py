# SPDX-License-Identifier: EUPL-1.2
"""What goes back: JSON with exactly the content type that clients compare with, files, or nothing."""

import json
import re
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask import Response, request

from web.api.shapes.values import Link

_UNSAFE = re.compile(r"[^\w.\- ()]", re.ASCII)


def answer(value: Any, status: int = 200) -> Response:
    """A value as JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_number)
    return Response(text, status, mimetype="application/json")


def nothing() -> Response:
    """Done, and nothing to say: 204 without a body."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def count(number: int) -> Response:
    """How many there are."""
    return answer({"count": number})


def plain(text: str) -> Response:
    """A text as it is."""
    return Response(text, mimetype="text/plain")


def page(text: str) -> Response:
    """A piece of a page, for clients that put it into one of theirs."""
    return Response(text, mimetype="application/xhtml+xml")


def file(content: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """A file to keep; never shown by a browser as a page of ours."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{_UNSAFE.sub('_', name)}\"; filename*=UTF-8''{quote(name)}"
    )
    return response


def link_to(path: str, method: str = "GET", rel: str = "self") -> Link:
    """A link to a resource of the API, as answers carry it."""
    return {"method": method, "href": f"{request.url_root.rstrip('/')}/engine-rest{quote(path)}", "rel": rel}


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        # As it was written: `5` stays whole, `5.0` and `5e3` stay what they are.
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
