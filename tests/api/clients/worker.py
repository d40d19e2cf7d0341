# SPDX-License-Identifier: EUPL-1.2
"""A worker on one of the public Python clients, as a town would write it; does one task after the other as it is told.

python worker.py camunda|operaton REST-ADDRESS AUTHORIZATION WAIT ACT...

Authorization is `basic NAME PASSWORD` or `bearer TOKEN` in one argument. Prints a line of JSON for each task, or null
when none came within WAIT milliseconds.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

TOPIC = "stadt.druck"


def main(kind: str, address: str, shown: str, wait: str, *acts: str) -> None:
    worker_module = importlib.import_module(f"{kind}.external_task.external_task_worker")
    scheme, *secret = shown.split()
    config: dict[str, Any] = {
        "maxTasks": 1,
        "lockDuration": 60_000,
        "asyncResponseTimeout": int(wait),
        "retries": 2,
        "retryTimeout": 0,
        "httpTimeoutMillis": 30_000,
        "timeoutDeltaMillis": 5000,
        "includeExtensionProperties": True,
        "deserializeValues": True,
        "usePriority": False,
        "sorting": None,
    }
    if scheme == "basic":
        config["auth_basic"] = {"username": secret[0], "password": secret[1]}
    else:
        config["auth_bearer"] = {"access_token": secret[0]}
    worker = worker_module.ExternalTaskWorker(f"{kind}-worker", base_url=address, config=config)
    for act in acts:
        seen: list[Any] = []
        try:
            worker.fetch_and_execute(TOPIC, lambda task, act=act, seen=seen: handle(task, act, seen))
        except worker_module.NoExternalTaskFound:
            seen = [None]
        print(json.dumps(seen[0]), flush=True)


def handle(task: Any, act: str, seen: list[Any]) -> Any:
    """What the worker does with a task."""
    seen.append({"id": task.get_task_id(), "variables": task.get_variables(), "act": act,
                 "properties": task.get_extension_properties()})  # fmt: skip
    if act == "complete":
        return task.complete({"wo": "Fach 3", "liste": {"a": [1, 2]}, "anzahl": 3}, {"blatt": 6})
    if act == "failure":
        return task.failure("Stau", "Walze 2", max_retries=1, retry_timeout=0)
    return task.bpmn_error("PAPIER", "leer", {"fach": 2})


if __name__ == "__main__":
    main(*sys.argv[1:])
