# SPDX-License-Identifier: EUPL-1.2
"""Somebody with an account, who reads their mails and clicks on what stands in them."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from connectors.mail import FakeMailer
from tests.web.browser import Browser

PASSWORD = "sieben blaue Pflaumen im Wind"


class Holder:
    """One person with one browser."""

    def __init__(self, browser: Browser, mailer: FakeMailer, email: str = "erika.muster@example.org") -> None:
        self.browser, self.mailer, self.email = browser, mailer, email

    def registers(self, password: str = PASSWORD) -> TestResponse:
        self.browser.get("/konto/registrieren")
        return self.browser.send("/konto/registrieren", {"email": self.email, "passwort": password})

    def last_link(self) -> str:
        """The path of the link in the newest mail to this person."""
        mail = [mail for mail in self.mailer.sent if mail.to == self.email][-1]
        found = re.search(r"http://localhost(/konto/\S+)", mail.text)
        assert found, mail.text
        return found[1]

    def confirms(self, password: str = PASSWORD) -> TestResponse:
        link = self.last_link()
        self.browser.get(link)
        return self.browser.send(link, {"passwort": password})

    def has_account(self) -> Holder:
        self.registers()
        assert self.confirms().status_code == 302
        self.browser.get("/konto/")
        return self

    def logs_in(self, password: str = PASSWORD, target: str = "") -> TestResponse:
        self.browser.get("/konto/anmelden")
        return self.browser.send("/konto/anmelden", {"email": self.email, "passwort": password, "next": target})

    def sees(self, path: str) -> str:
        response = self.browser.get(path)
        assert response.status_code == 200, (path, response.status_code, response.location)
        return response.text

    def presses(self, page: str, action: str, **fields: str) -> TestResponse:
        """Send a form of a page that was just looked at."""
        self.browser.get(page)
        return self.browser.send(action, fields)
