# SPDX-License-Identifier: EUPL-1.2
"""Moving a case: lock it, set it up, let its tokens run, and store everything in the same transaction.

All commands go through `moving`. A batch that fails leaves nothing behind: the transaction is rolled back by whoever
opened it, and the case stands where it stood. A case that another one has called is locked by the outermost of them,
so that nobody waits for anybody in a circle.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import CursorResult, bindparam, select, update
from sqlalchemy.orm import Session, aliased

from engine.bpmn.model import Called
from engine.db import after_commit
from engine.definitions import find_definition, is_suspended, load_definition
from engine.deployed import Definition
from engine.errors import (
    BpmnError,
    CallsTooDeep,
    CaseChangedMeanwhile,
    CaseHasEnded,
    CaseNotFound,
    CaseSuspended,
    StepFailed,
)
from engine.expressions import value_of
from engine.hosting import Hosting
from engine.identity import Actor
from engine.models import CaseRow, CaseStateRow
from engine.projection import await_signal, callers, store_changes
from engine.services import Services
from engine.spiff.beginning import begin_at
from engine.spiff.changes import Changes
from engine.spiff.host import CALL_DEPTH, CallEnded, Thrown
from engine.spiff.modification import cancel_upwards
from engine.spiff.propagation import hearing, throw_escalation, throw_signal
from engine.spiff.state import dump_state, load_state
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow, FailedAt


@dataclass
class Movement(Hosting):
    """One case while it is locked and moves; the host of its steps."""

    #: The token that the actor moved; history names the actor there and the system elsewhere.
    acted_on: str | None = None
    #: The error that nobody in the case caught, on its way to the case that called it.
    left_with: Thrown | None = None
    #: Whether the case that called this one is told of its end (not when it is the one that ends it).
    returns: bool = True
    #: The calling case, while it moves too, and what has to be stored after this one.
    _callers: ExitStack = field(default_factory=ExitStack)
    #: Whether a job is there already that goes on with an unfinished batch.
    _under_way: bool = False

    # -- what moves a case --------------------------------------------------------------------------------------

    def begin(self, element_id: str | None = None, seen: Mapping[str, Any] | None = None) -> None:
        """Put the first tokens on the start events, or on the one that has been triggered."""
        self.workflow.remember("case_started", business_key=self.case.business_key)
        with self._failing_at(element_id or self.definition.process.id):
            self.acted_on = begin_at(self.workflow, self.definition.process, element_id, seen, self.by.name)

    def resume(self, token_id: str, seen: Mapping[str, Any]) -> None:
        """What a token waits for has come, with these values."""
        token = self.act_on(token_id)
        with self._failing_at(token.task_spec.element_id):
            token.task_spec.happen(token, seen)

    def go_on(self, token_id: str) -> None:
        """A token that waited for the commit runs on."""
        token = self.workflow.token(token_id)
        with self._failing_at(token.task_spec.element_id):
            token.task_spec.go_on(token)

    def throw(self, token_id: str, error: BpmnError | Thrown) -> None:
        """The work that a token waits for has ended with an error of the process, or calls for others (escalation)."""
        token = self.act_on(token_id)
        with self._failing_at(token.task_spec.element_id):
            if isinstance(error, Thrown):
                throw_escalation(token, error)
            else:
                token.task_spec.throw(token, error)

    def tell_listeners(self, token_id: str, *events: str) -> None:
        """Something about a task has changed without moving it."""
        token = self.workflow.token(token_id)
        with self._failing_at(token.task_spec.element_id):
            for event in events:
                token.task_spec.run_listeners(token, event)

    def act_on(self, token_id: str) -> Token:
        """The token that the actor moves; history names the actor with it."""
        token = self.workflow.token(token_id)
        self.acted_on = token_id
        return token

    def look(self) -> None:
        """Let conditions happen that variables set from outside have made true."""
        with self._failing_at(self.definition.process.id):
            self.workflow.look_at_conditions()

    def cancel(self, reason: str) -> None:
        """Take all tokens off."""
        self.workflow.remember("case_cancelled", reason=reason)
        for token in self.workflow.children(self.workflow.root):
            self.workflow.cancel(token)

    def cancel_token(self, token: Token, reason: str) -> None:
        """Take one token off; with the last one the case ends as cancelled."""
        cancel_upwards(token)
        if not self.workflow.root.live:
            self.cancel(reason)

    def go_over_to(self, definition: Definition, workflow: CaseWorkflow) -> None:
        """From here on the case is one of another version, with these tokens."""
        workflow.host, workflow.changes = self, self.workflow.changes
        self.definition, self.workflow = definition, workflow
        self.case.definition_id, self.case.definition_key = definition.id, definition.key

    def arrange(self, element_id: str, put: Callable[[], None]) -> None:
        """Let an operator put tokens elsewhere; what goes wrong with that fails at this element."""
        with self._failing_at(element_id):
            put()

    @contextmanager
    def _failing_at(self, element_id: str) -> Iterator[None]:
        try:
            yield
            self.workflow.look_at_conditions()
        except FailedAt:
            raise
        except Exception as cause:
            raise FailedAt(element_id, cause) from cause

    # -- host of the steps: cases that call each other ----------------------------------------------------------

    def call(
        self, token_id: str, called: Called, element: str, business_key: str | None, variables: dict[str, Any]
    ) -> tuple[str, CallEnded | None]:
        """Begin a called case in the same transaction."""
        if self.case.depth >= CALL_DEPTH:
            raise CallsTooDeep
        definition = self._definition_to_call(called, element)
        if is_suspended(self.session, definition.id):
            raise CaseSuspended
        number = self.workflow.root.marks.get("calls", 0) + 1
        self.workflow.root.mark(calls=number)
        case = new_case(self.services, definition, f"{self.case.reference}.{number}", self.by)
        case.business_key, case.parent_id, case.parent_token = business_key, self.case.id, token_id
        case.root_id, case.depth = self.case.root_id, self.case.depth + 1
        # Known before it begins: what it throws at once may end the call, and with it the called case.
        self.workflow.token(token_id).mark(called=case.id)
        with beginning(self.session, self.services, definition, case, self.by) as child:
            child.returns = False
            child.workflow.write(variables)
            child.begin()
        if not child.workflow.has_ended:
            return case.id, None
        return case.id, CallEnded(dict(child.workflow.variables), child.left_with)

    def _definition_to_call(self, called: Called, element: str) -> Definition:
        version, tag, deployment = None, None, None
        scope = self.workflow.variables
        if called.binding == "version":
            version = int(str(value_of(called.version or "", scope, self.clock)))
        elif called.binding == "versionTag":
            tag = str(value_of(called.version_tag or "", scope, self.clock))
        elif called.binding == "deployment":
            deployment = self.definition.deployment_id
        return find_definition(
            self.session, self.services, element, version=version, version_tag=tag, deployment_id=deployment
        )

    def cancel_called(self, case_id: str) -> None:
        """End a called case whose caller is gone."""
        reason = "The calling case no longer waits for it."
        moving_now = _moving_in(self.session).get(case_id)
        if moving_now is not None:
            moving_now.returns = False
            moving_now.cancel(reason)
            return
        try:
            with moving(self.session, self.services, case_id, self.by, though_suspended=True) as child:
                child.returns = False
                child.cancel(reason)
        except (CaseHasEnded, CaseNotFound):
            pass

    def tell_callers(self, signal: str, variables: Mapping[str, Any]) -> None:
        """Let the calling cases hear a signal at once: a job would come too late where they end with this one."""
        above = set(callers(self.session, self.case)) if self.case.parent_id is not None else set()
        if not above or not above & {*_moving_in(self.session), *await_signal(self.session, signal, above)}:
            return
        caller = self._caller()
        if not caller.case.suspended and hearing(caller.workflow, signal):
            token = caller.workflow.token(self.case.parent_token or "")
            token.task_spec.hand_back(token, self.workflow.variables)
            throw_signal(caller.workflow, signal, variables)
        caller.tell_callers(signal, variables)

    def escape(self, thrown: Thrown) -> bool:
        """Hand an error or escalation to the calling case."""
        if self.case.parent_id is None:
            return False
        if thrown.kind == "error":
            self.left_with = thrown
            for token in self.workflow.children(self.workflow.root):
                self.workflow.cancel(token)
            return True
        caller = self._caller()
        token = caller.workflow.token(self.case.parent_token or "")
        token.task_spec.hand_back(token, self.workflow.variables)
        throw_escalation(token, thrown)
        return True

    def _caller(self) -> "Movement":
        """The calling case, which then moves in the same transaction, and is stored after this one."""
        moving_now = _moving_in(self.session).get(self.case.parent_id or "")
        if moving_now is not None:
            return moving_now
        return self._callers.enter_context(
            moving(self.session, self.services, self.case.parent_id or "", self.by, though_suspended=True)
        )

    def tell_caller(self) -> None:
        """Let the calling case go on, if this one has ended; then let it run."""
        if self.workflow.has_ended and self.returns and self.case.parent_id is not None:
            caller = self._caller()
            token = caller.workflow.token(self.case.parent_token or "")
            if self.case.state == "cancelled":
                caller.cancel_token(token, "The called case was cancelled.")
                self._callers.close()
                return
            with caller._failing_at(token.task_spec.element_id):
                token.task_spec.returned(token, CallEnded(dict(self.workflow.variables), self.left_with))
        self._callers.close()

    # -- storing ------------------------------------------------------------------------------------------------

    def store(self) -> None:
        """Write state, projections, history and jobs."""
        workflow = self.workflow
        changes, workflow.changes = workflow.changes, Changes()
        self._update_case(changes)
        workflow.host = None
        self._write_state()
        store_changes(
            self.session,
            self.services,
            self.case,
            changes,
            self.by,
            self.acted_on,
            goes_on=workflow.is_under_way,
            went_on=self._under_way,
        )
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
def moving(
    session: Session, services: Services, case_id: str, by: Actor, *, though_suspended: bool = False
) -> Iterator[Movement]:
    """Lock a case, let the body start something, run until all tokens wait, store. May raise `StepFailed`."""
    case, state = _lock(session, case_id)
    if case.suspended and not though_suspended:
        raise CaseSuspended
    definition = load_definition(session, services, case.definition_id)
    workflow = services.live_cases.take((case.id, state.revision)) or load_state(definition.spec, state.content)
    movement = Movement(session, services, definition, case, workflow, state.revision, by)
    movement._under_way = workflow.is_under_way
    with _running(movement):
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


def new_case(services: Services, definition: Definition, reference: str, by: Actor) -> CaseRow:
    """The row of a case that is about to begin."""
    case_id = str(uuid4())
    return CaseRow(
        id=case_id,
        root_id=case_id,
        depth=0,
        suspended=False,
        definition_id=definition.id,
        definition_key=definition.key,
        # References of called cases grow with each call; nobody reads them that deep.
        reference=reference if len(reference) <= 64 else f"{reference[:50]}~{case_id[:12]}",
        title="",
        state="active",
        started_by=by.name,
        started_at=services.clock.now(),
    )


@contextmanager
def _running(movement: Movement) -> Iterator[Movement]:
    workflow, case_id = movement.workflow, movement.case.id
    workflow.host = movement
    workflow.changes = Changes()
    others = _moving_in(movement.session)
    others[case_id] = movement
    try:
        with movement._callers:
            yield movement
            movement.workflow.advance()
            movement.store()
            others.pop(case_id, None)
            movement.tell_caller()
    except FailedAt as failed:
        cause = failed.cause.cause if isinstance(failed.cause, StepFailed) else failed.cause
        raise StepFailed(case_id, failed.element_id, cause) from failed.cause
    finally:
        others.pop(case_id, None)


def _moving_in(session: Session) -> dict[str, Movement]:
    """The cases that move in this transaction at this moment."""
    cases: dict[str, Movement] = session.info.setdefault("moving", {})
    return cases


_OUTERMOST = aliased(CaseRow)
#: Built once: an alias of a wide table costs more to make than the question costs to answer.
_LOCKED = (
    select(_OUTERMOST.id, CaseRow, CaseStateRow)
    .join(CaseRow, CaseRow.root_id == _OUTERMOST.id)
    .join(CaseStateRow, CaseStateRow.case_id == CaseRow.id)
    .where(CaseRow.id == bindparam("case_id"))
    # All rows: whoever waited for the lock then reads the state as it is now, not as it was before the wait.
    .with_for_update(of=[_OUTERMOST, CaseRow, CaseStateRow])
    .execution_options(populate_existing=True)
)


def _lock(session: Session, case_id: str) -> tuple[CaseRow, CaseStateRow]:
    row = session.execute(_LOCKED, {"case_id": case_id}).one_or_none()
    if row is None:
        raise CaseNotFound
    _, case, state = row
    if case.state != "active":
        raise CaseHasEnded
    return case, state


def _one_line(text: str) -> str:
    """Printable characters only: a title holds what people typed, and the database refuses some of it."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
