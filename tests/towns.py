# SPDX-License-Identifier: EUPL-1.2
"""One application for many tests: its hundreds of routes are made once, its town anew for each."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from engine.clock import Clock
from engine.operations import Connector
from web import create_app
from web.bootstrap import Platform, build_platform
from web.settings import Settings

#: By what is set, wherever the data lie.
_made: dict[Settings, Flask] = {}


@contextmanager
def town_served(
    settings: Settings, *, clock: Clock, connectors: Mapping[type[Connector], Connector], client: type[FlaskClient]
) -> Iterator[Flask]:
    """An application whose town is built for this test alone. It has no test bank and counts no requests."""
    assert not settings.rate_limits, "Whoever counts requests needs an application of their own."
    alike = replace(settings, data_dir=Path(), database_url="")
    if alike not in _made:
        _made[alike] = create_app(settings, clock=clock, connectors=connectors)
        _town(_made[alike]).close()
    app = _made[alike]
    town = build_platform(settings, clock=clock, connectors=connectors)
    app.extensions["amtsfluss"], app.test_client_class = town, client
    config = dict(app.config)
    yield app
    # A test may have changed the settings of the application that it took for its own.
    app.config.clear()
    app.config.update(config)
    town.close()


def _town(app: Flask) -> Platform:
    found: Platform = app.extensions["amtsfluss"]
    return found
