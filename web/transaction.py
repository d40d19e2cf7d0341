# SPDX-License-Identifier: EUPL-1.2
"""One request, one transaction: what is looked at is rolled back, what a POST did is committed when it went well."""

from flask import Flask, Response, g, request
from sqlalchemy.orm import Session

from web.bootstrap import platform

_LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})


def session() -> Session:
    """The request's database session, opened when first asked for."""
    if "db_session" not in g:
        db = platform().db
        # A POST that only asks says so before it does; it then waits for nobody who writes.
        looks = request.method in _LOOKING or g.get("only_looks", False)
        g.db_session = db.reading() if looks else db.writing()
    opened: Session = g.db_session
    return opened


def roll_back() -> None:
    """Forget what this request has done so far; looking things up for an error page works on."""
    if "db_session" in g:
        session().rollback()


def register(app: Flask) -> None:
    """Let every request of the application end its transaction."""
    app.after_request(_end)
    app.teardown_request(_close)


def _end(response: Response) -> Response:
    if "db_session" in g:
        if request.method not in _LOOKING and response.status_code < 400:
            session().commit()
        else:
            session().rollback()
    return response


def _close(error: BaseException | None) -> None:
    opened: Session | None = g.pop("db_session", None)
    if opened is not None:
        opened.close()
