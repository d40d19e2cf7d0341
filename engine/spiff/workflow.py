# SPDX-License-Identifier: EUPL-1.2
"""A case that moves: its tree of tokens, its variables in scopes, and the step loop."""

from collections import ChainMap, deque
from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.bpmn.model import Flow
from engine.errors import AmtsflussError, BpmnError
from engine.spiff.changes import Changes, Entry, VariableChange
from engine.spiff.host import Host
from engine.spiff.tokens import Token
from engine.values import to_json


class StepsExceeded(AmtsflussError):
    """The process goes round in circles without ever waiting."""


class TokensExceeded(AmtsflussError):
    """The case has more things going on at once than any process of a town needs."""


class TokenGone(AmtsflussError):
    """The token that should move is no longer there."""


class FailedAt(Exception):
    """A step failed; says where."""

    def __init__(self, element_id: str, cause: BaseException) -> None:
        super().__init__(element_id)
        self.element_id = element_id
        self.cause = cause


class CaseWorkflow(Workflow):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """The live tokens of one case. Belongs to one thread at a time."""

    def __init__(self, spec: Any) -> None:
        # `deserializing` keeps the library from predicting a tree and running the start task by itself.
        super().__init__(spec, deserializing=True)
        self.task_tree = Token(self, spec.start, state=TaskState.COMPLETED)
        self.variables: dict[str, Any] = {}
        #: The stored form of variables that have not changed since.
        self.written_variables: dict[str, str] = {}
        #: Steps taken since the case last waited.
        self.steps = 0
        self.changes = Changes()
        self.host: Host | None = None
        #: Tokens that wait at a join, by the join and the scope.
        self.at_joins: dict[tuple[str, UUID], list[Token]] = {}
        #: Scopes in which a complex gateway has gone on before all of its tokens had come.
        self.rounds: dict[UUID, Token] = {}
        #: Tokens that undo one thing after the other, the outer ones first.
        self.undoing: dict[UUID, Token] = {}
        #: Tokens that wait for a condition.
        self.conditionals: dict[UUID, Token] = {}
        #: What happened to variables since conditions were last looked at: whose (None: the case's), name, change.
        self.touched: list[tuple[UUID | None, str, str]] = []
        #: How many of these were known when a token began to wait for its condition meanwhile.
        self._known: dict[UUID, int] = {}
        #: Tokens that are ready; those that the running step has made so go before the others.
        self._queue: deque[Token] = deque()
        self._fresh: list[Token] = []
        #: While tokens are put where a case stood elsewhere: the model's listeners have heard of it there.
        self.silent = False
        #: What an operator wants done in the place of elements, once, when a token comes to them in this batch.
        self.instead: dict[str, Callable[[Token], Any]] = {}

    # -- the tree -----------------------------------------------------------------------------------------------

    @property
    def world(self) -> Host:
        """The host of the running batch."""
        assert self.host is not None, "A case moves only inside a batch."
        return self.host

    @property
    def root(self) -> Token:
        """Under which all tokens stand."""
        root: Token = self.task_tree
        return root

    @property
    def tokens(self) -> list[Token]:
        """All live tokens, armed ones too."""
        return [task for task in self.tasks.values() if task is not self.task_tree]

    @property
    def has_ended(self) -> bool:
        """Whether no token is left."""
        return len(self.tasks) == 1

    @property
    def is_under_way(self) -> bool:
        """Whether tokens are left that wait for nothing but the next batch."""
        return bool(self._queue or self._fresh)

    def wants_to_move(self) -> bool:
        """Whether a token would run if it could. Joins to which nothing comes any more are let go for that."""
        return self.is_under_way or self._release_joins()

    def token(self, token_id: str) -> Token:
        """A live token by its id."""
        token: Token | None = self.tasks.get(UUID(token_id))
        if token is None:
            raise TokenGone
        return token

    def children(self, token: Token) -> list[Token]:
        """The tokens right below."""
        return [self.tasks[key] for key in token._children]

    def below(self, token: Token) -> Iterator[Token]:
        """All tokens below, the inner ones first."""
        for child in self.children(token):
            yield from self.below(child)
            yield child

    def place(self, name: str, parent: Token | None = None, flow: Flow | None = None, **marks: Any) -> Token:
        """Put a new token on a node, below a scope. Marks are remembered with it."""
        parent = parent or self.root
        token = Token(self, self.spec.task_specs[name], parent, state=TaskState.FUTURE)
        if flow is not None:
            marks["flow"] = flow.id
        token.internal_data = marks
        if "armed" not in marks:
            parent.live += 1
        if len(self.tasks) > self.world.limits.live_tokens:
            raise FailedAt(token.task_spec.element_id, TokensExceeded())
        try:
            token.task_spec._update(token)
        except (FailedAt, BpmnError):
            raise
        except Exception as cause:
            # What cannot even be waited for fails here, not at the element before it.
            raise FailedAt(token.task_spec.element_id, cause) from cause
        return token

    def cancel(self, token: Token) -> None:
        """Take a token and all below it off, the inner ones first, and close what they have opened."""
        for child in self.children(token):
            self.cancel(child)
        if not token.is_gone:
            token.cancel()

    def forget(self, token: Token) -> None:
        """Take a finished token out of the tree, so that the case costs what is live and not what has been."""
        parent: Token = token.parent
        parent._children.remove(token.id)
        del self.tasks[token.id]
        self.conditionals.pop(token.id, None)
        self.rounds.pop(token.id, None)
        self.undoing.pop(token.id, None)
        if not token.is_armed:
            parent.live -= 1

    def leave(self, token: Token) -> None:
        """A token is done. Its scope may be done with it."""
        parent: Token = token.parent
        self.forget(token)
        if not token.is_armed:
            parent.task_spec.child_left(parent, token)

    # -- the step loop ------------------------------------------------------------------------------------------

    def enqueue(self, token: Token) -> None:
        """A token is ready and will be run by the step loop."""
        self._fresh.append(token)

    def run_again(self, token: Token) -> None:
        """A token that has waited is ready."""
        token._set_state(TaskState.READY)
        self.enqueue(token)

    def advance(self) -> None:
        """Run every token until all of them wait, or the batch is full. A token that is gone meanwhile is not run.

        One way goes on until it waits or ends before the next one begins, as in Camunda 7.
        """
        limits = self.world.limits
        deadline = monotonic() + limits.batch_seconds
        last = self.steps + limits.batch_steps
        while self._fresh or self._queue or self._release_joins():
            self._queue.extendleft(reversed(self._fresh))
            self._fresh.clear()
            token = self._queue.popleft()
            if token.state != TaskState.READY or token.is_gone:
                continue
            if self.steps >= limits.steps_without_waiting:
                raise FailedAt(token.task_spec.element_id, StepsExceeded())
            if self.steps >= last or monotonic() > deadline:
                self._queue.appendleft(token)
                return
            self.steps += 1
            self._run(token)
        self.steps = 0

    def _run(self, token: Token) -> None:
        try:
            try:
                self.instead.pop(token.task_spec.element_id, Token.run)(token)
            except BpmnError as error:
                # The library has marked the token as failed; such a one could not be taken off any more.
                token._set_state(TaskState.STARTED)
                token.task_spec.throw(token, error)
            self.look_at_conditions()
        except FailedAt:
            raise
        except Exception as cause:
            raise FailedAt(token.task_spec.element_id, cause) from cause

    def look_at_conditions(self) -> None:
        """Let conditions happen that the variables written just now have made true."""
        while self.touched and self.conditionals:
            touched, known = self.touched, self._known
            self.touched, self._known = [], {}
            for token in list(self.conditionals.values()):
                if token.is_gone:
                    continue
                around = {each.id for each in self._outwards(token)}
                new = touched[known.get(token.id, 0) :]
                seen = {name: change for owner, name, change in new if owner is None or owner in around}
                if seen:
                    token.task_spec.look(token, seen)
        self.touched, self._known = [], {}

    def await_condition(self, token: Token) -> None:
        """A token waits for a condition from now on."""
        self.conditionals[token.id] = token
        self._known[token.id] = len(self.touched)

    def _release_joins(self) -> bool:
        """When nothing else moves, joins that wait for whatever may still come can see that nothing will."""
        for token in reversed(list(self.undoing.values())):
            if token.task_spec.go_further(token):
                return True
        for scope in list(self.rounds.values()):
            for name in list(scope.marks.get("rounds", ())):
                self.spec.task_specs[name].end_round(scope)
        for (name, _), waiting in list(self.at_joins.items()):
            if waiting and self.spec.task_specs[name].released(waiting):
                return True
        return False

    # -- variables ----------------------------------------------------------------------------------------------

    def scope(self, token: Token | None, *inner: Mapping[str, Any]) -> ChainMap[str, Any]:
        """What an expression at this token sees: inner values, its own variables, those around it, the case's."""
        maps: list[Any] = [dict(values) for values in inner]
        at = token
        while at is not None:
            local = at.internal_data.get("local")
            if local:
                maps.append(local)
            at = at.parent
        maps.append(self.variables)
        if self.host is not None:
            maps.append({"execution": self.about(token)})
        return ChainMap(*maps)

    def about(self, token: Token | None) -> dict[str, Any]:
        """What expressions may know of the running step, under the names of Camunda 7."""
        about = dict(self.world.context)
        if token is not None and token is not self.root:
            spec = token.task_spec
            about |= {"id": token.key, "currentActivityId": spec.element_id, "currentActivityName": spec.label}
        return about

    def write(self, values: Mapping[str, Any], at: Token | None = None) -> None:
        """Set variables: each where it is nearest to the token, else in the case.

        What could not be stored fails here, at the step that made it.
        """
        to_json(dict(values))
        for name, value in values.items():
            owner = self._owner(name, at)
            held = self.variables if owner is None else owner.internal_data["local"]
            self._touch(owner, name, "update" if name in held else "create", value)
            held[name] = value
            if owner is None:
                self.written_variables.pop(name, None)
            else:
                owner.written = None

    def write_local(self, token: Token, values: Mapping[str, Any]) -> None:
        """Set variables of the token's own."""
        if not values:
            return
        to_json(dict(values))
        if token is self.root:
            self.write(values)
            return
        local = token.internal_data.get("local", {})
        for name, value in values.items():
            self._touch(token, name, "update" if name in local else "create", value)
        token.mark(local={**local, **values})

    def note_own(self, token: Token) -> None:
        """Tell of the variables with which a token has begun."""
        for name, value in token.marks["local"].items():
            self._touch(token, name, "create", value)

    def remove_variable(self, name: str, at: Token | None = None) -> None:
        """Delete a variable where it is nearest to the token."""
        owner = self._owner(name, at)
        if owner is not None:
            owner.mark(local={key: value for key, value in owner.marks["local"].items() if key != name})
        elif name in self.variables:
            del self.variables[name]
            self.written_variables.pop(name, None)
        self._touch(owner, name, "delete")

    def _touch(self, owner: Token | None, name: str, change: str, value: Any = None) -> None:
        self.touched.append((None if owner is None else owner.id, name, change))
        node = None if owner is None else owner.task_spec.node
        whole = owner is not None and node is not None and node.loop is not None and owner.task_spec.name == node.id
        noted = VariableChange(change, value, node, whole, early=not self.changes.entries)
        self.changes.note_variable(None if owner is None else owner.key, name, noted)

    def _owner(self, name: str, at: Token | None) -> Token | None:
        return next((each for each in self._outwards(at) if name in each.internal_data.get("local", ())), None)

    def _outwards(self, at: Token | None) -> Iterator[Token]:
        """The token and those that it stands below, without the root."""
        while at is not None and at is not self.task_tree:
            yield at
            at = at.parent

    # -- history ------------------------------------------------------------------------------------------------

    def remember(self, kind: str, token: Token | None = None, **details: Any) -> None:
        """Write a line of history."""
        if token is None:
            self.changes.entries.append(Entry(kind, details=details))
            return
        self.changes.entries.append(Entry(kind, token.key, token.task_spec.node, details, token.stands_in))

    def _task_completed_notify(self, task: Token) -> None:
        """The library would now walk the whole tree; nothing of ours depends on it."""
