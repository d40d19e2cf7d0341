# SPDX-License-Identifier: EUPL-1.2
"""The web application of an installation with several towns: hands each request to the town whose host was asked for.

Every town has an application of its own, with its own secret, its own cookies and its own tables. What belongs to one
cannot be reached through another, because there it does not exist.
"""

import logging
from collections.abc import Iterable
from http import HTTPStatus
from threading import Lock
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from web import Routes, app_of, behind_proxies
from web.bootstrap import Platform
from web.preparation import has_tables
from web.settings import SettingRefused
from web.tenants.opened import ManyTowns, Towns
from web.tenants.settings import said_of

logger = logging.getLogger(__name__)

_LIFE, _READINESS = "/healthz", "/readyz"
_PAGE = """<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{words}</p></main></body>
</html>
"""
_NOBODY_HERE = "Hier gibt es keine Seite", "Prüfen Sie bitte die Adresse. Vielleicht ist sie falsch geschrieben."
_NOT_READY = (
    "Diese Seite ist gerade nicht erreichbar",
    "Der Fehler liegt nicht bei Ihnen. Versuchen Sie es bitte in einigen Minuten noch einmal.",
)


class TownsFront:
    """Builds the application of a town when it is first asked for, and keeps it."""

    def __init__(self, towns: ManyTowns) -> None:
        self._towns = towns
        self._routes = Routes()
        self._apps: dict[str, tuple[Platform, Flask]] = {}
        self._lock = Lock()

    def __call__(self, asked: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if asked.get("PATH_INFO") == _LIFE:
            # This process lives, also while a database is away.
            return _answer(start_response, HTTPStatus.OK, "text/plain", "ok\n")
        try:
            town = self._towns.at_host(asked.get("HTTP_HOST", ""))
            app = self.app_of_town(town) if town else None
        except (SQLAlchemyError, SettingRefused) as trouble:
            logger.error("A town cannot be served: %s", said_of(trouble))
            return _page(start_response, HTTPStatus.SERVICE_UNAVAILABLE, *_NOT_READY)
        if app is not None:
            return app(asked, start_response)
        if asked.get("PATH_INFO") == _READINESS:
            # Whoever balances load asks by the machine's number, and can be told that the registry has answered.
            return _answer(start_response, HTTPStatus.OK, "text/plain", "ok\n")
        return _page(start_response, HTTPStatus.NOT_FOUND, *_NOBODY_HERE)

    def app_of_town(self, town: Platform) -> Flask:
        """Its application, made when it is first needed."""
        name = town.settings.tenant
        known = self._apps.get(name)
        if known is not None and known[0] is town:
            return known[1]
        with self._lock:
            if not has_tables(town):
                raise SettingRefused(f"{name} has no tables yet. Run: amt tenant migrate {name}")
            app = app_of(town, self._routes)
            self._apps[name] = town, app
        return app


def front_of(towns: Towns) -> WSGIApplication:
    """What a server is given: the application of one town or of many, behind as many proxies as are trusted."""
    front: WSGIApplication = TownsFront(towns) if isinstance(towns, ManyTowns) else app_of(towns.town)
    return behind_proxies(front, towns.settings) if towns.settings.trusted_proxies else front


def _page(start_response: StartResponse, status: HTTPStatus, title: str, words: str) -> Iterable[bytes]:
    return _answer(start_response, status, "text/html", _PAGE.format(title=title, words=words))


def _answer(start_response: StartResponse, status: HTTPStatus, kind: str, text: str) -> Iterable[bytes]:
    body = text.encode()
    headers = [
        ("Content-Type", f"{kind}; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    ]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
