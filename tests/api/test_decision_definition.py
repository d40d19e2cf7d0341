# SPDX-License-Identifier: EUPL-1.2
"""Decisions through the API: which there are, asking them, and the little that an installation tells of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import ApiClient


@pytest.fixture
def rules(rest: ApiClient, publish: Callable[..., None]) -> None:
    publish("rules/gebuehr_fest")


@pytest.mark.usefixtures("rules")
def test_decisions_are_listed(rest: ApiClient, machine: Callable[..., ApiClient]):
    (one,) = rest.ask("/decision-definition")
    deployment = one["deploymentId"]
    assert one == {
        "id": f"gebuehr:1:{deployment}",
        "key": "gebuehr",
        "category": None,
        "name": "Gebühr",
        "version": 1,
        "resource": "gebuehr.dmn",
        "deploymentId": deployment,
        "tenantId": None,
        "decisionRequirementsDefinitionId": f"gebuehren:1:{deployment}",
        "decisionRequirementsDefinitionKey": "gebuehren",
        "historyTimeToLive": 30,
        "versionTag": "2026",
    }
    assert rest.ask(f"/decision-definition/{one['id']}") == rest.ask("/decision-definition/key/gebuehr") == one
    for wanted in ({"key": "gebuehr"}, {"nameLike": "Geb%"}, {"latestVersion": "true"}, {"versionTag": "2026"}):
        assert rest.ask("/decision-definition/count", **wanted) == {"count": 1}, wanted
    assert rest.ask("/decision-definition", key="anderes") == []
    assert "<decisionTable" in rest.ask(f"/decision-definition/{one['id']}/xml")["dmnXml"]
    (graph,) = rest.ask("/decision-requirements-definition")
    assert graph["id"] == one["decisionRequirementsDefinitionId"]
    assert rest.ask("/decision-requirements-definition/key/gebuehren") == graph
    assert rest.ask("/decision-requirements-definition/count") == {"count": 1}
    assert "<decisionTable" in rest.ask(f"/decision-requirements-definition/{graph['id']}/xml")["dmnXml"]
    for path in ("/decision-definition/gebuehr:9:9", "/decision-definition/key/x", "/decision-definition/x/xml"):
        rest.refuses(path, method="GET", status=404)
    stranger = machine("decision:read:anderes")
    assert stranger.ask("/decision-definition") == stranger.ask("/decision-requirements-definition") == []
    stranger.refuses("/decision-definition/key/gebuehr", method="GET", status=403)


@pytest.mark.usefixtures("rules")
def test_decision_is_asked_with_typed_values(rest: ApiClient, machine: Callable[..., ApiClient]):
    body = {"variables": {"zone": {"value": "A", "type": "String"}}}
    answered = rest.sends("/decision-definition/key/gebuehr/evaluate", body)
    assert answered == [
        {
            "betrag": {"type": "Double", "value": 30.7, "valueInfo": {}},
            "grund": {"type": "String", "value": "Innenstadt", "valueInfo": {}},
        },
        {
            "betrag": {"type": "Integer", "value": 5, "valueInfo": {}},
            "grund": {"type": "String", "value": "Grundgebühr", "valueInfo": {}},
        },
    ]
    (one,) = rest.ask("/decision-definition")
    assert rest.sends(f"/decision-definition/{one['id']}/evaluate", body) == answered
    assert len(machine("decision:create:gebuehr").sends("/decision-definition/key/gebuehr/evaluate", body)) == 2
    machine("decision:read").refuses("/decision-definition/key/gebuehr/evaluate", body, status=403)
    wrong = {"variables": {"zone": {"value": {"a": 1}}}}
    assert "gebuehr" in rest.refuses("/decision-definition/key/gebuehr/evaluate", wrong, status=500)["message"]
    rest.refuses("/decision-definition/key/gebuehr/evaluate", {"variables": []})


@pytest.mark.usefixtures("rules")
def test_what_has_happened_is_counted(rest: ApiClient, machine: Callable[..., ApiClient]):
    rest.sends("/process-definition/key/gebuehr_fest/start", {"variables": {"zone": {"value": "B"}}})

    def counted(name: str, **span: Any) -> int:
        found: int = rest.ask(f"/metrics/{name}/sum", **span)["result"]
        return found

    assert counted("activity-instance-start") == counted("flow-node-instances") == 3
    assert counted("executed-decision-elements") == counted("root-process-instance-start") == 1
    assert counted("activity-instance-start", startDate="2026-11-23T00:00:00.000+0000") == 0
    assert counted("process-instances", endDate="2026-11-23T00:00:00.000+0000") == 1
    assert {"name": "root-process-instance-start", "value": 1}.items() <= rest.ask(
        "/metrics", name="root-process-instance-start"
    )[0].items()
    rest.refuses("/metrics/unknown/sum", method="GET")
    machine().refuses("/metrics/activity-instance-start/sum", method="GET", status=403)


def test_installation_tells_little_and_sends_nothing(rest: ApiClient):
    assert rest.ask("/schema/log") == rest.sends("/schema/log", {}) != []
    assert rest.ask("/telemetry/configuration") == {"enableTelemetry": False}
    rest.sends("/telemetry/configuration", {"enableTelemetry": False}, expect=204)
    rest.refuses("/telemetry/configuration", {"enableTelemetry": True})
