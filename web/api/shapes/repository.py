# SPDX-License-Identifier: EUPL-1.2
"""Shapes of what is deployed: deployments, definitions of processes and decisions, and how instances stand there."""

from typing import TypedDict

from web.api.shapes.values import Link, Moment


class ProcessDefinition(TypedDict):
    """One version of a process."""

    id: str
    key: str
    category: str | None
    description: str | None
    name: str | None
    version: int
    resource: str
    deploymentId: str
    diagram: str | None
    suspended: bool
    tenantId: str | None
    versionTag: str | None
    historyTimeToLive: int | None
    startableInTasklist: bool


class CalledProcessDefinition(ProcessDefinition):
    """One that another calls."""

    callingProcessDefinitionId: str
    calledFromActivityIds: list[str]


class ProcessDefinitionXml(TypedDict):
    """The model of a process."""

    id: str
    bpmn20Xml: str


class IncidentCount(TypedDict):
    """How many incidents of a type there are."""

    incidentType: str
    incidentCount: int


_OfClass = TypedDict("_OfClass", {"@class": str})


class ActivityStatistics(_OfClass):
    """How instances stand at an activity."""

    id: str
    instances: int
    failedJobs: int
    incidents: list[IncidentCount]


class ProcessDefinitionStatistics(ActivityStatistics):
    """How instances of a version stand."""

    definition: ProcessDefinition


class DecisionRequirementsDefinition(TypedDict):
    """One version of a file of decisions."""

    id: str
    key: str
    category: str | None
    name: str | None
    version: int
    resource: str
    deploymentId: str
    tenantId: str | None


class DecisionDefinition(DecisionRequirementsDefinition):
    """One version of a decision."""

    decisionRequirementsDefinitionId: str | None
    decisionRequirementsDefinitionKey: str | None
    historyTimeToLive: int | None
    versionTag: str | None


class DecisionXml(TypedDict):
    """The file in which decisions lie."""

    id: str
    dmnXml: str


class Deployment(TypedDict):
    """Files that were deployed together."""

    links: list[Link]
    id: str
    name: str | None
    source: str | None
    deploymentTime: Moment
    tenantId: str | None


class DeploymentWithDefinitions(Deployment):
    """The same with what became of them, by id."""

    deployedProcessDefinitions: dict[str, ProcessDefinition] | None
    deployedCaseDefinitions: dict[str, str] | None
    deployedDecisionDefinitions: dict[str, DecisionDefinition] | None
    deployedDecisionRequirementsDefinitions: dict[str, DecisionRequirementsDefinition] | None


class DeploymentResource(TypedDict):
    """One of the files."""

    id: str
    name: str
    deploymentId: str
