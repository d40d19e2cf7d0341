# SPDX-License-Identifier: EUPL-1.2
"""Handing out stored files. An uploaded file is a stranger: it may not run, load or embed anything."""

from io import BytesIO

from flask import Response, send_file

#: What a browser shows without running anything; everything else is only ever downloaded.
_SHOWN_INLINE = frozenset({"application/pdf", "image/jpeg", "image/png"})


def send_content(name: str, media_type: str, content: bytes, *, inline: bool = False) -> Response:
    """A file as a response; `inline` lets the browser show it, if it is of a harmless kind."""
    known = media_type in _SHOWN_INLINE
    response = send_file(
        BytesIO(content),
        media_type if known else "application/octet-stream",
        as_attachment=not (inline and known),
        download_name=name,
    )
    # Browsers show no PDF inside a sandbox; their viewer is one of its own.
    sandbox = "" if media_type == "application/pdf" else "; sandbox"
    response.headers["Content-Security-Policy"] = f"default-src 'none'; frame-ancestors 'none'{sandbox}"
    response.headers["Cache-Control"] = "no-store"
    return response
