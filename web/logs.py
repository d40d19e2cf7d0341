# SPDX-License-Identifier: EUPL-1.2
"""The log: for people a line of text, for programs that collect logs one JSON object a line. It names no people.

A request line tells endpoint, status, duration and request id; neither address nor query string, for both may tell of
people. What is logged while a request is answered carries its id, what a job logs the ids of job and case.
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, request

from web.settings import Settings

_log = logging.getLogger(__name__)

_OURS = ("engine", "processes", "forms", "connectors", "web")
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
#: What a line may carry beside its message, when whoever writes it hands it over as `extra`.
_FACTS = ("case", "job", "endpoint", "method", "status", "milliseconds", "town")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._\-]{8,64}")

_request_id: ContextVar[str] = ContextVar("request id", default="")


class JsonLines(logging.Formatter):
    """One JSON object a line. Of an error it tells kind and place; its words may name people and stay out."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _FACTS if getattr(record, name, None) is not None}
        if _request_id.get():
            line["request"] = _request_id.get()
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["place"] = "".join(traceback.format_tb(record.exc_info[2]))
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(settings: Settings) -> None:
    """What we have to say at the wished level; what libraries have to say only when it is a warning."""
    logging.basicConfig(level="WARNING", format=_TEXT)
    if settings.log_format == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines())
    for package in _OURS:
        logging.getLogger(package).setLevel(settings.log_level)


def register(app: Flask, settings: Settings) -> None:
    """Give every request its id and, where programs read the log, its line."""
    level = logging.INFO if settings.log_format == "json" else logging.DEBUG
    app.before_request(lambda: _begin(settings))
    app.after_request(lambda response: _tell(response, level, settings.tenant))
    app.teardown_request(_end)


def _begin(settings: Settings) -> None:
    sent = request.headers.get("X-Request-ID", "")
    # Only a proxy that we were told of may name our requests; what else comes is made up by somebody.
    is_ours = settings.trusted_proxies > 0 and _REQUEST_ID.fullmatch(sent)
    g.request_began, g.request_id = monotonic(), sent if is_ours else uuid4().hex
    _request_id.set(g.request_id)


def _tell(response: Response, level: int, town: str) -> Response:
    if "request_id" in g:
        response.headers["X-Request-ID"] = g.request_id
        facts = {
            "endpoint": request.endpoint or "unknown",
            "method": request.method,
            "status": response.status_code,
            "milliseconds": round((monotonic() - g.request_began) * 1000, 1),
            "town": town or None,
        }
        _log.log(level, "%(method)s %(endpoint)s %(status)s in %(milliseconds)s ms", facts, extra=facts)
    return response


def _end(error: BaseException | None) -> None:
    _request_id.set("")
