# SPDX-License-Identifier: EUPL-1.2
"""A browser for tests that looks at every page it is given: valid HTML, one h1, labels, nothing inline, headers."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from forms.language import LANGUAGES

_UNLABELLED = {"hidden", "submit", "button"}
#: Strict parsers complain of these; browsers and the standard of today do not.
_HARMLESS = {"expected-doctype-but-got-chars"}


class Browser(FlaskClient):
    """Follows no redirect by itself; sends the CSRF token of the last page with every form, as a browser does."""

    token: str = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        check_headers(response)
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 307, 308}:
            check_page(response.text)
            found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
            self.token = found.group(1) if found else self.token
        return response

    def send(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Post a form with the token."""
        return self.post(path, data={"csrf_token": self.token, **(data or {})}, **kwargs)

    def log_in(self, username: str, password: str = "passwort-fuer-tests") -> Browser:
        """Log in and take the token of the page behind it."""
        self.get("/anmelden")
        response = self.send("/anmelden", {"username": username, "password": password})
        assert response.status_code == 302, response.text
        self.get("/inbox/")
        return self


def check_headers(response: TestResponse) -> None:
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    if not response.request.path.startswith("/static/"):
        assert "no-store" in response.headers["Cache-Control"]


def check_page(text: str) -> None:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(text)
    assert not [error for error in parser.errors if error[1] not in _HARMLESS], parser.errors
    assert page.get("lang") in LANGUAGES
    assert len((page.findtext("head/title") or "").strip()) > 5
    # html5lib keeps comments as elements whose tag is no text.
    elements = [element for element in page.iter() if isinstance(element.tag, str)]
    assert sum(element.tag == "h1" for element in elements) == 1
    ids = [element.get("id") for element in elements if element.get("id")]
    assert len(ids) == len(set(ids)), "an id is given twice"
    labelled = {element.get("for") for element in elements if element.tag == "label"}
    for element in elements:
        _check_element(element, labelled, set(ids))


def _check_element(element: Element, labelled: set[str | None], ids: set[str | None]) -> None:
    assert element.tag != "style"
    assert element.get("style") is None
    assert not [name for name in element.attrib if name.startswith("on")]
    if element.tag == "script":
        assert element.get("src"), "inline script"
    if element.tag in {"input", "select", "textarea"} and element.get("type") not in _UNLABELLED:
        assert element.get("id") in labelled or element.get("aria-label") or element.get("aria-labelledby"), (
            element.attrib
        )
    if element.tag == "img":
        assert element.get("alt") is not None
    if element.tag in {"a", "button"}:
        assert "".join(element.itertext()).strip() or element.get("aria-label"), element.attrib
    for name in ("aria-describedby", "aria-labelledby"):
        assert set((element.get(name) or "").split()) <= ids, f"{name} points nowhere: {element.attrib}"
