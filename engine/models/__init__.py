# SPDX-License-Identifier: EUPL-1.2
"""The engine's tables, one noun a file. Importing this package makes all of them known to the metadata."""

from engine.models.batch import BatchItemRow, BatchRow
from engine.models.case import CaseRow, CaseStateRow, CounterRow
from engine.models.comment import AttachmentRow, CommentRow
from engine.models.definition import DefinitionRow, DeploymentRow, ResourceRow
from engine.models.document import DocumentContentRow, DocumentRow
from engine.models.draft import DraftFileRow, DraftRow
from engine.models.history import HistoryRow
from engine.models.identity import GroupRow, MembershipRow, UserRow
from engine.models.incident import IncidentRow
from engine.models.job import JobRow
from engine.models.leader import LeaderRow
from engine.models.machine import MachineGrantRow, MachineRow, MachineTokenRow
from engine.models.origin import CaseOriginRow
from engine.models.rate import RateCountRow
from engine.models.store import DataStoreRow
from engine.models.subscription import KeptMessageRow, SubscriptionRow
from engine.models.task import CandidateRow, CandidateUserRow, TaskRow

__all__ = [
    "AttachmentRow",
    "BatchItemRow",
    "BatchRow",
    "CandidateRow",
    "CandidateUserRow",
    "CaseOriginRow",
    "CaseRow",
    "CaseStateRow",
    "CommentRow",
    "CounterRow",
    "DataStoreRow",
    "DefinitionRow",
    "DeploymentRow",
    "DocumentContentRow",
    "DocumentRow",
    "DraftFileRow",
    "DraftRow",
    "GroupRow",
    "HistoryRow",
    "IncidentRow",
    "JobRow",
    "KeptMessageRow",
    "LeaderRow",
    "MachineGrantRow",
    "MachineRow",
    "MachineTokenRow",
    "MembershipRow",
    "RateCountRow",
    "ResourceRow",
    "SubscriptionRow",
    "TaskRow",
    "UserRow",
]
