# SPDX-License-Identifier: EUPL-1.2
"""Shapes of what is to be done: tasks of people, work for programs, jobs, and what is done to many instances."""

from typing import Any, Literal, NotRequired, TypedDict

from web.api.shapes.values import FormReference, Link, Moment, Variables


class Task(TypedDict):
    """An open task of a person."""

    id: str
    name: str | None
    assignee: str | None
    created: Moment
    due: Moment | None
    followUp: Moment | None
    lastUpdated: Moment | None
    delegationState: Literal["PENDING", "RESOLVED"] | None
    description: str | None
    executionId: str
    owner: str | None
    parentTaskId: str | None
    priority: int
    processDefinitionId: str
    processInstanceId: str
    taskDefinitionKey: str
    caseExecutionId: str | None
    caseInstanceId: str | None
    caseDefinitionId: str | None
    suspended: bool
    formKey: str | None
    camundaFormRef: FormReference | None
    tenantId: str | None
    taskState: str
    #: Whether there are any; only said when it is asked for.
    comment: NotRequired[bool]
    attachment: NotRequired[bool]


class IdentityLink(TypedDict):
    """Who has to do with a task."""

    userId: str | None
    groupId: str | None
    type: str


class Comment(TypedDict):
    """What was noted."""

    links: NotRequired[list[Link]]
    id: str
    userId: str | None
    taskId: str | None
    time: Moment
    message: str
    removalTime: Moment | None
    rootProcessInstanceId: str
    processInstanceId: str


class Attachment(TypedDict):
    """What is attached to a task."""

    links: NotRequired[list[Link]]
    id: str
    name: str | None
    taskId: str | None
    description: str | None
    type: str | None
    url: str | None
    createTime: Moment
    removalTime: Moment | None
    rootProcessInstanceId: str


class FilterProperties(TypedDict):
    """How a filter is shown."""

    description: str
    priority: int
    color: str
    refresh: bool


class Filter(TypedDict):
    """A standing question for tasks."""

    id: str
    resourceType: str
    name: str
    owner: str | None
    query: dict[str, Any]
    properties: FilterProperties
    itemCount: NotRequired[int]


class ExternalTask(TypedDict):
    """Work for another program."""

    id: str
    topicName: str
    workerId: str | None
    lockExpirationTime: Moment | None
    createTime: Moment
    activityId: str
    activityInstanceId: str
    executionId: str
    processInstanceId: str
    processDefinitionId: str
    processDefinitionKey: str
    processDefinitionVersionTag: str | None
    retries: int | None
    suspended: bool
    errorMessage: str | None
    priority: int
    businessKey: str | None
    tenantId: str | None


class LockedExternalTask(ExternalTask):
    """The same, leased to a worker, with what it sees."""

    errorDetails: str | None
    variables: Variables
    extensionProperties: dict[str, str]


class Job(TypedDict):
    """What the town's own worker does."""

    id: str
    jobDefinitionId: str | None
    dueDate: Moment | None
    processInstanceId: str | None
    processDefinitionId: str | None
    processDefinitionKey: str | None
    executionId: str | None
    retries: int
    exceptionMessage: str | None
    failedActivityId: str | None
    suspended: bool
    priority: int
    tenantId: str | None
    createTime: Moment
    batchId: str | None


class JobDefinition(TypedDict):
    """An element of a model that leaves jobs."""

    id: str
    processDefinitionId: str
    processDefinitionKey: str
    activityId: str
    jobType: str
    jobConfiguration: str
    overridingJobPriority: int | None
    suspended: bool
    tenantId: str | None
    deploymentId: str


class CommonOfBatches(TypedDict):
    """What is told of a batch, done or not."""

    id: str
    type: str
    totalJobs: int
    batchJobsPerSeed: int
    invocationsPerBatchJob: int
    seedJobDefinitionId: str
    monitorJobDefinitionId: str
    batchJobDefinitionId: str
    tenantId: str | None
    createUserId: str | None
    startTime: Moment
    executionStartTime: Moment | None


class Batch(CommonOfBatches):
    """What is done to many instances."""

    jobsCreated: int
    suspended: bool


class BatchStatistics(Batch):
    """The same with how far it is."""

    remainingJobs: int
    completedJobs: int
    failedJobs: int


class BatchFailure(TypedDict):
    """An instance, or a job, to which it could not be done."""

    processInstanceId: str | None
    jobId: str | None
    message: str | None


class HistoricBatch(CommonOfBatches):
    """A batch, done or not."""

    endTime: Moment | None
    removalTime: Moment | None


class HistoricBatchWithFailures(HistoricBatch):
    """The same with its first failures."""

    failures: list[BatchFailure]


class MigrationInstruction(TypedDict):
    """What of one version becomes what of another."""

    sourceActivityIds: list[str]
    targetActivityIds: list[str]
    updateEventTrigger: bool


class MigrationPlan(TypedDict):
    """How instances go over to another version."""

    sourceProcessDefinitionId: str
    targetProcessDefinitionId: str
    instructions: list[MigrationInstruction]
    variables: dict[str, Any] | None


class MigrationInstructionReport(TypedDict):
    """What is wrong with an instruction, or with what none is for."""

    instruction: MigrationInstruction | None
    failures: list[str]


class MigrationReport(TypedDict):
    """What is wrong with a plan."""

    instructionReports: list[MigrationInstructionReport]
    variableReports: dict[str, Any]
