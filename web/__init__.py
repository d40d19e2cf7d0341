# SPDX-License-Identifier: EUPL-1.2
"""HTTP, command line and composition: one package for each audience."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.clock import Clock
from engine.operations import Connector
from web import auth, errors, security, texts, transaction
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
    app = Flask(__name__)
    town = build_platform(settings, clock=clock, connectors=connectors)
    app.extensions["amtsfluss"] = town
    _configure(app, settings)
    # The last registered acts first after a request: headers go onto what the transaction's end left.
    security.register(app, settings)
    transaction.register(app)
    texts.register(app)
    auth.register(app)
    errors.register(app)
    _add_audiences(app)
    _mount_simulator(app, town)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way to wrap
    if start_worker:
        town.worker.start()
    return app


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


def _add_audiences(app: Flask) -> None:
    from web import api, inbox, portal
    from web.api.everybody import blueprint as everybody
    from web.api.webapps import webapps

    app.register_blueprint(auth.blueprint)
    app.register_blueprint(portal.blueprint)
    app.register_blueprint(inbox.blueprint, url_prefix="/inbox")
    app.register_blueprint(api.blueprint)
    app.register_blueprint(webapps)
    app.register_blueprint(everybody)


def _mount_simulator(app: Flask, town: Platform) -> None:
    if town.simulator is not None:
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {MOUNT_PATH: town.simulator})  # type: ignore[method-assign]  # Flask's documented way to wrap
