# SPDX-License-Identifier: EUPL-1.2
"""Collecting a dump from a running Camunda 7 (or whatever speaks its REST API), page by page."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

import httpx

from web.camunda7.dump import Json

PAGE = 500
_LARGE = ("File", "Bytes")


class CollectingFailed(Exception):
    """Something did not answer as it should; says what, in German."""


@dataclass(frozen=True)
class Collecting:
    """Reads only: every call is a GET."""

    client: httpx.Client
    tell: Callable[[str], None]

    def dump(self) -> Json:
        """All that `amt import-camunda7` reads."""
        version = self._get("/version")
        definitions = self._all("/process-definition", sortBy="id", sortOrder="asc")
        instances = self._all("/process-instance", sortBy="instanceId", sortOrder="asc")
        self.tell(f"{len(instances)} Vorgänge in {len(definitions)} Fassungen von Prozessmodellen.")
        running = sorted({each["definitionId"] for each in instances})
        trees, variables, contents = dict[str, Any](), dict[str, Any](), dict[str, str]()
        for number, each in enumerate(instances, 1):
            trees[each["id"]] = self._get(f"/process-instance/{each['id']}/activity-instances")
            found = self._get("/variable-instance", processInstanceIdIn=each["id"], deserializeValues="false")
            variables[each["id"]] = found
            contents |= dict(self._contents(found))
            if number % 100 == 0 or number == len(instances):
                self.tell(f"{number} von {len(instances)} Vorgängen gelesen.")
        return {
            "version": version,
            "processDefinitions": definitions,
            "jobDefinitions": [
                one for each in running for one in self._get("/job-definition", processDefinitionId=each)
            ],
            "processInstances": instances,
            "activityInstances": trees,
            "variables": variables,
            "contents": contents,
            "tasks": self._all("/task", sortBy="id", sortOrder="asc"),
            "jobs": self._all("/job", sortBy="jobId", sortOrder="asc"),
            "externalTasks": self._all("/external-task", sortBy="id", sortOrder="asc"),
            "eventSubscriptions": self._all("/event-subscription", sortBy="created", sortOrder="asc"),
            "historicInstances": self._all(
                "/history/process-instance", unfinished="true", sortBy="instanceId", sortOrder="asc"
            ),
            "callActivities": self._all("/history/activity-instance", unfinished="true", activityType="callActivity",
                                        sortBy="activityInstanceId", sortOrder="asc"),
        }  # fmt: skip

    def _contents(self, variables: list[Json]) -> Iterator[tuple[str, str]]:
        """Files and bytes, which lists of variables leave out."""
        for each in variables:
            if each.get("type") in _LARGE and each.get("value") is None:
                answer = self._answer(f"/variable-instance/{each['id']}/data")
                yield each["id"], base64.b64encode(answer.content).decode()

    def _all(self, path: str, **asked: str) -> list[Json]:
        found: list[Json] = []
        while True:
            page = self._get(path, firstResult=str(len(found)), maxResults=str(PAGE), **asked)
            if not isinstance(page, list):
                raise CollectingFailed(f"{path} antwortet nicht mit einer Liste.")
            found += page
            if len(page) < PAGE:
                return found

    def _get(self, path: str, **asked: str) -> Any:
        try:
            return self._answer(path, **asked).json()
        except JSONDecodeError as wrong:
            raise CollectingFailed(f"{path} antwortet nicht mit JSON. Stimmt die Adresse?") from wrong

    def _answer(self, path: str, **asked: str) -> httpx.Response:
        try:
            answer = self.client.get(path, params=asked)
        except httpx.HTTPError as failed:
            raise CollectingFailed(f"{path} ist nicht zu erreichen: {type(failed).__name__}.") from failed
        if answer.status_code in (401, 403):
            raise CollectingFailed(
                f"{path}: Zugang verweigert ({answer.status_code}). AMT_CAMUNDA7_USER und AMT_CAMUNDA7_PASSWORD prüfen."
            )
        if answer.status_code != 200:
            raise CollectingFailed(f"{path} antwortet mit {answer.status_code}. Stimmt die Adresse?")
        return answer
