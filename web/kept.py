# SPDX-License-Identifier: EUPL-1.2
"""Nothing typed is lost: forms that come back filled in when the session ended, a token is missing or a step failed.

A view that takes a form says how its page is shown again:

    @blueprint.post("/aufgabe/<task_id>")
    @keeps_form(show_again)          # show_again(posted, alert, task_id) -> the page
    def complete(task_id): ...

`posted` is what the person sent, `alert` the sentence that explains why the page is there again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, g, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from web.texts import own_path

Posted = MultiDict[str, str]
ShowAgain = Callable[..., str]
F = TypeVar("F", bound=Callable[..., Any])

_HELD_SECONDS = 12 * 60 * 60
_NOT_KEPT = frozenset({"csrf_token"})
_AFTER_LOGIN = (
    "Sie sind wieder angemeldet. Ihre Eingaben sind noch da. Bitte prüfen Sie sie und senden Sie noch einmal ab."
)


@dataclass(frozen=True)
class HeldAnswers:
    """What somebody had typed into the form that is sent to `path` when their session had ended."""

    path: str
    posted: Posted


def keeps_form(show_again: ShowAgain) -> Callable[[F], F]:
    """Declare how the form that this view takes is shown again, filled in."""

    def mark(view: F) -> F:
        view.show_again = show_again  # type: ignore[attr-defined]  # read back by form_again
        return view

    return mark


def form_again(alert: str) -> str | None:
    """The page of the form that this request sent, filled in, or None when it is not a form that is kept."""
    if request.method != "POST" or _from_elsewhere():
        return None
    show_again = _show_again_of(request.endpoint)
    return show_again(Posted(request.form), alert, **(request.view_args or {})) if show_again else None


def token_of_held_answers() -> str | None:
    """The posted form as a signed text, which the login page carries along; None when there is nothing to keep.

    The answers stay in the person's browser: nothing personal is stored for somebody who is not logged in.
    """
    if request.method != "POST" or _from_elsewhere() or not _show_again_of(request.endpoint):
        return None
    answers = {name: values for name, values in request.form.lists() if name not in _NOT_KEPT}
    return _signer().dumps([request.path, answers])


def held_answers(token: str | None) -> HeldAnswers | None:
    """What the signed text of the login page holds; None when it is missing, forged or too old."""
    if not token:
        return None
    try:
        path, answers = _signer().loads(token, max_age=_HELD_SECONDS)
    except BadSignature:
        return None
    return HeldAnswers(path, Posted(answers)) if own_path(path) else None


def replay(held: HeldAnswers) -> ResponseReturnValue:
    """Show the form, filled in, to the person who has just logged in. It is not sent: they do that themselves."""
    endpoint, arguments = current_app.create_url_adapter(request).match(held.path, method="POST")  # type: ignore[union-attr]  # there is an adapter within a request
    refusal = _guard_of(endpoint)
    if refusal is not None:
        return refusal
    g.pop("csrf_token", None)
    show_again = _show_again_of(endpoint)
    if show_again is None:
        raise HTTPException(description="This form is not kept.")
    return show_again(held.posted, _AFTER_LOGIN, **arguments)


def guard_of_request() -> ResponseReturnValue | None:
    """What the guard of this request's blueprint says; for handlers that act before guards are asked."""
    return _guard_of(request.endpoint)


def _guard_of(endpoint: str | None) -> ResponseReturnValue | None:
    if endpoint is None or "." not in endpoint:
        return None
    for guard in current_app.before_request_funcs.get(endpoint.rpartition(".")[0], ()):
        refusal: ResponseReturnValue | None = guard()  # type: ignore[assignment]  # we register no asynchronous guards
        if refusal is not None:
            return refusal
    return None


def _show_again_of(endpoint: str | None) -> ShowAgain | None:
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "show_again", None)


def _from_elsewhere() -> bool:
    """Whether another site made the browser send this: then nothing of it is shown."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "same-site", "none"}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="held answers")
