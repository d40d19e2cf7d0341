# SPDX-License-Identifier: EUPL-1.2
"""A dump: the answers of documented calls of Camunda 7's REST API, unmodified, in one JSON object.

| key                                  | answers of                                                                    |
|--------------------------------------|-------------------------------------------------------------------------------|
| `processDefinitions`                 | GET /process-definition                                                       |
| `jobDefinitions`                     | GET /job-definition                                                           |
| `processInstances`                   | GET /process-instance                                                         |
| `activityInstances`, by instance     | GET /process-instance/{id}/activity-instances                                 |
| `variables`, by instance             | GET /variable-instance?processInstanceIdIn={id}&deserializeValues=false       |
| `contents`, by variable, as base64   | GET /variable-instance/{id}/data of files and bytes                           |
| `tasks`, `jobs`, `externalTasks`     | GET /task, /job, /external-task                                               |
| `eventSubscriptions`                 | GET /event-subscription                                                       |
| `historicInstances`                  | GET /history/process-instance?unfinished=true                                 |
| `callActivities`                     | GET /history/activity-instance?unfinished=true&activityType=callActivity      |
| `version`                            | GET /version                                                                  |

`contents` and the last three may be missing; what then cannot be known is refused case by case.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_LISTS = ("processDefinitions", "jobDefinitions", "processInstances", "tasks", "jobs", "externalTasks",
          "eventSubscriptions")  # fmt: skip
_MAPS = ("activityInstances", "variables")
_OPTIONAL: Mapping[str, type] = {"contents": dict, "historicInstances": list, "callActivities": list}


class DumpUnreadable(Exception):
    """The file is no dump; says why, in German."""


@dataclass(frozen=True)
class Dump:
    """What the file says, and what belongs to which instance."""

    content: Json

    @cached_property
    def definitions(self) -> dict[str, Json]:
        """Process definitions by their ids."""
        return {each["id"]: each for each in self.content["processDefinitions"]}

    @cached_property
    def job_definitions(self) -> dict[str, list[Json]]:
        """Job definitions by their ids; of one id there may be several where it only names an element."""
        found: dict[str, list[Json]] = defaultdict(list)
        for each in self.content["jobDefinitions"]:
            if each not in found[each["id"]]:
                found[each["id"]].append(each)
        return found

    @cached_property
    def instances(self) -> dict[str, Json]:
        """Process instances by their ids, in the order of the file."""
        return {each["id"]: each for each in self.content["processInstances"]}

    @cached_property
    def historic(self) -> dict[str, Json]:
        """What the history knows of instances, by their ids."""
        return {each["id"]: each for each in self.content.get("historicInstances", ())}

    @cached_property
    def called(self) -> dict[str, str]:
        """The instance that a call activity waits for, by its activity instance."""
        calls = self.content.get("callActivities", ())
        return {each["id"]: each["calledProcessInstanceId"] for each in calls if each.get("calledProcessInstanceId")}

    @cached_property
    def callers(self) -> dict[str, str]:
        """The instance that has called another, by the called one."""
        above = {each["id"]: each["superProcessInstanceId"] for each in self.historic.values()
                 if each.get("superProcessInstanceId")}  # fmt: skip
        for each in self.content.get("callActivities", ()):
            if each.get("calledProcessInstanceId"):
                above[each["calledProcessInstanceId"]] = each["processInstanceId"]
        return above

    def tree(self, instance_id: str) -> Json | None:
        """Where an instance stands."""
        found: Json | None = self.content["activityInstances"].get(instance_id)
        return found

    def variables(self, instance_id: str) -> list[Json]:
        """Its variables; those of other instances that an answer may hold are left out."""
        listed = self.content["variables"].get(instance_id) or ()
        return [each for each in listed if each.get("processInstanceId") in (None, instance_id)]

    def content_of(self, variable_id: str) -> str | None:
        """The content of a file, as base64."""
        found: str | None = (self.content.get("contents") or {}).get(variable_id)
        return found

    def of(self, noun: str, instance_id: str) -> list[Json]:
        """Tasks, jobs, external tasks or event subscriptions of an instance."""
        return self._by_instance[noun].get(instance_id, [])

    @cached_property
    def _by_instance(self) -> dict[str, dict[str, list[Json]]]:
        found: dict[str, dict[str, list[Json]]] = {}
        for noun in ("tasks", "jobs", "externalTasks", "eventSubscriptions"):
            found[noun] = defaultdict(list)
            for each in self.content[noun]:
                found[noun][each.get("processInstanceId") or ""].append(each)
        return found


def read_dump(path: Path) -> Dump:
    """The dump in a file, with its numbers kept exactly. Raises `DumpUnreadable`."""
    try:
        content = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (ValueError, RecursionError) as wrong:
        raise DumpUnreadable(f"{path} ist kein JSON: {wrong}") from wrong
    if not isinstance(content, dict):
        raise DumpUnreadable(f"{path} muss ein JSON-Objekt sein.")
    for wrong_key in _wrong_keys(content):
        raise DumpUnreadable(
            f"{path}: {wrong_key} Wie der Abzug entsteht, steht in docs/development/camunda7.md; "
            "einfacher geht es mit: amt export-camunda7"
        )
    return Dump(content)


def _wrong_keys(content: Json) -> Iterator[str]:
    kinds = {**dict.fromkeys(_LISTS, list), **dict.fromkeys(_MAPS, dict), **_OPTIONAL}
    for name, kind in kinds.items():
        if name not in content:
            if name not in _OPTIONAL:
                yield f"„{name}“ fehlt."
        elif not isinstance(content[name], kind):
            yield f"„{name}“ muss {'eine Liste' if kind is list else 'ein Objekt'} sein."
        elif kind is list and not all(isinstance(each, dict) and "id" in each for each in content[name]):
            yield f"„{name}“ muss eine Liste von Objekten mit einer id sein."
