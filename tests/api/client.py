# SPDX-License-Identifier: EUPL-1.2
"""A client of the API that looks at every answer: content type, headers for foreign origins, the envelope of errors."""

from __future__ import annotations

import base64
import json
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.conformance import check_described

PASSWORD = "passwort-fuer-tests"


class ApiClient(FlaskClient):
    """Sends its credentials with every request and never a cookie."""

    authorization: str | None = None

    def with_password(self, name: str, password: str = PASSWORD) -> ApiClient:
        """From now on with account and password."""
        self.authorization = basic(name, password)
        return self

    def with_token(self, token: str) -> ApiClient:
        """From now on with a token."""
        self.authorization = f"Bearer {token}"
        return self

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """A request; `json=` is sent as clients send it."""
        headers = dict(kwargs.pop("headers", {}) or {})
        if self.authorization is not None:
            headers.setdefault("Authorization", self.authorization)
        response = super().open(*args, headers=headers, **kwargs)
        if response.request.path.startswith("/engine-rest"):
            check(response)
            check_described(self.application, response)
        return response

    def ask(self, path: str, **parameters: Any) -> Any:
        """The JSON of a GET that goes well."""
        response = self.get(f"/engine-rest{path}", query_string=parameters)
        assert response.status_code == 200, response.text
        return response.json

    def sends(self, path: str, body: Any = None, *, method: str = "POST", expect: int = 200) -> Any:
        """The JSON of what is sent; with another status than the expected the test fails."""
        response = self.open(f"/engine-rest{path}", method=method, json=body)
        assert response.status_code == expect, response.text
        return response.json if response.mimetype == "application/json" else None

    def refuses(self, path: str, body: Any = None, *, method: str = "POST", status: int = 400) -> dict[str, Any]:
        """The envelope of a request that is refused."""
        payload = {"json": body} if body is not None else {}
        response = self.open(f"/engine-rest{path}", method=method, **payload)
        assert response.status_code == status, response.text
        envelope: dict[str, Any] = json_of(response)
        return envelope


def json_of(response: TestResponse) -> Any:
    """The JSON of an answer."""
    assert response.mimetype == "application/json", response.text
    return response.json


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def check(response: TestResponse) -> None:
    """What every answer of the API has in common."""
    headers = response.headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Set-Cookie" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert response.mimetype != "text/html" or response.request.method == "OPTIONS"
    assert not 300 <= response.status_code < 400
    if response.status_code >= 400:
        assert headers["Content-Type"] == "application/json"
        envelope = json.loads(response.data)
        assert isinstance(envelope["type"], str)
        assert isinstance(envelope["message"], str)
        assert isinstance(envelope["code"], int)
    elif response.status_code == 204:
        assert response.data == b""
    elif response.mimetype == "application/json":
        assert headers["Content-Type"] == "application/json"
        json.loads(response.data)
    if response.status_code == 401:
        assert headers["WWW-Authenticate"].startswith("Basic ")
