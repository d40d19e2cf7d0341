# SPDX-License-Identifier: EUPL-1.2
"""Who is logged in: login, logout, and the guard that lets only the town's people pass."""

from typing import Any, cast

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from engine.errors import NotAllowed
from engine.identity import Actor, Login, authenticate, end_logins, resume_login
from web.bootstrap import platform
from web.kept import Posted, held_answers, keeps_form, replay, token_of_held_answers
from web.security import limiter, public
from web.texts import own_path
from web.transaction import session

blueprint = Blueprint("auth", __name__)
blueprint.before_request(public)

_login_manager = LoginManager()
_WRONG = "Benutzername und Passwort passen nicht zusammen. Prüfen Sie beides und versuchen Sie es noch einmal."


class Clerk(UserMixin):
    """The person who is logged in, as Flask-Login wants to see them."""

    def __init__(self, login: Login) -> None:
        self.actor = login.actor
        # Flask-Login keeps this in the cookie. A user name alone would let copies of the cookie outlive the logout.
        self.id = login.ticket


def register(app: Flask) -> None:
    """Let the application know who is logged in."""
    _login_manager.init_app(app)
    app.jinja_env.globals["clerk"] = signed_in


def signed_in() -> Actor | None:
    """The clerk of this request, or None when nobody is logged in."""
    return cast(Actor, current_user.actor) if current_user.is_authenticated else None


def current_actor() -> Actor:
    """The clerk of this request; raises NotAllowed when nobody is logged in."""
    actor = signed_in()
    if actor is None:
        raise NotAllowed("Nobody is logged in.")
    return actor


def clerks_only() -> ResponseReturnValue | None:
    """The guard of the town's inner pages: sends whoever is not logged in to the login page and back afterwards."""
    return None if signed_in() else login_page()


def require_group(group: str) -> None:
    """Raise NotAllowed unless the clerk belongs to the group."""
    if group not in current_actor().groups:
        raise NotAllowed(f"Only the group {group} may do that.")


@_login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def _load(ticket: str) -> Clerk | None:
    actor = resume_login(session(), ticket)
    return Clerk(Login(actor, ticket)) if actor else None


def login_page() -> ResponseReturnValue:
    """To the login page; what was typed into a form that is sent after the session ended goes along."""
    if request.method == "GET":
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
    return _form(next_path=own_path(request.path), held=token_of_held_answers(), status=401)


@blueprint.get("/anmelden")
def login() -> ResponseReturnValue:
    """The login page."""
    target = own_path(request.args.get("next"))
    if signed_in():
        return redirect(target or url_for("inbox.queue"))
    return _form(next_path=target)


def _typed_name() -> str:
    # No name holds a NUL, and PostgreSQL breaks off at one.
    return request.form.get("username", "").replace("\0", "").strip()


def _name_key() -> str:
    return "login:" + _typed_name().casefold()[:100]


def _went_wrong(response: Response) -> bool:
    return response.status_code == 422


def _show_again(posted: Posted, alert: str) -> str:
    """The login page when it was open too long or there were too many attempts; held answers are held on."""
    return _form(next_path=own_path(posted.get("next")), held=posted.get("held"), error=alert)[0]


@blueprint.post("/anmelden")
@keeps_form(_show_again)
@limiter.limit("60 per 15 minutes", deduct_when=_went_wrong)
@limiter.limit("10 per 15 minutes", key_func=_name_key, deduct_when=_went_wrong)
def check_login() -> ResponseReturnValue:
    """Log in, and go on where the person was stopped."""
    target = own_path(request.form.get("next"))
    # Hashing a password takes long on purpose; a session of its own keeps the write lock free meanwhile.
    with platform().db.reading() as looking:
        proved = authenticate(looking, _typed_name(), request.form.get("password", ""))
    if proved is None:
        return _form(next_path=target, held=request.form.get("held"), error=_WRONG, status=422)
    cookie.clear()
    cookie.permanent = True
    login_user(Clerk(proved))
    held = held_answers(request.form.get("held"))
    return replay(held) if held else redirect(target or url_for("inbox.queue"))


@blueprint.post("/abmelden")
def logout() -> ResponseReturnValue:
    """Log out, on every device, and say so: a copied cookie must not live on."""
    actor = signed_in()
    if actor is not None:
        end_logins(session(), actor.name)
    logout_user()
    cookie.clear()
    flash("Sie sind abgemeldet.", "success")
    return redirect(url_for("auth.login"))


def _form(
    next_path: str | None, held: str | None = None, error: str | None = None, status: int = 200
) -> tuple[str, int]:
    values: dict[str, Any] = {"next_path": next_path or "", "held": held or "", "error": error}
    values["username"] = _typed_name() if request.endpoint == "auth.check_login" else ""
    return render_template("auth/login.html", **values), status
