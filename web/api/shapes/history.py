# SPDX-License-Identifier: EUPL-1.2
"""Shapes of what has been: instances, activities, tasks, variables, decisions, jobs, acts."""

from typing import Any, TypedDict

from web.api.shapes.values import Moment, TypedValue


class OfDefinition(TypedDict):
    """The definition that something belongs to, and when it will be forgotten."""

    processDefinitionKey: str
    processDefinitionId: str
    rootProcessInstanceId: str
    removalTime: Moment | None
    tenantId: str | None


class Origin(OfDefinition):
    """The instance that something belongs to."""

    processInstanceId: str


class NoCase(TypedDict):
    """There are no instances but those of processes."""

    caseDefinitionKey: str | None
    caseDefinitionId: str | None
    caseInstanceId: str | None
    caseExecutionId: str | None


class HistoricProcessInstance(OfDefinition):
    """An instance, ended or not."""

    id: str
    businessKey: str | None
    processDefinitionName: str | None
    processDefinitionVersion: int
    startTime: Moment
    endTime: Moment | None
    durationInMillis: int | None
    startUserId: str | None
    startActivityId: str | None
    deleteReason: str | None
    superProcessInstanceId: str | None
    superCaseInstanceId: str | None
    caseInstanceId: str | None
    restartedProcessInstanceId: str | None
    state: str


class HistoricActivityInstance(Origin):
    """An element that an instance went through."""

    id: str
    parentActivityInstanceId: str | None
    activityId: str
    activityName: str | None
    activityType: str
    executionId: str
    taskId: str | None
    assignee: str | None
    calledProcessInstanceId: str | None
    calledCaseInstanceId: str | None
    startTime: Moment
    endTime: Moment | None
    durationInMillis: int | None
    canceled: bool
    completeScope: bool


class HistoricTaskInstance(Origin, NoCase):
    """A task, open or not."""

    id: str
    executionId: str
    caseDefinitionName: str | None
    activityInstanceId: str
    name: str | None
    description: str | None
    deleteReason: str | None
    owner: str | None
    assignee: str | None
    startTime: Moment
    endTime: Moment | None
    duration: int | None
    taskDefinitionKey: str
    priority: int
    due: Moment | None
    parentTaskId: str | None
    followUp: Moment | None
    taskState: str


class HistoricVariableInstance(TypedValue, Origin, NoCase):
    """A variable, as it is or was at the end."""

    id: str
    name: str
    executionId: str
    activityInstanceId: str
    taskId: str | None
    errorMessage: str | None
    state: str
    createTime: Moment | None


class HistoricDetail(Origin, NoCase):
    """A change of a variable."""

    type: str
    id: str
    activityInstanceId: str | None
    executionId: str
    taskId: str | None
    userOperationId: str | None
    time: Moment
    variableName: str
    variableInstanceId: str
    variableType: str
    value: Any
    valueInfo: dict[str, Any]
    revision: int
    errorMessage: str | None
    initial: bool


class Somewhere(TypedDict):
    """The instance that something belongs to, if there is one."""

    processDefinitionKey: str | None
    processDefinitionId: str | None
    processInstanceId: str | None
    rootProcessInstanceId: str | None
    removalTime: Moment | None
    tenantId: str | None


class HistoricIncident(Somewhere):
    """An incident, open or settled."""

    id: str
    executionId: str | None
    createTime: Moment
    endTime: Moment | None
    incidentType: str
    activityId: str | None
    failedActivityId: str | None
    causeIncidentId: str
    rootCauseIncidentId: str
    configuration: str | None
    historyConfiguration: str | None
    incidentMessage: str | None
    jobDefinitionId: str | None
    open: bool
    deleted: bool
    resolved: bool
    annotation: str | None


class LogEnds(TypedDict):
    """Which of four things a line tells."""

    creationLog: bool
    failureLog: bool
    successLog: bool
    deletionLog: bool


class HistoricJobLog(Origin, LogEnds):
    """What became of a job."""

    id: str
    timestamp: Moment
    jobId: str | None
    jobDueDate: Moment | None
    jobRetries: int | None
    jobPriority: int
    jobExceptionMessage: str | None
    failedActivityId: str | None
    jobDefinitionId: str
    jobDefinitionType: str | None
    jobDefinitionConfiguration: str | None
    activityId: str
    executionId: str | None
    deploymentId: str | None
    hostname: str | None
    batchId: str | None


class HistoricExternalTaskLog(Origin, LogEnds):
    """What became of work for another program."""

    id: str
    timestamp: Moment
    externalTaskId: str | None
    topicName: str | None
    workerId: str | None
    priority: int
    retries: int | None
    errorMessage: str | None
    activityId: str
    activityInstanceId: str
    executionId: str | None


class HistoricDecisionInput(TypedValue):
    """A value that a decision was given."""

    id: str
    decisionInstanceId: str
    clauseId: str | None
    clauseName: str | None
    errorMessage: str | None
    createTime: Moment
    removalTime: Moment | None
    rootProcessInstanceId: str


class HistoricDecisionOutput(HistoricDecisionInput):
    """What it gave, and by which rule."""

    ruleId: str | None
    ruleOrder: int | None
    variableName: str | None


class HistoricDecisionInstance(Origin):
    """A decision that an instance asked for."""

    id: str
    decisionDefinitionId: str | None
    decisionDefinitionKey: str
    decisionDefinitionName: str | None
    evaluationTime: Moment
    caseDefinitionId: str | None
    caseDefinitionKey: str | None
    caseInstanceId: str | None
    activityId: str
    activityInstanceId: str
    userId: str | None
    collectResultValue: float | None
    rootDecisionInstanceId: str | None
    decisionRequirementsDefinitionId: str | None
    decisionRequirementsDefinitionKey: str | None
    inputs: list[HistoricDecisionInput] | None
    outputs: list[HistoricDecisionOutput] | None


class UserOperation(Origin, NoCase):
    """What somebody did."""

    id: str
    deploymentId: str | None
    executionId: str
    taskId: str | None
    externalTaskId: str | None
    batchId: str | None
    jobId: str | None
    jobDefinitionId: str | None
    userId: str | None
    timestamp: Moment
    operationId: str
    operationType: str
    entityType: str
    category: str
    annotation: str | None
    property: str | None
    orgValue: str | None
    newValue: str | None


class CleanupConfiguration(TypedDict):
    """When the history would be cleaned up."""

    batchWindowStartTime: Moment | None
    batchWindowEndTime: Moment | None
    enabled: bool
