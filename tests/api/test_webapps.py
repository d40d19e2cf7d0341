# SPDX-License-Identifier: EUPL-1.2
"""What the Modeler links to after Deploy and Run opens our pages."""

from __future__ import annotations

import pytest

from tests.api.client import ApiClient


def test_modeler_finds_the_pages(nobody: ApiClient):
    found = nobody.get("/.well-known/camunda-automation-platform/webapps", headers={"Origin": "file://"})
    assert found.json == {
        "adminUrl": "http://localhost/camunda/app/admin/",
        "cockpitUrl": "http://localhost/camunda/app/cockpit/",
        "tasklistUrl": "http://localhost/camunda/app/tasklist/",
    }
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    assert found.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("cockpit/", "/inbox/"),
        ("cockpit/default/", "/inbox/"),
        ("cockpit/default/repository", "/inbox/"),
        ("cockpit/default/process-instance/abc", "/inbox/vorgang/abc"),
        ("cockpit/default/process-instance/abc/runtime", "/inbox/vorgang/abc"),
        ("tasklist/default/task/t1", "/inbox/aufgabe/t1"),
        ("cockpit/default/process-instance//evil.example", "/inbox/"),
        ("cockpit/default/process-instance", "/inbox/"),
    ],
)
def test_links_open_our_pages(nobody: ApiClient, path: str, target: str):
    response = nobody.get(f"/camunda/app/{path}")
    assert (response.status_code, response.location) == (302, target)
