# SPDX-License-Identifier: EUPL-1.2
"""What went wrong, as clients of Camunda 7 expect it: `{"type", "message", "code"}` with the status that belongs to it.

Messages are sentences of ours; the words of foreign errors may name people and stay out.
"""

import logging
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException, InternalServerError

from engine import errors as engine
from engine.batches import BatchRefused
from engine.external import LockedByAnother, LockHasRunOut
from engine.grants import GrantMissing
from engine.incidents import reason_of
from engine.leases import JobIsRun
from engine.queries.variables import TooManyToCompare
from engine.rescheduling import NoTimer
from engine.tasks import TaskIsDelegated
from engine.withdrawal import CasesAreNeeded, CasesBeganOnIt
from web.api.answers import answer
from web.errors import OTHER_WORDS, leave_incident
from web.transaction import roll_back

_log = logging.getLogger(__name__)

_CODES = {"OptimisticLockingException": 1}
#: Error of the engine → status and type. The first that fits counts.
_KNOWN: tuple[tuple[type[engine.AmtsflussError], int, str], ...] = (
    (engine.NotFound, 404, "InvalidRequestException"),
    (engine.NotAllowed, 403, "AuthorizationException"),
    (engine.CaseSuspended, 400, "SuspendedEntityInteractionException"),
    (engine.CallerSuspended, 400, "SuspendedEntityInteractionException"),
    (engine.CaseHasEnded, 404, "InvalidRequestException"),
    (engine.CaseChangedMeanwhile, 500, "OptimisticLockingException"),
    (engine.TaskAlreadyCompleted, 404, "RestException"),
    (engine.TaskClaimedByAnother, 500, "TaskAlreadyClaimedException"),
    (TaskIsDelegated, 400, "BadUserRequestException"),
    (engine.NobodyWaits, 400, "MismatchingMessageCorrelationException"),
    (engine.SeveralWait, 400, "MismatchingMessageCorrelationException"),
    (engine.ModificationRefused, 400, "BadUserRequestException"),
    (engine.DocumentTooLarge, 413, "InvalidRequestException"),
    (CasesBeganOnIt, 400, "BadUserRequestException"),
    (CasesAreNeeded, 400, "BadUserRequestException"),
    (TooManyToCompare, 400, "BadUserRequestException"),
    (BatchRefused, 400, "BadUserRequestException"),
    (NoTimer, 400, "BadUserRequestException"),
    (JobIsRun, 500, "OptimisticLockingException"),
    (LockedByAnother, 400, "RestException"),
    (LockHasRunOut, 400, "RestException"),
)
_NOT_PARSED = "ENGINE-09005 Could not parse BPMN process. Errors: \n"


class Refused(Exception):
    """A request that cannot be answered, with the status and the type that clients know."""

    def __init__(self, message: str, status: int = 400, type: str = "InvalidRequestException", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.details = details


def missing(what: str) -> Refused:
    """There is nothing of that name."""
    return Refused(what, 404)


def problem(status: int, type: str, message: str, details: Mapping[str, Any] | None = None) -> Response:
    """The envelope."""
    return answer({"type": type, "message": message, "code": _CODES.get(type, 0), **(details or {})}, status)


def register_problems(blueprint: Blueprint, prefix: str) -> None:
    """Let whatever goes wrong in the API end in the envelope, also where nothing is."""
    blueprint.record_once(lambda state: state.app.extensions.setdefault(OTHER_WORDS, {}).update({prefix: http_problem}))
    blueprint.register_error_handler(Refused, _refused)
    blueprint.register_error_handler(engine.ModelRefused, _not_parsed)
    blueprint.register_error_handler(engine.StepFailed, _step_failed)
    blueprint.register_error_handler(engine.AmtsflussError, engine_problem)
    blueprint.register_error_handler(HTTPException, http_problem)
    # The application has a page of its own for this one, which would come first.
    blueprint.register_error_handler(InternalServerError, http_problem)


def http_problem(error: HTTPException) -> Response:
    """What the server itself refuses: no such address, not this method, too large, too often."""
    roll_back()
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]  # Flask's responses are werkzeug's
    if status == 500:
        return problem(500, "RestException", "Something went wrong here. It has been written to the log.")
    response = problem(status, "RestException", _SENTENCES.get(status, f"{error.name}."))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


_SENTENCES = {
    404: "There is no resource at this address.",
    405: "This resource does not know that method.",
    413: "The request is larger than is accepted here.",
    429: "Too many failed logins from this address. Try again in 15 minutes.",
}


def engine_problem(error: engine.AmtsflussError) -> Response:
    """What the engine will not or cannot do."""
    roll_back()
    if isinstance(error, GrantMissing):
        return _grant_missing(error)
    for kind, status, type_name in _KNOWN:
        if isinstance(error, kind):
            return problem(status, type_name, error.message)
    _log.warning("The API could not do what was asked: %s", reason_of(error))
    return problem(500, "ProcessEngineException", error.message)


def _refused(error: Refused) -> Response:
    roll_back()
    return problem(error.status, error.type, error.message, error.details)


def _grant_missing(error: GrantMissing) -> Response:
    needed = {
        "permissionName": error.permission.upper(),
        "resourceName": error.resource,
        "resourceId": error.key,
    }
    message = (
        f"The user with id '{error.account}' does not have '{needed['permissionName']}' permission "
        f"on resource '{error.key}' of type '{error.resource}'."
    )
    details = {"userId": error.account, "missingAuthorizations": [needed]}
    details |= needed  # As clients of before 7.13 read it.
    return problem(403, "AuthorizationException", message, details)


def _step_failed(error: engine.StepFailed) -> Response:
    """Nothing of it was kept but an incident, so that operators know what the caller was told."""
    roll_back()
    leave_incident(error)
    cause = reason_of(error.cause)
    _log.warning("Step %s of case %s failed: %s", error.element_id, error.case_id, cause)
    return problem(500, "ProcessEngineException", f"Step {error.element_id} failed: {cause}")


def _not_parsed(error: engine.ModelRefused) -> Response:
    """The findings of each file, with the elements that the Modeler then marks."""
    roll_back()
    details: dict[str, dict[str, list[Any]]] = {}
    for found in error.findings:
        kinds = details.setdefault(found.resource, {"errors": [], "warnings": []})
        reason = f"{found.reason} {found.cure}".strip()
        kinds["errors" if found.severity == "error" else "warnings"].append(
            {
                "message": reason,
                "line": max(found.line, 0),
                "column": 1 if found.line > 0 else 0,
                "mainElementId": found.element_id or None,
                "elementIds": [found.element_id] if found.element_id else [],
            }
        )
    lines = "\n".join(f"* {found}" for found in error.findings)
    return problem(400, "ParseException", _NOT_PARSED + lines, {"details": details})
