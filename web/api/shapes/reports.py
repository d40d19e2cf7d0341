# SPDX-License-Identifier: EUPL-1.2
"""Shapes of figures about the past."""

from typing import TypedDict

from web.api.shapes.history import OfDefinition
from web.api.shapes.values import Moment


class DurationReport(TypedDict):
    """How long those took that began in one period, in milliseconds."""

    period: int
    periodUnit: str
    minimum: int
    maximum: int
    average: int


class TaskReport(TypedDict):
    """How many tasks of one kind are over."""

    taskName: str | None
    processDefinitionId: str
    processDefinitionKey: str
    processDefinitionName: str | None
    tenantId: str | None
    count: int


class ElementStatistics(TypedDict):
    """How often an activity was begun, and how it went; what was not asked for is 0."""

    id: str
    instances: int
    canceled: int
    finished: int
    completeScope: int
    openIncidents: int
    resolvedIncidents: int
    deletedIncidents: int


class IdentityLinkLog(OfDefinition):
    """Somebody, or a group, came to a task or went from it."""

    id: str
    time: Moment | None
    type: str
    userId: str | None
    groupId: str | None
    taskId: str
    operationType: str
    assignerId: str | None
