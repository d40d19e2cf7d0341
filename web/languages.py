# SPDX-License-Identifier: EUPL-1.2
"""Pages for citizens in the language that they choose: by `?sprache=en`, kept in a cookie. Offices read German."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, url_for
from jinja2 import Environment
from markupsafe import Markup, escape

from forms.language import GERMAN, LANGUAGES, add_translations, language, say, speak

COOKIE = "sprache"
"""Holds the code of the language that somebody has chosen, and nothing else."""

_YEAR = 365 * 24 * 3600
#: Pages of these parts can be had in other languages; None is a page that is not found.
_AUDIENCE = {"portal", "konto", "zugang", None}
#: What other sites take from us says its language in its address alone: it is kept for everybody.
_SHARED = {"portal.services_feed", "portal.services_snippet"}


def register(app: Flask) -> None:
    """Choose the language of every request and let templates speak it."""
    add_translations(Path(__file__).parent / "translations")
    speak_in(app.jinja_env)
    app.jinja_env.globals.update(language=language, other_languages=_others, languages=LANGUAGES)
    app.before_request(_choose)
    app.after_request(_remember)
    app.teardown_request(lambda _: speak(GERMAN))


def speak_in(environment: Environment) -> None:
    """`_("…")`, `{% trans %}` and the filter `say` for templates that citizens read."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(say, _one_or_many, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    environment.filters["say"] = _say


def _say(text: Any) -> Any:
    """A sentence that was written elsewhere, such as a message; whatever is no sentence of ours stays as it is."""
    if isinstance(text, Markup):
        return text
    return say(str(text)) if text else text


def _one_or_many(one: str, many: str, number: int) -> str:
    return say(one if number == 1 else many)


def _choose() -> None:
    if request.blueprint not in _AUDIENCE:
        speak(GERMAN)
    elif request.endpoint in _SHARED:
        speak(request.args.get(COOKIE, GERMAN))
    else:
        speak(_wanted() or request.cookies.get(COOKIE, GERMAN))


def _wanted() -> str:
    """The language that the address asks for; empty when it asks for none that there is."""
    code = request.args.get(COOKIE, "")
    return code if code in LANGUAGES else ""


def _remember(response: Response) -> Response:
    if request.blueprint in _AUDIENCE and request.endpoint not in _SHARED:
        response.vary.add("Cookie")
        if code := _wanted():
            response.set_cookie(
                COOKIE,
                code,
                max_age=_YEAR,
                httponly=True,
                samesite="Lax",
                secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            )
    return response


def _others() -> Mapping[Markup, tuple[str, str]]:
    """Address of this page in each other language → its code and name. None for the answer to a form."""
    if request.method not in {"GET", "HEAD"} or request.endpoint is None:
        return {}
    asked = {key: value for key, value in request.args.items() if key != COOKIE and not key.startswith("_")}
    here: dict[str, Any] = asked | (request.view_args or {})
    return {
        escape(url_for(request.endpoint, **here | {COOKIE: code})): (code, name)
        for code, name in LANGUAGES.items()
        if code != language()
    }
