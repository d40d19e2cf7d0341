# SPDX-License-Identifier: EUPL-1.2
"""External tasks as clients read them: in lists, and when they are fetched."""

from typing import Any

from engine.definitions import load_definition
from engine.external import ExternalTask, error_details
from web.api.fetching import Fetch
from web.api.ids import activity_instance_id, definition_text
from web.api.moments import moment_text
from web.api.shapes import work
from web.api.shapes.work import LockedExternalTask
from web.api.values import typed_variables
from web.bootstrap import platform


def described(task: ExternalTask) -> work.ExternalTask:
    """A task in a list."""
    return {
        "id": task.id,
        "topicName": task.topic,
        "workerId": task.worker,
        "lockExpirationTime": moment_text(task.locked_until),
        "createTime": moment_text(task.created_at),
        "activityId": task.element_id,
        "activityInstanceId": activity_instance_id(task.element_id, task.token_id),
        "executionId": task.token_id,
        "processInstanceId": task.case_id,
        "processDefinitionId": definition_text(task.definition_key, task.definition_version, task.definition_id),
        "processDefinitionKey": task.definition_key,
        "processDefinitionVersionTag": task.version_tag,
        "retries": task.retries,
        "suspended": task.suspended,
        "errorMessage": task.error,
        "priority": task.priority,
        "businessKey": task.business_key,
        "tenantId": None,
    }


def fetched(taking: Any, task: ExternalTask, fetch: Fetch) -> LockedExternalTask:
    """A task that has been leased, with what it sees."""
    properties = {}
    if task.topic in fetch.with_properties:
        definition = load_definition(taking, platform().services, task.definition_id)
        properties = dict(definition.process.nodes[task.element_id].properties)
    return {
        **described(task),
        "errorDetails": error_details(taking, task.id) if task.error is not None else None,
        "variables": typed_variables(task.variables, deserialize=task.topic in fetch.deserialized),
        "extensionProperties": properties,
    }
