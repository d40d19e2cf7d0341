# SPDX-License-Identifier: EUPL-1.2
"""Shapes of what goes on: instances, where they stand, their variables, what they wait for and what failed in them."""

from typing import NotRequired, TypedDict

from web.api.shapes.values import Link, Moment, TypedValue, Variables


class ProcessInstance(TypedDict):
    """An instance that goes on, or has just been begun."""

    links: list[Link]
    id: str
    definitionId: str
    definitionKey: str
    businessKey: str | None
    caseInstanceId: str | None
    ended: bool
    suspended: bool
    tenantId: str | None


class StartedInstance(ProcessInstance):
    """One that was begun, with its variables if they were asked for."""

    variables: NotRequired[Variables]


class Execution(TypedDict):
    """A place at which something goes on."""

    id: str | None
    processInstanceId: str
    ended: bool
    tenantId: str | None


class MessageCorrelationResult(TypedDict):
    """Who was reached by a message."""

    resultType: str
    execution: Execution | None
    processInstance: ProcessInstance | None
    variables: NotRequired[Variables]


class IncidentPlace(TypedDict):
    """An incident at an activity."""

    id: str
    activityId: str


class OfInstance(TypedDict):
    """Which instance stands there."""

    processInstanceId: str
    processDefinitionId: str


class PlaceOfInstance(OfInstance):
    """A place at which an instance stands."""

    id: str
    parentActivityInstanceId: str | None
    activityId: str
    activityName: str | None
    name: str | None
    activityType: str
    incidentIds: list[str]
    incidents: list[IncidentPlace]


class TransitionInstance(PlaceOfInstance):
    """Where an instance waits for a commit before or after an activity."""

    executionId: str
    targetActivityId: str


class WithinInstance(TypedDict):
    """What lies within."""

    childActivityInstances: "list[ActivityInstance]"
    childTransitionInstances: list[TransitionInstance]


class ActivityInstance(PlaceOfInstance, WithinInstance):
    """Where an instance stands; the outermost is the instance itself."""

    executionIds: list[str]


class EventSubscription(TypedDict):
    """What is waited for."""

    id: str
    eventType: str
    eventName: str | None
    executionId: str | None
    processInstanceId: str | None
    activityId: str | None
    createdDate: Moment
    tenantId: str | None


class VariableInstance(TypedValue):
    """A variable with where it lives."""

    id: str
    name: str
    processDefinitionId: str
    processInstanceId: str
    executionId: str
    caseInstanceId: str | None
    caseExecutionId: str | None
    taskId: str | None
    batchId: str | None
    activityInstanceId: str
    errorMessage: str | None
    tenantId: str | None


class Incident(TypedDict):
    """What has gone wrong and waits for somebody."""

    id: str
    processDefinitionId: str | None
    processInstanceId: str | None
    executionId: str | None
    incidentTimestamp: Moment
    incidentType: str
    activityId: str | None
    failedActivityId: str | None
    causeIncidentId: str
    rootCauseIncidentId: str
    configuration: str | None
    incidentMessage: str | None
    tenantId: str | None
    jobDefinitionId: str | None
    annotation: str | None
