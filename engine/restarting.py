# SPDX-License-Identifier: EUPL-1.2
"""Beginning an ended case again: another case of the same kind, with its variables, where instructions put it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, case_variables, describe
from engine.deployed import Definition
from engine.documents import NewDocument, add_document, is_reference, load_document
from engine.errors import CaseNotFound, ModificationRefused
from engine.identity import Actor
from engine.models import CaseRow, HistoryRow
from engine.modification import Instruction, begin_case_at
from engine.services import Services
from engine.values import from_json


def restart_case(
    session: Session,
    services: Services,
    case_id: str,
    definition: Definition,
    instructions: Sequence[Instruction],
    by: Actor,
    *,
    as_begun: bool = False,
    keeps_key: bool = True,
) -> CaseInfo:
    """Begin it with the variables that it had at its end, or `as_begun`. Raises `ModificationRefused`.

    Its files are copied, so that neither case needs the other one.
    """
    row = session.get(CaseRow, case_id)
    if row is None:
        raise CaseNotFound
    before = describe(row)
    if before.state == "active":
        raise ModificationRefused(f"{case_id} goes on; only cases that have ended begin again.")
    if before.definition_id != definition.id:
        raise ModificationRefused(f"{case_id} is not a case of {definition.key} in version {definition.version}.")
    values = _as_begun(session, case_id) if as_begun else case_variables(session, services, case_id)

    def copied(new_id: str) -> dict[str, Any]:
        return {name: _copied(session, services, value, new_id, by) for name, value in values.items()}

    business_key = before.business_key if keeps_key else None
    return begin_case_at(session, services, definition, copied, instructions, by=by, business_key=business_key)


def _as_begun(session: Session, case_id: str) -> dict[str, Any]:
    """The variables with which it began, which the history knows unless they were very long."""
    lines = session.scalars(
        select(HistoryRow.details)
        .where(HistoryRow.case_id == case_id, HistoryRow.kind == "variable_written", HistoryRow.token_id.is_(None))
        .order_by(HistoryRow.id)
    )
    initial = [from_json(details) for details in lines if details.get("initial")]
    lost = [str(each["name"]) for each in initial if each.get("is_long")]
    if lost:
        names = ", ".join(lost)
        raise ModificationRefused(f"What {case_id} began with in {names} was too long to be kept. Take it as it ended.")
    return {each["name"]: each.get("value") for each in initial if each["change"] != "delete"}


def _copied(session: Session, services: Services, value: Any, case_id: str, by: Actor) -> Any:
    if not is_reference(value):
        return value
    kept = load_document(session, value["document_id"])
    new = NewDocument(kept.name, kept.media_type, kept.content or b"", kept.title, kept.for_applicant)
    return add_document(session, services.clock, case_id, new, by.name).reference()
