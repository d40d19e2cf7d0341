# SPDX-License-Identifier: EUPL-1.2
"""What batches do, each to one case or one job: by the kind of the batch, with what it was told."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from engine.attempts import job_row, set_attempts
from engine.cases import cancel_case, change_variables
from engine.definitions import load_definition
from engine.external import set_retries
from engine.identity import Actor
from engine.messages import Message, correlate_all
from engine.migration import Mapping as Becomes
from engine.migration import MigrationPlan, migrate_case
from engine.modification import CancelAll, CancelToken, Instruction, StartAfter, StartBefore, StartFlow, modify_case
from engine.removal import forget_case
from engine.restarting import restart_case
from engine.services import Services
from engine.suspension import resume_case, suspend_case

Errand: TypeAlias = Callable[[Session, Services, Mapping[str, Any], str, Actor], None]


def _migrate(session: Session, services: Services, about: Mapping[str, Any], case_id: str, by: Actor) -> None:
    source, target = (load_definition(session, services, about[end]) for end in ("source", "target"))
    plan = MigrationPlan(source, target, tuple(Becomes(*one) for one in about["mappings"]))
    migrate_case(session, services, plan, case_id, by)
    if about["variables"]:
        change_variables(session, services, case_id, about["variables"], by)


def _cancel(session: Session, services: Services, about: Mapping[str, Any], case_id: str, by: Actor) -> None:
    cancel_case(session, services, case_id, about["reason"], by)


def _modify(session: Session, services: Services, about: Mapping[str, Any], case_id: str, by: Actor) -> None:
    instructions = [_INSTRUCTIONS[name](**members) for name, members in about["instructions"]]
    modify_case(session, services, case_id, instructions, by)


def _switch(session: Session, services: Services, about: Mapping[str, Any], case_id: str, by: Actor) -> None:
    (suspend_case if about["suspended"] else resume_case)(session, services, case_id, by)


def _write(session: Session, services: Services, about: Mapping[str, Any], case_id: str, by: Actor) -> None:
    change_variables(session, services, case_id, about["variables"], by)


def _tell(session: Session, services: Services, about: Mapping[str, Any], case_id: str, by: Actor) -> None:
    message = Message(about["message"], case_id=case_id, variables=about["variables"])
    correlate_all(session, services, message, by)


def _retry_job(session: Session, services: Services, about: Mapping[str, Any], job_id: str, by: Actor) -> None:
    set_attempts(session, services, job_id, about["attempts"])
    if about["due"] is not None:
        job_row(session, job_id).due_at = about["due"]


def _retry_external(session: Session, services: Services, about: Mapping[str, Any], task_id: str, by: Actor) -> None:
    set_retries(session, services, task_id, about["retries"], by)


def _forget(session: Session, services: Services, about: Mapping[str, Any], case_id: str, by: Actor) -> None:
    forget_case(session, case_id)


def _restart(session: Session, services: Services, about: Mapping[str, Any], case_id: str, by: Actor) -> None:
    definition = load_definition(session, services, about["definition"])
    instructions = told_instructions(about)
    how = {"as_begun": about["as_begun"], "keeps_key": about["keeps_key"]}
    restart_case(session, services, case_id, definition, instructions, by, **how)


def as_told(instructions: Sequence[Instruction]) -> list[list[Any]]:
    """Instructions as a batch keeps them."""
    return [[type(one).__name__, {**vars(one)}] for one in instructions]


def told_instructions(about: Mapping[str, Any]) -> list[Instruction]:
    """The same again."""
    return [_INSTRUCTIONS[name](**members) for name, members in about["instructions"]]


#: By the kind of a batch.
ERRANDS: Mapping[str, Errand] = {
    "migration": _migrate,
    "deletion": _cancel,
    "modification": _modify,
    "suspension": _switch,
    "variables": _write,
    "message": _tell,
    "job_retries": _retry_job,
    "external_retries": _retry_external,
    "forgetting": _forget,
    "restart": _restart,
}
_INSTRUCTIONS: Mapping[str, Callable[..., Instruction]] = {
    kind.__name__: kind for kind in (StartBefore, StartAfter, StartFlow, CancelToken, CancelAll)
}
