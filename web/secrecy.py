# SPDX-License-Identifier: EUPL-1.2
"""Pages whose address is a key: whoever has it may read and answer. No other page, cache or search engine learns it."""

from typing import Any

from flask import Response, g, request

from web.bootstrap import platform
from web.security import keep_address_secret

#: Names of address parts that open something.
_KEYS = frozenset({"draft_id", "token", "code"})

#: How many times the size of one allowed upload a request may have before it is cut off. Up to there a file that is
#: too large is refused at its field, and everything else that was typed on the page is kept.
_TOLERANCE = 5


def let_large_files_in(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Mark the request's address as secret, and take even a file that is too large: the form explains it then."""
    if _KEYS & set(values or ()):
        keep_address_secret()
        request.max_content_length = _TOLERANCE * platform().settings.max_upload_mb * 1024 * 1024


def hide_address(response: Response) -> Response:
    """Keep secret pages out of search engines and caches."""
    if g.get("address_is_secret", False):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
    return response
