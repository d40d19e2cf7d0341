# SPDX-License-Identifier: EUPL-1.2
"""Who calls the API: machine accounts only, proved anew with every request; and what they may."""

from contextlib import nullcontext
from typing import Any

from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from engine.db import unit_of_work
from engine.grants import GrantMissing, Grants
from engine.identity import Actor
from engine.machines import TOKEN_PREFIX, PasswordCheck, Proved, note_use, prove_token
from web.api.problems import problem
from web.bootstrap import platform
from web.security import limiter
from web.transaction import session

#: Views that anybody may ask; what they say is no secret.
_OPEN: set[str] = set()
_WRONG = "The credentials are missing, wrong or revoked. Send Basic (account and password or token) or Bearer (token)."


def machines_only() -> ResponseReturnValue | None:
    """The guard of the API: 401 instead of a login page, so that clients ask for credentials."""
    if request.method == "OPTIONS" or request.endpoint in _OPEN:
        return None
    proved = _proved()
    if proved is None:
        response = problem(401, "AuthenticationException", _WRONG)
        response.headers["WWW-Authenticate"] = 'Basic realm="Amtsfluss", charset="UTF-8"'
        return response
    if proved.unnoted_token is not None:
        with unit_of_work(platform().db) as noting:
            note_use(noting, platform().clock, proved.unnoted_token)
    g.machine = proved.actor
    return None


def open_to_all(view: Any) -> Any:
    """Mark a view that needs no account."""
    _OPEN.add(f"api.{view.__name__}")
    return view


def is_open(endpoint: str) -> bool:
    """Whether anybody may ask it."""
    return endpoint in _OPEN


def limit_failed_logins(blueprint: Blueprint) -> None:
    """Passwords cannot be tried out. Tokens are too long to be guessed, but whoever tries is stopped as well."""
    limiter.limit("100 per 15 minutes", deduct_when=_login_failed)(blueprint)
    limiter.limit("10 per 15 minutes", key_func=_account_key, deduct_when=_login_failed)(blueprint)


def machine() -> Actor:
    """The machine account of this request."""
    actor: Actor = g.machine
    return actor


def grants() -> Grants:
    """What it may do."""
    return machine().grants or Grants()


def require(resource: str, permission: str, key: str = "*") -> None:
    """Raise `GrantMissing` unless the account may do this to the thing of that key."""
    if not grants().allow(resource, permission, key):
        raise GrantMissing(machine().name, resource, permission, key)


def require_any(resource: str, permission: str) -> frozenset[str] | None:
    """The keys for which the account may do this, None for all. Raise `GrantMissing` if there is none."""
    keys = grants().keys(resource, permission)
    if keys is not None and not keys:
        raise GrantMissing(machine().name, resource, permission, "*")
    return keys


def granted(resource: str, permission: str = "read") -> frozenset[str] | None:
    """The same for lists, which then are empty: the keys of what may be seen, None for all."""
    return grants().keys(resource, permission)


def _proved() -> Proved | None:
    shown = request.authorization
    if shown is None:
        return None
    town = platform()
    # The request's own session spares a connection. With SQLite it might be the only one that can write, and would be
    # so while a password is hashed, which takes long on purpose, or before a POST says that it only asks.
    with town.db.reading() if town.db.is_sqlite else nullcontext(session()) as looking:
        if shown.type == "bearer" and shown.token:
            return prove_token(looking, town.clock, shown.token)
        name, password = shown.get("username"), shown.get("password")
        if shown.type != "basic" or not name or not password or "\0" in name:
            return None
        if password.startswith(TOKEN_PREFIX):
            return prove_token(looking, town.clock, password, name=name)
        return _passwords().prove(looking, town.clock, name, password)


def _passwords() -> PasswordCheck:
    check: PasswordCheck = current_app.extensions.setdefault("amtsfluss.machine_passwords", PasswordCheck())
    return check


def _login_failed(response: Response) -> bool:
    return response.status_code == 401 and request.authorization is not None


def _account_key() -> str:
    shown = request.authorization
    name = (shown.get("username") or "") if shown is not None else ""
    return f"machine:{get_remote_address()}:{name[:100]}"
