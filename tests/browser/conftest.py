# SPDX-License-Identifier: EUPL-1.2
"""The product as it is served, and people before real browsers: a phone, a desk, a phone without scripts."""

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

import processes
from engine.clock import SystemClock
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import add_user
from engine.worker import Worker
from forms import check_form
from tests.serving import serving
from web import create_app
from web.bootstrap import Platform
from web.settings import Settings

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 768}
PASSWORD = "demo-anna"
CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class TravellingClock(SystemClock):
    """The machine's clock, as far ahead as the test has gone."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.ahead


@dataclass(frozen=True)
class ServedTown:
    """A town that is served on this machine."""

    address: str
    platform: Platform
    mail_folder: Path
    clock: TravellingClock

    def days_pass(self, days: int) -> None:
        """Time passes, and what became due is done: here, for the worker beside us might be in the middle of a job."""
        self.platform.worker.stop()
        self.clock.ahead += timedelta(days=days)
        Worker(self.platform.db, self.platform.services).run_until_idle()

    def mails(self) -> list[EmailMessage]:
        """The mails laid down so far, oldest first."""
        files = sorted(self.mail_folder.glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


@pytest.fixture
def served_town(sqlite_url: str, tmp_path: Path) -> Iterator[ServedTown]:
    """The whole product: pages, worker, test bank, mail folder, real letters."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # A name, not a number: browsers bind passkeys to names only.
    address = f"http://localhost:{port}"
    settings = Settings(
        data_dir=tmp_path,
        database_url=sqlite_url,
        secret_key="browser-test",
        base_url=address,
        port=port,
        rate_limits=False,
    )
    clock = TravellingClock()
    app = create_app(settings, clock=clock)
    town: Platform = app.extensions["amtsfluss"]
    with unit_of_work(town.db) as session:
        for found in processes.slices():
            deploy(session, town.services, Bundle.from_folder(found.folder), form_check=check_form)
        add_user(session, town.clock, "anna.berger", "Anna Berger", PASSWORD, ["buergerbuero"])
        add_user(session, town.clock, "petra.kohl", "Petra Kohl", PASSWORD, ["kasse"])
    with serving(app, threads=4, port=port):
        town.worker.start()
        yield ServedTown(address, town, settings.mail_folder, clock)
        town.worker.stop()
    town.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def person_at(chromium: Browser, served_town: ServedTown) -> Iterator[Callable[..., Page]]:
    """Opens a browser window of a given size for one person; scripts on unless said otherwise."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if "Content Security" in message.text:
            errors.append(f"{message.text} {message.location}")

    def open_page(size: dict[str, int], *, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=served_town.address,
            viewport={"width": size["width"], "height": size["height"]},
            java_script_enabled=scripts,
            locale="de-DE",
            timezone_id="Europe/Berlin",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", complain)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def accessible(page: Page) -> None:
    """Nothing on the page that axe-core complains about, and nothing that scrolls sideways."""
    page.wait_for_load_state()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{page.url} is {width} px wider than the screen."


def heading(page: Page, text: str) -> None:
    """The page's one main heading."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)
