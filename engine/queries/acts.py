# SPDX-License-Identifier: EUPL-1.2
"""What people and programs did, as far as the history names them."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, false, or_

from engine.identity import SYSTEM
from engine.models import HistoryRow
from engine.queries.criteria import Criterion, equal, nobody, one_of
from engine.queries.past import since, until
from engine.queries.pastlines import lines_of, number_is

#: Kind of line → what was done, and to what.
ACTS: Mapping[str, tuple[str, str]] = {
    "case_started": ("Create", "ProcessInstance"),
    "case_cancelled": ("Delete", "ProcessInstance"),
    "case_suspended": ("Suspend", "ProcessInstance"),
    "case_resumed": ("Activate", "ProcessInstance"),
    "case_modified": ("ModifyProcessInstance", "ProcessInstance"),
    "case_migrated": ("Migrate", "ProcessInstance"),
    "variables_changed": ("SetVariable", "Variable"),
    "task_claimed": ("Claim", "Task"),
    "task_released": ("Claim", "Task"),
    "task_assigned": ("Assign", "Task"),
    "task_delegated": ("Delegate", "Task"),
    "task_resolved": ("Resolve", "Task"),
    "task_changed": ("Update", "Task"),
    "task_linked": ("AddUserLink", "IdentityLink"),
    "task_unlinked": ("DeleteUserLink", "IdentityLink"),
    "attachment_added": ("AddAttachment", "Attachment"),
    "incident_retried": ("SetJobRetries", "Job"),
    "completed": ("Complete", "Task"),
}
#: Only the steps of people count as done by somebody.
_IS_ACT = and_(
    HistoryRow.actor.not_in(("", SYSTEM.name)),
    or_(HistoryRow.kind != "completed", HistoryRow.element_type == "userTask"),
)


def _kinds(place: int) -> Criterion:
    def condition(name: str) -> ColumnElement[bool]:
        kinds = [kind for kind, about in ACTS.items() if about[place] == name]
        return HistoryRow.kind.in_(kinds) if kinds else false()

    return Criterion("text", condition)


def _several_kinds(names: list[str]) -> ColumnElement[bool]:
    return HistoryRow.kind.in_([kind for kind, about in ACTS.items() if about[1] in names])


LISTING = lines_of(
    list(ACTS),
    {
        "operationId": Criterion("text", number_is),
        "operationType": _kinds(0),
        "entityType": _kinds(1),
        "entityTypeIn": Criterion("texts", _several_kinds),
        "userId": equal(HistoryRow.actor),
        "taskId": equal(HistoryRow.token_id),
        "executionId": equal(HistoryRow.token_id),
        "taskIdIn": one_of(HistoryRow.token_id),
        "beforeTimestamp": until(HistoryRow.at),
        "afterTimestamp": since(HistoryRow.at),
        "is_act": lambda value: _IS_ACT,
        **nobody("caseInstanceId", "caseExecutionId", "caseDefinitionId", "batchId", "externalTaskId", "jobId"),
    },
    {"timestamp": HistoryRow.at},
)
