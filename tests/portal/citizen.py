# SPDX-License-Identifier: EUPL-1.2
"""A citizen who fills in the parking permit's form page by page, without script."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.web.browser import Browser

STEPS: dict[str, dict[str, str]] = {
    "person": {
        "person.vorname": "Erika",
        "person.nachname": "Muster",
        "person.strasse": "Hindenburgstraße 4",
        "person.plz": "73230",
        "person.ort": "Kirchheim unter Teck",
        "person.email": "erika.muster@example.org",
    },
    "fahrzeug": {"fahrzeug.kennzeichen": "ES-AB 123", "fahrzeug.halter": "ja"},
    "parken": {
        "parken.zone": "A",
        "parken.beginn.tag": "1",
        "parken.beginn.monat": "12",
        "parken.beginn.jahr": "2026",
        "parken.laufzeit_monate": "12",
    },
    "unterlagen": {},
    "einwilligung": {"einwilligung.bekanntgabe": "true"},
}
SERVICE = "/leistung/anwohnerparkausweis"
UPLOAD = "unterlagen.fahrzeugschein"


def picture(color: str = "white") -> bytes:
    content = BytesIO()
    Image.new("RGB", (40, 30), color).save(content, "PNG")
    return content.getvalue()


class Citizen:
    """Remembers the draft, follows redirects, and takes the token from each page."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.draft = ""

    def begins(self) -> Citizen:
        self.browser.get(SERVICE)
        response = self.browser.send(f"{SERVICE}/beginnen")
        assert response.status_code == 302
        found = re.fullmatch(r"/antrag/([\w-]{32})/person", response.location)
        assert found, response.location
        self.draft = found[1]
        self.looks_at("person")
        return self

    def address(self, page: str) -> str:
        return f"/antrag/{self.draft}/{page}"

    def looks_at(self, page: str) -> TestResponse:
        return self.browser.get(self.address(page))

    def types(self, step: str, changes: dict[str, Any] | None = None, *, button: str = "weiter") -> TestResponse:
        """Fill in a step as usual, with changes, and press a button."""
        return self.browser.send(self.address(step), {**STEPS[step], "aktion": button, **(changes or {})})

    def uploads(self, name: str = "schein.png", content: bytes | None = None, field: str = UPLOAD) -> TestResponse:
        file = (BytesIO(picture() if content is None else content), name)
        return self.types("unterlagen", {field: file})

    def sends_files(self, files: dict[str, tuple[str, bytes]]) -> TestResponse:
        """Files so large that the test client would lay them down on the disk and leave them open there."""
        parts = {path: FileStorage(BytesIO(content), name) for path, (name, content) in files.items()}
        boundary, body = encode_multipart({"csrf_token": self.browser.token, **parts})
        content_type = f"multipart/form-data; boundary={boundary}"
        return self.browser.post(self.address("unterlagen"), data=body, content_type=content_type)

    def fills_everything(self) -> Citizen:
        for step in STEPS:
            response = self.uploads() if step == "unterlagen" else self.types(step)
            assert response.status_code == 302, response.text
        return self

    def sends(self) -> TestResponse:
        return self.browser.send(self.address("pruefen"))

    def applies(self) -> str:
        """Everything from the first page to the confirmation; the path of the status page."""
        self.begins().fills_everything()
        assert self.sends().location == self.address("fertig")
        return self.status_path()

    def status_path(self) -> str:
        found = re.search(r'href="http://localhost(/status/[^"]+)"', self.looks_at("fertig").text)
        assert found
        return found[1]
