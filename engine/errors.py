# SPDX-License-Identifier: EUPL-1.2
"""What can go wrong in the engine, each as a sentence.

AmtsflussError
├── NotFound: CaseNotFound, TaskNotFound, DocumentNotFound, DefinitionNotFound, DraftNotFound,
│             IncidentNotFound, JobNotFound
├── NotAllowed
├── TaskAlreadyCompleted, TaskClaimedByAnother, CaseHasEnded, CaseChangedMeanwhile, CaseSuspended
├── NobodyWaits, SeveralWait
├── BpmnError, UnhandledBpmnError
├── CallsTooDeep
├── ModelRefused
├── ModificationRefused, CallerSuspended, IncidentCannotBeSkipped
├── StepFailed, ExpressionFailed
├── OperationRefused, OperationUnknown
├── ConnectorUnavailable
├── ContentStoreUnavailable, ContentLost
└── DocumentTooLarge
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class AmtsflussError(Exception):
    """Something the engine will not or cannot do."""

    @property
    def message(self) -> str:
        """What happened, in one English sentence for logs and developers."""
        return str(self) or (self.__doc__ or type(self).__name__).strip().splitlines()[0]


class NotFound(AmtsflussError):
    """There is nothing under this name."""


class CaseNotFound(NotFound):
    """There is no such case."""


class TaskNotFound(NotFound):
    """There is no such task."""


class DocumentNotFound(NotFound):
    """There is no such document."""


class DefinitionNotFound(NotFound):
    """No such process model, form or decision is deployed."""


class DraftNotFound(NotFound):
    """There is no such draft, or its time has run out."""


class IncidentNotFound(NotFound):
    """There is no such open incident."""


class JobNotFound(NotFound):
    """There is no such job, or it is done."""


class NotAllowed(AmtsflussError):
    """This person may not do that."""


class TaskAlreadyCompleted(AmtsflussError):
    """The task has been completed before."""


class TaskClaimedByAnother(AmtsflussError):
    """Somebody else has claimed the task."""

    def __init__(self, holder: str) -> None:
        super().__init__("Somebody else has claimed the task.")
        self.holder = holder


class CaseHasEnded(AmtsflussError):
    """The case is over; nothing more happens in it."""


class CaseChangedMeanwhile(AmtsflussError):
    """Somebody else moved the case at the same moment; nothing was overwritten."""


class CaseSuspended(AmtsflussError):
    """The case or its process model is suspended; nothing moves until it is resumed."""


class CallsTooDeep(AmtsflussError):
    """Processes call each other deeper than any town needs; presumably one of them calls itself."""


class BpmnError(AmtsflussError):
    """An error of the process, as its model knows it: operations raise it to leave by an error event."""

    def __init__(self, code: str | None, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"The process error {code} was raised.")
        self.code = code
        self.text = message
        self.variables = dict(variables or {})


class UnhandledBpmnError(AmtsflussError):
    """An error of the process was thrown that no error event catches."""

    def __init__(self, code: str | None, message: str = "") -> None:
        super().__init__(f"No event catches the process error {code}.")
        self.code = code
        self.text = message


class NobodyWaits(AmtsflussError):
    """No case waits for this message."""


class SeveralWait(AmtsflussError):
    """More than one case waits for this message, so it is delivered to none."""


@dataclass(frozen=True)
class Finding:
    """One reason why a model cannot be run, with the place and the cure."""

    resource: str
    element_id: str
    element_name: str
    reason: str
    cure: str = ""
    severity: str = "error"
    #: Where it stands in the file; 0 when that is not known.
    line: int = 0

    def __str__(self) -> str:
        element = self.element_id + (f" ({self.element_name})" if self.element_name else "")
        resource = f"{self.resource}:{self.line}" if self.line > 0 else self.resource
        place = f"{resource}: {element}" if element else resource
        return f"{place}: {self.reason}" + (f" {self.cure}" if self.cure else "")


class ModelRefused(AmtsflussError):
    """The model cannot be run as it is drawn."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


class ModificationRefused(AmtsflussError):
    """The tokens of the case cannot be put or taken off like that."""


class CallerSuspended(AmtsflussError):
    """The case that called this one is suspended; resume that one, and this one goes on with it."""


class IncidentCannotBeSkipped(AmtsflussError):
    """What failed there cannot be passed over."""


class StepFailed(AmtsflussError):
    """A step of the process failed; the case stands where it stood before."""

    def __init__(self, case_id: str, element_id: str, cause: BaseException) -> None:
        super().__init__(f"Step {element_id} of case {case_id} failed: {type(cause).__name__}")
        self.case_id = case_id
        self.element_id = element_id
        self.cause = cause


class ExpressionFailed(AmtsflussError):
    """An expression of the model gave nothing that could be used."""


class OperationRefused(AmtsflussError):
    """An operation is declared in a way that cannot be run."""


class OperationUnknown(AmtsflussError):
    """No operation has this name."""


class ConnectorUnavailable(AmtsflussError):
    """A neighbour of the town cannot be reached at the moment."""


class ContentStoreUnavailable(AmtsflussError):
    """The store of documents cannot be reached or is full; nothing was stored."""


class ContentLost(AmtsflussError):
    """The content of a document is not there, or is not what was stored."""


class DocumentTooLarge(AmtsflussError):
    """The document is larger than the town accepts."""
