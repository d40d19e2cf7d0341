# SPDX-License-Identifier: EUPL-1.2
"""What the steps of a case find around them: the time, operations, decisions, documents and data stores."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import Node
from engine.clock import Clock
from engine.datastores import store_value, stored_value
from engine.deciding import decision_to_ask, given_and_gave, shaped
from engine.deployed import Definition
from engine.documents import NewDocument, StoredDocument, add_document, is_reference, load_document
from engine.errors import DocumentNotFound
from engine.identity import SYSTEM, Actor
from engine.models import CaseRow, TaskRow
from engine.operations import CaseContext, Operation, find_operation, has_operation
from engine.services import Services
from engine.spiff.host import Limits
from engine.spiff.workflow import CaseWorkflow
from engine.values import to_json


@dataclass
class Hosting:
    """One case and its surroundings, as its steps may use them (see `engine.spiff.host.Host`)."""

    session: Session
    services: Services
    definition: Definition
    case: CaseRow
    workflow: CaseWorkflow
    revision: int
    by: Actor

    @property
    def clock(self) -> Clock:
        """The time."""
        return self.services.clock

    @property
    def limits(self) -> Limits:
        """What a case may cost."""
        return self.services.limits

    @property
    def context(self) -> Mapping[str, Any]:
        """What expressions may know of the case beside its variables."""
        return {
            "processBusinessKey": self.case.business_key,
            "processInstanceId": self.case.id,
            "processDefinitionId": f"{self.definition.key}:{self.definition.version}:{self.definition.id}",
            "processDefinitionKey": self.definition.key,
            "reference": self.case.reference,
            "currentUser": None if self.by == SYSTEM else self.by.name,
        }

    def open_task(self, token_id: str) -> Mapping[str, Any]:
        """What people have made of an open task."""
        columns = (TaskRow.name, TaskRow.assignee, TaskRow.description, TaskRow.priority)
        row = self.session.execute(select(*columns).where(TaskRow.id == token_id)).one_or_none()
        return {} if row is None else dict(row._mapping)

    def serves(self, topic: str) -> bool:
        """Whether one of our operations has this name."""
        return has_operation(topic)

    def runs_now(self, topic: str) -> bool:
        """Whether the operation runs inside this transaction."""
        return has_operation(topic) and not find_operation(topic).is_job

    def operate(self, topic: str, node: Node, inputs: Mapping[str, Any]) -> Any:
        """Run an operation inside this transaction."""
        operation = find_operation(topic)
        context = case_context(self.session, self.case, node.id, "", self.clock)
        began, outcome = monotonic(), "failed"
        try:
            result = operation.call(
                with_documents(self.session, operation, inputs, self.case.id),
                lambda kind: context if kind is CaseContext else self.services.provide(kind, self.session),
            )
            outcome = "done"
        finally:
            self.services.measure("operation", topic, outcome, monotonic() - began)
        return self.keep(result)

    def decide(self, node: Node, scope: Mapping[str, Any]) -> tuple[Any, list[dict[str, Any]], dict[str, Any]]:
        """Evaluate a decision: its result in the shape that the model asks for, all of it, and the trace."""
        key, decision, version = decision_to_ask(self.session, self.services, self.definition, node, scope)
        outcome = decision.evaluate(scope, self.clock)
        trace = {
            "decision": key,
            "version": version,
            "outputs": outcome.trace.as_dict(),
            "explanation": outcome.trace.german(),
            # Of whose bundle it is, when the case began with it.
            "deployment": self.definition.deployment_id if decision is self.definition.decisions.get(key) else None,
            **given_and_gave(outcome.trace),
        }
        # Refuses here, at its own step, what no history could hold.
        to_json(trace)
        return shaped(outcome.outputs, node.decision_result), outcome.outputs, trace

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

    def stored_value(self, store: str) -> Any:
        """The value of a data store."""
        return stored_value(self.session, store)

    def store_value(self, store: str, value: Any) -> None:
        """Change the value of a data store."""
        store_value(self.session, self.clock, store, value)


def case_context(session: Session, case: CaseRow, element_id: str, idempotency_key: str, clock: Clock) -> CaseContext:
    """For which case an operation runs."""
    context = CaseContext(case.id, case.reference, case.definition_key, element_id, idempotency_key, clock.now())
    outermost = None if case.root_id == case.id else session.get(CaseRow, case.root_id)
    if outermost is None:
        return context
    return replace(context, outermost_id=outermost.id, outermost_reference=outermost.reference)


def with_documents(
    session: Session, operation: Operation, inputs: Mapping[str, Any], case_id: str | None
) -> dict[str, Any]:
    """The inputs of an operation, with documents in place of references where it asks for them.

    Variables hold what people typed, so a reference opens documents of its own case only, and of those that call each
    other with it. Jobs that belong to no case were given theirs by code.
    """
    return {
        name: _document_of(session, value["document_id"], case_id)
        if is_reference(value) and name in operation.inputs and operation.inputs[name].type is StoredDocument
        else value
        for name, value in inputs.items()
    }


def _document_of(session: Session, document_id: str, case_id: str | None) -> StoredDocument:
    document = load_document(session, document_id)
    if case_id is not None and document.case_id != case_id and not _is_family(session, document.case_id, case_id):
        raise DocumentNotFound
    return document


def _is_family(session: Session, one: str, other: str) -> bool:
    """Whether two cases call each other, at any depth: a called process may use what it was handed."""
    roots = session.scalars(select(CaseRow.root_id).where(CaseRow.id.in_([one, other]))).all()
    return len(roots) == 2 and roots[0] == roots[1]
