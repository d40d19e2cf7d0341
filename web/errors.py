# SPDX-License-Identifier: EUPL-1.2
"""Error pages: what happened, in plain words, and what to do next. Nothing typed is lost where it can be kept."""

import logging
import traceback
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from engine import errors as engine_errors
from engine.db import unit_of_work
from engine.errors import AmtsflussError
from engine.incidents import open_incident, open_incident_once
from engine.queries.cases import case_exists
from web.bootstrap import platform
from web.kept import form_again, guard_of_request
from web.transaction import roll_back

_log = logging.getLogger(__name__)

#: Extension of the application: address prefix → what says there that an address or method is unknown. Programs are
#: told in their own language; what goes wrong within their views they catch themselves.
OTHER_WORDS = "amtsfluss.error_words"


@dataclass(frozen=True)
class ErrorText:
    """What an error page says."""

    title: str
    happened: str
    next_step: str


_TEXTS = {
    400: ErrorText(
        "Das hat nicht geklappt",
        "Die Angaben sind unvollständig bei uns angekommen.",
        "Gehen Sie eine Seite zurück, laden Sie sie neu und versuchen Sie es noch einmal.",
    ),
    403: ErrorText(
        "Diese Seite ist nicht für Sie freigegeben",
        "Sie haben für diese Seite keine Berechtigung.",
        "Wenn Sie sie für Ihre Arbeit brauchen, wenden Sie sich an Ihre Fachbetreuung.",
    ),
    404: ErrorText(
        "Seite nicht gefunden",
        "Unter dieser Adresse gibt es keine Seite. Vielleicht ist der Link unvollständig oder abgelaufen.",
        "Prüfen Sie die Adresse oder beginnen Sie auf der Startseite.",
    ),
    405: ErrorText(
        "So lässt sich diese Seite nicht öffnen",
        "Diese Adresse nimmt nur abgeschickte Formulare an.",
        "Beginnen Sie auf der Startseite.",
    ),
    409: ErrorText(
        "Jemand war schneller",
        "Der Vorgang hat sich in der Zwischenzeit geändert. Es wurde nichts überschrieben.",
        "Laden Sie die Seite neu und sehen Sie sich den neuen Stand an.",
    ),
    503: ErrorText(
        "Wir können gerade nichts speichern",
        "Der Speicher für Dokumente ist voll oder nicht erreichbar. Der Fehler liegt nicht bei Ihnen.",
        "Versuchen Sie es in einigen Minuten noch einmal. Bleibt der Fehler, rufen Sie uns bitte an.",
    ),
    413: ErrorText(
        "Die Datei ist zu groß",
        "Was Sie hochgeladen haben, ist größer als erlaubt.",
        "Gehen Sie eine Seite zurück und wählen Sie eine kleinere Datei, zum Beispiel ein kleineres Foto.",
    ),
    429: ErrorText(
        "Zu viele Versuche",
        "Von Ihrem Anschluss oder für diesen Benutzernamen kamen in kurzer Zeit zu viele Anfragen.",
        "Warten Sie bitte 15 Minuten und versuchen Sie es dann noch einmal.",
    ),
    500: ErrorText(
        "Da ist bei uns etwas schiefgegangen",
        "Der Fehler liegt nicht bei Ihnen. Wir haben ihn aufgezeichnet. Ihre letzte Eingabe wurde nicht gespeichert.",
        "Versuchen Sie es in einigen Minuten noch einmal. Bleibt der Fehler, rufen Sie uns bitte an.",
    ),
}
_DONE = ErrorText(
    "Diese Aufgabe ist schon erledigt oder entfallen",
    "Die Aufgabe wurde bereits abgeschlossen, vielleicht von Ihnen selbst in einem anderen Fenster, oder der Vorgang "
    "braucht sie nicht mehr.",
    "Sie müssen nichts weiter tun. Ihre Liste zeigt die nächsten Aufgaben.",
)
_HELD_BY_ANOTHER = ErrorText(
    "Jemand anderes bearbeitet diese Aufgabe",
    "Eine Kollegin oder ein Kollege hat die Aufgabe übernommen.",
    "Wählen Sie eine andere Aufgabe. Wenn es eilt, sprechen Sie sich ab: Wer die Aufgabe hat, kann sie zurückgeben.",
)
_CASE_ENDED = ErrorText(
    "Der Vorgang ist abgeschlossen",
    "In diesem Vorgang gibt es nichts mehr zu tun.",
    "Ihre Liste zeigt die nächsten Aufgaben.",
)
_CASE_SUSPENDED = ErrorText(
    "Die Bearbeitung ist angehalten",
    "Dieser Vorgang ruht zurzeit. Es wurde nichts geändert.",
    "Versuchen Sie es wieder, sobald er weiterläuft. Wenn es eilt, fragen Sie bitte nach.",
)
_TOKEN_MISSING = (
    "Die Seite war zu lange offen. Ihre Eingaben sind noch da. Bitte prüfen Sie sie und senden Sie noch einmal ab."
)
_TOO_MANY = (
    "Von Ihrem Anschluss kamen in kurzer Zeit zu viele Anfragen, deshalb wurde nichts gespeichert. "
    "Ihre Eingaben sind noch da. Warten Sie bitte einige Minuten und senden Sie dann noch einmal ab."
)
_STEP_FAILED = (
    "Beim Speichern ist bei uns etwas schiefgegangen. Ihre Eingaben sind noch da, gespeichert wurde nichts. "
    "Wir haben den Fehler aufgezeichnet. Versuchen Sie es in einigen Minuten noch einmal."
)
_NO_ROOM = (
    "Der Speicher für Dokumente ist voll oder gerade nicht erreichbar, deshalb wurde nichts gespeichert. "
    "Ihre Eingaben sind noch da. Wir haben den Fehler aufgezeichnet. Versuchen Sie es in einigen Minuten noch einmal."
)
_SUSPENDED = (
    "Die Bearbeitung ist zurzeit angehalten, deshalb wurde nichts gespeichert. Ihre Eingaben sind noch da. "
    "Bitte senden Sie noch einmal ab, sobald es weitergeht."
)
_CHANGED = (
    "Der Vorgang hat sich gerade geändert, deshalb wurde nichts gespeichert. Ihre Eingaben sind noch da. "
    "Bitte senden Sie noch einmal ab."
)


def register(app: Flask) -> None:
    """Give the application its error pages."""
    app.log_exception = _log_without_words  # type: ignore[method-assign]  # Flask names this method as the place
    app.register_error_handler(CSRFError, _token_missing)
    app.register_error_handler(engine_errors.StepFailed, _step_failed)
    app.register_error_handler(AmtsflussError, _engine_error)
    app.register_error_handler(InternalServerError, _broken)
    app.register_error_handler(HTTPException, _http_error)


def error_page(status: int, text: ErrorText | None = None) -> tuple[str, int]:
    """The page for an HTTP status, or one with its own words."""
    text = text or _TEXTS.get(status) or _TEXTS[400 if status < 500 else 500]
    return render_template(
        "errors/error.html", text=text, status=status, inner=request.path.startswith("/inbox")
    ), status


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    roll_back()
    for prefix, other_words in current_app.extensions.get(OTHER_WORDS, {}).items():
        if request.path == prefix or request.path.startswith(f"{prefix}/"):
            answered: ResponseReturnValue = other_words(error)
            return answered
    if isinstance(error, MethodNotAllowed):
        return *error_page(405), {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    return _again(_TOO_MANY, 429) if error.code == 429 else error_page(error.code)


def _token_missing(error: CSRFError) -> ResponseReturnValue:
    """The token was checked before the guard was asked, so the guard speaks first."""
    try:
        refusal = guard_of_request()
    except AmtsflussError as refused:
        return current_app.handle_user_exception(refused)
    return refusal if refusal is not None else _again(_TOKEN_MISSING, 400)


def _again(alert: str, status: int, text: ErrorText | None = None) -> ResponseReturnValue:
    """The form filled in, or the page for the status; what is wrong with the form's own page speaks first."""
    try:
        page = form_again(alert)
    except (AmtsflussError, HTTPException) as worse:
        return current_app.handle_user_exception(worse)
    return (page, status) if page else error_page(status, text)


def _engine_error(error: AmtsflussError) -> ResponseReturnValue:
    roll_back()
    if isinstance(error, engine_errors.NotFound):
        return error_page(404)
    if isinstance(error, engine_errors.NotAllowed):
        return error_page(403)
    if isinstance(error, engine_errors.CaseChangedMeanwhile):
        return _again(_CHANGED, 409)
    if isinstance(error, engine_errors.CaseSuspended):
        return _again(_SUSPENDED, 409, _CASE_SUSPENDED)
    if isinstance(error, engine_errors.DocumentTooLarge):
        return error_page(413)
    if isinstance(error, engine_errors.ContentStoreUnavailable):
        _log.error("Documents cannot be stored or read: %s", error.message)
        return _again(_NO_ROOM, 503)
    conflicts = {
        engine_errors.TaskAlreadyCompleted: _DONE,
        engine_errors.TaskClaimedByAnother: _HELD_BY_ANOTHER,
        engine_errors.CaseHasEnded: _CASE_ENDED,
    }
    if type(error) in conflicts:
        return error_page(409, conflicts[type(error)])
    _log_error(error)
    return _sorry()


def _step_failed(error: engine_errors.StepFailed) -> ResponseReturnValue:
    """The transaction is undone first; the incident then gets one of its own, so that it stays."""
    roll_back()
    leave_incident(error)
    return _sorry()


def _broken(error: InternalServerError) -> ResponseReturnValue:
    roll_back()
    return _sorry()


def _sorry() -> ResponseReturnValue:
    try:
        page = form_again(_STEP_FAILED)
    except Exception as broken:
        # Whatever broke the request may break its page too; the plain page still works.
        _log_error(broken)
        page = None
    return (page, 500) if page else error_page(500)


def leave_incident(error: engine_errors.StepFailed) -> None:
    """Tell operators of a step that failed, in a transaction of its own. A case that could not begin is not there."""
    about: dict[str, Any] = {"element_id": error.element_id, "kind": "step_failed", "cause": error.cause}
    with unit_of_work(platform().db) as own:
        if case_exists(own, error.case_id):
            open_incident_once(own, platform().clock, case_id=error.case_id, **about)
        else:
            open_incident(own, platform().clock, case_id=None, **about)


def _log_without_words(exc_info: Any) -> None:
    _log_error(exc_info[1])


def _log_error(error: BaseException) -> None:
    """Where it broke and what kind of error it was. Its words may name people, and stay out of the log."""
    kinds = []
    cause: BaseException | None = error
    while cause is not None:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    place = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s %s failed: %s\n%s", request.method, request.endpoint, " from ".join(kinds), place)
