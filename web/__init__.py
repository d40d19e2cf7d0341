# SPDX-License-Identifier: EUPL-1.2
"""HTTP, command line and composition: one package for each audience."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Map, RuleFactory

from engine.clock import Clock
from engine.operations import Connector
from web import auth, citizens, errors, languages, logs, security, texts, transaction
from web.bootstrap import Platform, build_platform
from web.settings import Settings
from web.simulator import MOUNT_PATH


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    start_worker: bool = False,
    connectors: Mapping[type, Connector] | None = None,
) -> Flask:
    """The town's web application. `clock` and `connectors` replace the real ones in tests."""
    town = build_platform(settings, clock=clock, connectors=connectors)
    app = app_of(town)
    if settings.trusted_proxies:
        app.wsgi_app = behind_proxies(app.wsgi_app, settings)  # type: ignore[method-assign]  # Flask's documented way to wrap
    if start_worker:
        town.start_jobs()
    return app


def app_of(town: Platform, routes: "Routes | None" = None) -> Flask:
    """The web application of a town; with routes that another application has drawn it is made in no time."""
    settings = town.settings
    app = _Application(routes or Routes())
    app.extensions["amtsfluss"] = town
    _configure(app, settings)
    # The last registered acts first after a request: headers go onto what the transaction's end left.
    _watch(app, settings)
    security.register(app, settings)
    transaction.register(app)
    texts.register(app)
    languages.register(app)
    auth.register(app)
    citizens.register(app)
    errors.register(app)
    _add_audiences(app)
    _mount_simulator(app, town)
    return app


def behind_proxies(application: Any, settings: Settings) -> ProxyFix:
    """Believe what so many proxies say of the address, the scheme and the host that were asked."""
    hops = settings.trusted_proxies
    return ProxyFix(application, x_for=hops, x_proto=hops, x_host=hops)


class Routes(Map):
    """The addresses of the pages, drawn once: most of what an application weighs, and the same in every town."""

    def __init__(self, **options: Any) -> None:
        self._drawn: set[tuple[str, str, frozenset[str]]] = set()
        super().__init__(**options)

    def add(self, rulefactory: RuleFactory) -> None:
        """Draw what has not been drawn yet."""
        for rule in rulefactory.get_rules(self):
            drawn = rule.rule, str(rule.endpoint), frozenset(rule.methods or ())
            if drawn not in self._drawn:
                self._drawn.add(drawn)
                super().add(rule)


class _Application(Flask):
    def __init__(self, routes: Routes) -> None:
        self.url_map_class = lambda **options: routes  # type: ignore[assignment]  # Flask calls it to make its map
        super().__init__(__name__)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        TRAP_BAD_REQUEST_ERRORS=False,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(town=settings.town)


def _watch(app: Flask, settings: Settings) -> None:
    """First of all, so that the whole of a request is seen."""
    from web import health, metrics  # loads the measuring library, which must know by then who measures together

    logs.register(app, settings)
    metrics.register(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)


def _add_audiences(app: Flask) -> None:
    from web import api, inbox, kasse, konto, open311, portal
    from web.api.everybody import blueprint as everybody
    from web.api.webapps import webapps
    from web.portal import webhooks

    app.register_blueprint(auth.blueprint)
    app.register_blueprint(portal.blueprint)
    app.register_blueprint(webhooks.blueprint)
    app.register_blueprint(konto.entrance, url_prefix="/konto")
    app.register_blueprint(konto.blueprint, url_prefix="/konto")
    app.register_blueprint(inbox.blueprint, url_prefix="/inbox")
    app.register_blueprint(kasse.blueprint, url_prefix="/inbox/kasse")
    app.register_blueprint(api.blueprint)
    app.register_blueprint(open311.blueprint)
    app.register_blueprint(webapps)
    app.register_blueprint(everybody)


def _mount_simulator(app: Flask, town: Platform) -> None:
    if town.simulator is not None:
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {MOUNT_PATH: town.simulator})  # type: ignore[method-assign]  # Flask's documented way to wrap
