# SPDX-License-Identifier: EUPL-1.2
"""Moving a case: lock it, set it up, let its tokens run, and store everything in the same transaction.

All commands go through `moving`. A batch that fails leaves nothing behind: the transaction is rolled back by whoever
opened it, and the case stands where it stood.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from engine.bpmn import Node
from engine.clock import Clock
from engine.db import after_commit
from engine.deciding import definition_to_ask, shaped
from engine.definitions import load_definition
from engine.deployed import Definition
from engine.documents import NewDocument, StoredDocument, add_document, is_reference, load_document
from engine.errors import CaseChangedMeanwhile, CaseHasEnded, CaseNotFound, DocumentNotFound, StepFailed
from engine.expressions import value_of
from engine.identity import Actor
from engine.models import CaseRow, CaseStateRow
from engine.operations import CaseContext, Operation, find_operation, has_operation
from engine.projection import store_changes
from engine.services import Services
from engine.spiff.changes import Changes
from engine.spiff.specs import WaitingSpec
from engine.spiff.state import dump_state, load_state
from engine.spiff.workflow import CaseWorkflow, FailedAt
from engine.values import to_json


@dataclass
class Movement:
    """One case while it is locked and moves; the host of its steps."""

    session: Session
    services: Services
    definition: Definition
    case: CaseRow
    workflow: CaseWorkflow
    revision: int
    by: Actor
    #: The token that the actor moved; history names the actor there and the system elsewhere.
    acted_on: str | None = None

    @property
    def clock(self) -> Clock:
        """The time."""
        return self.services.clock

    def begin(self) -> None:
        """Put the first token on the start event."""
        token = self.workflow.place(self.definition.process.start.id)
        self.acted_on = str(token.id)
        self.workflow.remember("case_started")

    def resume(self, token_id: str, seen: Mapping[str, Any]) -> None:
        """Move a waiting token on, with the values that came."""
        token = self.workflow.token(token_id)
        self.acted_on = token_id
        spec: WaitingSpec = token.task_spec
        try:
            spec.resume(token, seen)
        except FailedAt:
            raise
        except Exception as cause:
            raise FailedAt(spec.node.id, cause) from cause

    def cancel(self, reason: str) -> None:
        """Take all tokens off."""
        self.workflow.remember("case_cancelled", reason=reason)
        for token in self.workflow.tokens:
            token.cancel()

    # -- host of the steps --------------------------------------------------------------------------------------

    def serves(self, topic: str) -> bool:
        """Whether one of our operations has this name."""
        return has_operation(topic)

    def runs_now(self, topic: str) -> bool:
        """Whether the operation runs inside this transaction."""
        return has_operation(topic) and not find_operation(topic).is_job

    def operate(self, node: Node, inputs: Mapping[str, Any]) -> Any:
        """Run an operation inside this transaction."""
        operation = find_operation(node.topic or "")
        context = case_context(self.case, node.id, "", self.clock)
        result = operation.call(
            with_documents(self.session, operation, inputs, self.case.id),
            lambda kind: context if kind is CaseContext else self.services.provide(kind, self.session),
        )
        return self.keep(result)

    def decide(self, node: Node, scope: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Evaluate a decision of the bundle; result in the shape that the model asks for, and the trace."""
        definition = definition_to_ask(self.session, self.services, self.definition, node)
        outcome = definition.decisions[node.decision or ""].evaluate(scope, self.clock)
        trace = {
            "decision": node.decision,
            "version": definition.version,
            "outputs": outcome.trace.as_dict(),
            "explanation": outcome.trace.german(),
        }
        # Refuses here, at its own step, what no history could hold.
        to_json(trace)
        return shaped(outcome.outputs, node.decision_result), trace

    def keep(self, result: Any) -> Any:
        """Store a document that an operation made; a variable then refers to it."""
        if isinstance(result, NewDocument):
            stored = add_document(self.session, self.clock, self.case.id, result, by=self.by.name)
            self.workflow.remember("document_added", document_id=stored.id, title=stored.title)
            return stored.reference()
        if isinstance(result, dict):
            return {name: self.keep(value) for name, value in result.items()}
        if isinstance(result, list):
            return [self.keep(value) for value in result]
        return result

    # -- storing ------------------------------------------------------------------------------------------------

    def store(self) -> None:
        """Write state, projections, history and jobs."""
        workflow = self.workflow
        changes, workflow.changes, workflow.host = workflow.changes, Changes(), None
        self._update_case(changes)
        self._write_state()
        store_changes(self.session, self.services, self.case, changes, self.by, self.acted_on)
        live, key = self.services.live_cases, (self.case.id, self.revision)
        if workflow.has_ended:
            return
        after_commit(self.session, lambda: live.put(key, workflow))

    def _update_case(self, changes: Changes) -> None:
        written = self.definition.process.properties.get("caseTitle")
        if written:
            title = value_of(written, self.workflow.variables, self.clock)
            self.case.title = _one_line(str(title))[:300] if title else self.case.title
        if changes.ended_with:
            self.case.ended_with = changes.ended_with
        if self.workflow.has_ended:
            self.case.state = "cancelled" if any(e.kind == "case_cancelled" for e in changes.entries) else "completed"
            self.case.ended_at = self.clock.now()
            self.workflow.changes = changes
            self.workflow.remember("case_ended", ended_with=self.case.ended_with)
            self.workflow.changes = Changes()
        self.session.flush()

    def _write_state(self) -> None:
        content = dump_state(self.workflow)
        written: CursorResult[Any] = self.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor
            update(CaseStateRow)
            .where(CaseStateRow.case_id == self.case.id, CaseStateRow.revision == self.revision)
            .values(revision=self.revision + 1, content=content)
            .execution_options(synchronize_session=False)
        )
        if written.rowcount != 1:
            raise CaseChangedMeanwhile
        self.revision += 1


@contextmanager
def moving(session: Session, services: Services, case_id: str, by: Actor) -> Iterator[Movement]:
    """Lock a case, let the body start something, run until all tokens wait, store. May raise `StepFailed`."""
    case, state = _lock(session, case_id)
    definition = load_definition(session, services, case.definition_id)
    workflow = services.live_cases.take((case.id, state.revision)) or load_state(definition.spec, state.content)
    with _running(Movement(session, services, definition, case, workflow, state.revision, by)) as movement:
        yield movement


@contextmanager
def beginning(
    session: Session, services: Services, definition: Definition, case: CaseRow, by: Actor
) -> Iterator[Movement]:
    """The same for a case that has just been created."""
    workflow = CaseWorkflow(definition.spec)
    session.add(case)
    session.flush()
    session.add(CaseStateRow(case_id=case.id, revision=0, content=dump_state(workflow)))
    session.flush()
    with _running(Movement(session, services, definition, case, workflow, 0, by)) as movement:
        yield movement


@contextmanager
def _running(movement: Movement) -> Iterator[Movement]:
    movement.workflow.host = movement
    movement.workflow.changes = Changes()
    try:
        yield movement
        movement.workflow.advance()
    except FailedAt as failed:
        raise StepFailed(movement.case.id, failed.element_id, failed.cause) from failed.cause
    movement.store()


def _lock(session: Session, case_id: str) -> tuple[CaseRow, CaseStateRow]:
    row = session.execute(
        select(CaseRow, CaseStateRow)
        .join(CaseStateRow, CaseStateRow.case_id == CaseRow.id)
        .where(CaseRow.id == case_id)
        # Both rows: whoever waited for the lock then reads the state as it is now, not as it was before the wait.
        .with_for_update(of=[CaseRow, CaseStateRow])
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise CaseNotFound
    case, state = row
    if case.state != "active":
        raise CaseHasEnded
    return case, state


def case_context(case: CaseRow, element_id: str, idempotency_key: str, clock: Clock) -> CaseContext:
    """For which case an operation runs."""
    return CaseContext(case.id, case.reference, case.definition_key, element_id, idempotency_key, clock.now())


def with_documents(
    session: Session, operation: Operation, inputs: Mapping[str, Any], case_id: str | None
) -> dict[str, Any]:
    """The inputs of an operation, with documents in place of references where it asks for them.

    Variables hold what people typed, so a reference opens documents of its own case only. Jobs that belong to no case
    were given theirs by code.
    """
    return {
        name: _document_of(session, value["document_id"], case_id)
        if is_reference(value) and name in operation.inputs and operation.inputs[name].type is StoredDocument
        else value
        for name, value in inputs.items()
    }


def _document_of(session: Session, document_id: str, case_id: str | None) -> StoredDocument:
    document = load_document(session, document_id)
    if case_id is not None and document.case_id != case_id:
        raise DocumentNotFound
    return document


def _one_line(text: str) -> str:
    """Printable characters only: a title holds what people typed, and the database refuses some of it."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
