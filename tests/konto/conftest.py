# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pytest
from flask import Flask

from connectors.mail import FakeMailer, Mailer
from tests.konto.holder import Holder
from tests.portal.conftest import (  # noqa: F401 – the town of the portal's tests
    app,
    browser,
    citizen,
    make_app,
    new_browser,
    office,
    portal_database,
    settings,
    town,
)
from web.bootstrap import Platform


@pytest.fixture
def mailer(town: Platform) -> FakeMailer:  # noqa: F811 – the fixture of that name
    found = town.services.provide(Mailer)
    assert isinstance(found, FakeMailer)
    return found


@pytest.fixture
def erika(app: Flask, mailer: FakeMailer) -> Holder:  # noqa: F811 – the fixture of that name
    return Holder(new_browser(app), mailer)


@pytest.fixture
def otto(app: Flask, mailer: FakeMailer) -> Holder:  # noqa: F811 – the fixture of that name
    return Holder(new_browser(app), mailer, "otto.kurz@example.org")
