# SPDX-License-Identifier: EUPL-1.2
"""What is measured, for Prometheus: to whoever has the token, or, where none is set, to programs of this machine."""

import hmac
from dataclasses import dataclass, field
from ipaddress import ip_address
from time import monotonic

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue

from engine.queries.load import Load, load
from web import measures
from web.bootstrap import Platform, platform
from web.remembered import Remembered

blueprint = Blueprint("metrics", __name__)

#: The database is counted at most once in so many seconds by each process, whoever asks how often.
_SECONDS = 15.0
_KEPT = "amtsfluss.load"
#: Anybody can invent more.
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class _Kept:
    """What was counted last, of the town that it was counted in."""

    town: Platform
    load: Remembered[Load] = field(default_factory=lambda: Remembered(_SECONDS))


def register(app: Flask) -> None:
    """Measure every request of the application."""
    app.before_request(_begin)
    app.after_request(_note)


@blueprint.before_request
def watchers_only() -> ResponseReturnValue | None:
    """The guard: numbers tell how a town works, which is nobody's business but its operators'."""
    token = platform().settings.metrics_token
    if token:
        sent = request.headers.get("Authorization", "").encode()
        is_known = hmac.compare_digest(sent, f"Bearer {token}".encode())
    else:
        is_known = _is_of_this_machine()
    if not is_known:
        abort(403)
    return None


@blueprint.get("/metrics")
def measured() -> Response:
    """All measures, in Prometheus' text format."""
    town = platform()
    kept: _Kept | None = current_app.extensions.get(_KEPT)
    if kept is None or kept.town is not town:
        kept = current_app.extensions[_KEPT] = _Kept(town)
    remembered = kept.load
    text = measures.exposition(town.settings.tenant, lambda: remembered.get(lambda: _count(town)))
    return Response(text, content_type=_TYPE)


def _count(town: Platform) -> Load:
    with town.db.reading() as session:
        return load(session, town.clock.now())


def _is_of_this_machine() -> bool:
    """A proxy of this machine is no witness: whoever came through it may be anywhere."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded")):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False  # a socket file has no address; whoever may use it may set a token


def _begin() -> None:
    g.began = monotonic()


def _note(response: Response) -> Response:
    if "began" in g:
        endpoint = request.endpoint or "unknown"
        seconds = monotonic() - g.began
        method = request.method if request.method in _METHODS else "other"
        measures.note_request(platform().settings.tenant, endpoint, method, response.status_code, seconds)
    return response
