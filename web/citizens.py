# SPDX-License-Identifier: EUPL-1.2
"""Which citizen is logged in to “Mein Rathaus”. Clerks log in elsewhere (`web.auth`); one browser may be both."""

from typing import TYPE_CHECKING, cast

from flask import Flask, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from connectors.oidc import IdentityProvider
from engine.db import unit_of_work
from processes.konto.anmeldung import MERKEN, Buerger, begin_sitzung, end_sitzungen, mark_seen, resume_sitzung
from web.bootstrap import platform
from web.kept import token_of_held_answers
from web.texts import own_path
from web.transaction import session

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_COOKIE = "buerger"


def register(app: Flask) -> None:
    """Let every page know who is logged in."""
    app.jinja_env.globals["citizen"] = citizen


def citizen() -> Buerger | None:
    """The citizen of this request, or None when nobody is logged in to an account."""
    if "citizen" not in g:
        secret = cookie.get(_COOKIE)
        g.citizen = resume_sitzung(session(), platform().clock, secret) if isinstance(secret, str) else None
    return cast("Buerger | None", g.citizen)


def login_page(*, next_path: str | None = None, email: str = "", error: str = "", held: str = "") -> str:
    """The login page, filled in; held answers are held on."""
    values = {"next_path": next_path or "", "email": email, "error": error, "held": held}
    return render_template("konto/anmelden.html", **values, provider=provider_name())


def provider_name() -> str:
    """What people call the town's identity provider; empty when it has none."""
    found = platform().connectors.get(IdentityProvider)
    return found.name if isinstance(found, IdentityProvider) else ""


def current_citizen() -> Buerger:
    """The citizen of a page that only citizens with an account see."""
    found = citizen()
    assert found is not None, "the guard lets nobody else in"
    return found


def citizens_only() -> ResponseReturnValue | None:
    """The guard of the account's pages: whoever is not logged in does that first, and comes back afterwards."""
    found = citizen()
    if found is None and request.method == "GET":
        return redirect(url_for("zugang.login", next=own_path(request.full_path.rstrip("?"))))
    if found is None:
        # What was typed into a form that is sent after the login ended goes along.
        return login_page(held=token_of_held_answers() or ""), 401
    if request.method == "GET" and found.seen_at < platform().clock.now() - MERKEN:
        with unit_of_work(platform().db) as own:
            mark_seen(own, platform().clock, found.sitzung)
    return None


def log_in(konto_id: str, own: "Session | None" = None) -> None:
    """Log a citizen in on this device. What the browser held before is forgotten, so that nobody can plant a login.

    `own` is the transaction of a page that is only looked at, where the request's does not write.
    """
    cookie.clear()
    cookie.permanent = True
    cookie[_COOKIE] = begin_sitzung(own or session(), platform().clock, konto_id, _device())
    g.pop("citizen", None)


def log_out() -> None:
    """Log the citizen out on this device."""
    found = citizen()
    if found is not None:
        end_sitzungen(session(), found.konto_id, only=found.sitzung)
    cookie.pop(_COOKIE, None)
    g.pop("citizen", None)


#: What occurs in a browser's name of itself → what people call it; the first that occurs counts.
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
_SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "Mac"} | {
    "Linux": "Linux"
}


def _device() -> str:
    """The device in words; the network address is nobody's business here."""
    told = request.user_agent.string
    words = [next((name for sign, name in names.items() if sign in told), "") for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in words if word) or "Unbekanntes Gerät"
