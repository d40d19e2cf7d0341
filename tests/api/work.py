# SPDX-License-Identifier: EUPL-1.2
"""For the matrix of routes: something of each kind that workers, operators and tools ask for, and what they send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api import modeler
from tests.api.client import ApiClient

Values = dict[str, str]
#: What any account may ask.
FREE = {"/engine-rest/schema/log", "/engine-rest/telemetry/configuration"}
_SUSPENDED = {"suspended": True}
_TOPIC = {"topicName": "stadt.druck", "lockDuration": 1000}
_PLAN = {"sourceProcessDefinitionId": "{definition}", "targetProcessDefinitionId": "{definition}", "instructions": []}
_MIGRATION = {"migrationPlan": _PLAN, "processInstanceIds": ["{case}"]}
_MODIFICATION = {
    "processDefinitionId": "{definition}",
    "instructions": [{"type": "startBeforeActivity", "activityId": "Pruefen"}],
    "processInstanceIds": ["{case}"],
}
_CASES = {"processInstanceIds": ["{case}"]}
BODIES: dict[str, Any] = {
    "POST /condition": {"variables": {"grad": {"value": 35}}},
    "POST /external-task/fetchAndLock": {"workerId": "w", "topics": [_TOPIC]},
    "POST /external-task/<task_id>/complete": {"workerId": "w"},
    "POST /external-task/<task_id>/failure": {"workerId": "w"},
    "POST /external-task/<task_id>/bpmnError": {"workerId": "w", "errorCode": "X"},
    "POST /external-task/<task_id>/extendLock": {"workerId": "w", "newDuration": 1},
    "POST /external-task/<task_id>/lock": {"workerId": "w", "lockDuration": 1},
    "PUT /external-task/<task_id>/retries": {"retries": 1},
    "PUT /external-task/<task_id>/priority": {"priority": 1},
    "PUT /external-task/retries": {"retries": 1, "externalTaskQuery": {}},
    "PUT /execution/<id>/localVariables/<name>": {"value": 1},
    "PUT /job/<id>/retries": {"retries": 1},
    "PUT /job/<id>/priority": {"priority": 1},
    "PUT /job/<id>/suspended": _SUSPENDED,
    "PUT /job/suspended": {"suspended": True, "processDefinitionKey": "frist"},
    "PUT /job-definition/<id>/suspended": {"suspended": True, "includeJobs": True},
    "PUT /job-definition/suspended": {"suspended": True, "includeJobs": True, "processDefinitionKey": "frist"},
    "PUT /job-definition/<id>/retries": {"retries": 1},
    "PUT /job-definition/<id>/jobPriority": {"priority": 1, "includeJobs": True},
    "PUT /batch/<id>/suspended": _SUSPENDED,
    "POST /message": {"messageName": "antwort", "processInstanceId": "{case}"},
    "POST /signal": {"name": "alarm"},
    "POST /migration/generate": _PLAN,
    "POST /migration/validate": _PLAN,
    "POST /migration/execute": _MIGRATION,
    "POST /migration/executeAsync": _MIGRATION,
    "POST /modification/execute": _MODIFICATION,
    "POST /modification/executeAsync": _MODIFICATION,
    "POST /process-instance/delete": _CASES,
    "POST /process-instance/delete-historic-query-based": _CASES,
    "POST /process-instance/suspended-async": {**_CASES, "suspended": True},
    "POST /process-instance/variables-async": {**_CASES, "variables": {"x": {"value": 1}}},
    "POST /process-instance/message-async": {**_CASES, "messageName": "antwort"},
    "POST /process-instance/job-retries": {"processInstances": ["{case}"], "retries": 1},
    "POST /process-instance/job-retries-historic-query-based": {**_CASES, "retries": 1},
    "POST /job/retries": {"jobQuery": {}, "retries": 1},
    "POST /external-task/retries-async": {**_CASES, "retries": 1},
    "POST /history/process-instance/delete": {"historicProcessInstanceIds": ["{case}"]},
    "POST /process-definition/<id>/restart": {**_MODIFICATION},
    "POST /process-definition/<id>/restart-async": {**_MODIFICATION},
    "POST /execution/<id>/create-incident": {"incidentType": "x"},
    "POST /process-instance/<id>/modification-async": {"instructions": _MODIFICATION["instructions"]},
}


def _deployed(rest: ApiClient, *names: str, **more: Any) -> None:
    sent = rest.post("/engine-rest/deployment/create", data=modeler.deployment(*names, **more), headers=modeler.HEADERS)
    assert sent.status_code == 200, sent.text


def _started(rest: ApiClient, key: str, **values: Any) -> str:
    _deployed(rest, f"{key}.bpmn", name=key)
    variables = {name: {"value": value} for name, value in values.items()}
    found: str = rest.sends(f"/process-definition/key/{key}/start", {"variables": variables})["id"]
    return found


def _external_task(rest: ApiClient, town: dict[str, Any]) -> Values:
    case = _started(rest, "druck", seiten=1, dringend=0)
    return {"task_id": rest.ask("/external-task", processInstanceId=case)[0]["id"]}


def _execution(rest: ApiClient, town: dict[str, Any]) -> Values:
    case = _started(rest, "antwort")
    (token,) = rest.ask("/execution", activityId="Antwort", processInstanceId=case)
    path = f"/execution/{token['id']}/localVariables/antwort"
    rest.sends(path, {"value": "eA==", "type": "Bytes"}, method="PUT", expect=204)
    return {"id": token["id"], "name": "antwort"}


def _job_row(rest: ApiClient) -> dict[str, Any]:
    case = _started(rest, "frist", zahl=1, dauer="P1D")
    (job,) = rest.ask("/job", processInstanceId=case)
    found: dict[str, Any] = job
    return found


def _job(rest: ApiClient, town: dict[str, Any]) -> Values:
    return {"id": _job_row(rest)["id"]}


def _job_definition(rest: ApiClient, town: dict[str, Any]) -> Values:
    return {"id": _job_row(rest)["jobDefinitionId"]}


def _incident(rest: ApiClient, town: dict[str, Any]) -> Values:
    job = _job_row(rest)
    rest.sends(f"/job/{job['id']}/retries", {"retries": 0}, method="PUT", expect=204)
    return {"id": rest.ask("/incident", configuration=job["id"])[0]["id"]}


def _decision(rest: ApiClient, town: dict[str, Any]) -> Values:
    table = {"gebuehr.dmn": (modeler.MODELS / "rules" / "gebuehr.dmn").read_bytes()}
    _deployed(rest, "antwort.bpmn", name="gebuehr", tenant_id="ost", files=table)
    one = rest.ask("/decision-definition/key/gebuehr")
    return {"id": one["id"], "key": "gebuehr", "tenant_id": "ost"}


def _graph(rest: ApiClient, town: dict[str, Any]) -> Values:
    _decision(rest, town)
    one = rest.ask("/decision-requirements-definition/key/gebuehren")
    return {"id": one["id"], "key": "gebuehren"}


def _batch(rest: ApiClient, town: dict[str, Any]) -> Values:
    return {"id": rest.sends("/process-instance/delete", {"processInstanceIds": [_started(rest, "antwort")]})["id"]}


def _variable(rest: ApiClient, town: dict[str, Any]) -> Values:
    return {"id": f"{town['case']}:{town['case']}:datei"}


def _metric(rest: ApiClient, town: dict[str, Any]) -> Values:
    return {"name": "activity-instance-start"}


VALUES: dict[str, Callable[[ApiClient, dict[str, Any]], Values]] = {
    "external-task": _external_task,
    "execution": _execution,
    "job": _job,
    "job-definition": _job_definition,
    "incident": _incident,
    "decision-definition": _decision,
    "decision-requirements-definition": _graph,
    "batch": _batch,
    "history/batch": _batch,
    "history/process-definition": lambda rest, town: {"id": rest.ask("/process-definition", maxResults=1)[0]["id"]},
    "variable-instance": _variable,
    "metrics": _metric,
}
