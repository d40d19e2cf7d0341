# SPDX-License-Identifier: EUPL-1.2
"""Tokens for a case that has come here from elsewhere: they stand where it stood there, and wait for the same things.

Nothing that led there happens again: no start, no listeners, no mappings. What the elements open by themselves
(tasks, jobs, subscriptions) is opened from the model, and then made like what was open there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Loop, Node, Process
from engine.errors import AmtsflussError
from engine.spiff.changes import NewJob
from engine.spiff.gateways import JoinSpec
from engine.spiff.loops import ITEM, MultiInstanceSpec
from engine.spiff.subprocesses import CallSpec, arm_event_subprocesses, begin_scope
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow, FailedAt, TokensExceeded

if TYPE_CHECKING:
    from engine.adoption import Adoptee

#: The counters of a repeated activity, which are plain numbers here.
COUNTERS = ("nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances")


class AdoptionRefused(AmtsflussError):
    """The case cannot stand here where it stood elsewhere."""

    def __init__(self, problem: str, element_id: str, reason: str) -> None:
        super().__init__(f"{element_id}: {reason}")
        #: What kind of reason it is, for words in other languages.
        self.problem = problem
        self.element_id = element_id
        self.reason = reason


@dataclass(frozen=True)
class HeldTask:
    """What is known of an open task of a person."""

    assignee: str | None = None
    owner: str | None = None
    delegation: str | None = None
    priority: int = 50
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    created_at: datetime | None = None


@dataclass(frozen=True)
class HeldJob:
    """What is known of a timer, of work for an external worker, or of a step that waits for a commit."""

    #: The event that a timer belongs to.
    element_id: str = ""
    #: None: at once.
    due_at: datetime | None = None
    priority: int | None = None
    #: Attempts left, if any was counted; with none left it stands as failed.
    retries: int | None = None
    #: What went wrong last, in the worker's words.
    error: str | None = None


@dataclass(frozen=True)
class Standing:
    """One place at which the case stood, with what goes on inside of it."""

    element_id: str
    local: Mapping[str, Any] = field(default_factory=dict)
    inside: tuple["Standing", ...] = ()
    #: Of a repeated activity as a whole; its rounds are what is inside.
    whole: bool = False
    #: It waits for a commit before the element begins or after it is done.
    phase: Literal["", "before", "after"] = ""
    task: HeldTask | None = None
    #: External work, or the commit.
    job: HeldJob | None = None
    #: Timers that wait here: of the element itself, at its border, behind a gateway, of event subprocesses inside.
    timers: tuple[HeldJob, ...] = ()
    #: The case that it has called.
    called: "Adoptee | None" = None


@dataclass
class Adoption:
    """Puts the tokens of one case down. Nothing runs until all stand."""

    workflow: CaseWorkflow
    process: Process
    #: Begins the called case that a token waits for.
    call: Callable[[Token, "Adoptee"], None]
    #: Stores the documents among values.
    keep: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    #: By their tokens: what the rows still have to be told when they are there.
    tasks: dict[str, HeldTask] = field(default_factory=dict)
    jobs: dict[str, HeldJob] = field(default_factory=dict)
    _put: list[tuple[Token, Standing]] = field(default_factory=list)

    def settle(self, standing: Iterable[Standing], timers: Iterable[HeldJob]) -> None:
        """Let the case stand at all these places; `timers` are those of its own event subprocesses."""
        workflow, root = self.workflow, self.workflow.root
        workflow.silent = True
        begin_scope(root, self.process, "")
        arm_event_subprocesses(root, root.task_spec.event_starts)
        self._set_timers(root, timers)
        self._stand_inside(standing, root)
        workflow.silent = False
        for token, place in self._put:
            if token.is_gone or token.state == TaskState.READY:
                raise AdoptionRefused("moved_on", place.element_id, "It would not wait here but go on at once.")

    def _stand_inside(self, standing: Iterable[Standing], parent: Token) -> None:
        # A join may count those that are on their way to it.
        for place in sorted(standing, key=self._is_join):
            try:
                self._put.append((self._stand_at(place, parent), place))
            except (AdoptionRefused, FailedAt):
                raise
            except Exception as cause:
                raise FailedAt(place.element_id, cause) from cause

    def _is_join(self, place: Standing) -> bool:
        return isinstance(self.workflow.spec.task_specs[place.element_id], JoinSpec)

    def _stand_at(self, place: Standing, parent: Token) -> Token:
        node = self.process.nodes[place.element_id]
        is_item = node.loop is not None and not place.whole
        spec = self.workflow.spec.task_specs[ITEM.format(id=node.id) if is_item else node.id]
        if isinstance(spec, JoinSpec) and not place.phase:
            return self.workflow.place(node.id, parent, spec.free_flow(parent))
        token = self._token(spec, parent, place)
        if place.phase:
            self._await_commit(token, node, place)
            return token
        if isinstance(spec, MultiInstanceSpec):
            place = self._set_up_rounds(token, place)
        elif isinstance(spec, CallSpec) and place.called is not None:
            spec.settle(token)
            self.call(token, place.called)
        elif node.topic and self.workflow.world.runs_now(node.topic):
            # The operation would move the case; it does so after the commit, with what it was given there.
            token.mark(phase="before")
            spec.leave_job(token, "continuation")
            return token
        elif spec.work(token) and not spec.is_scope:
            raise AdoptionRefused("kind", node.id, "Nothing is waited for here.")
        spec.settle(token)
        if node.is_event_subprocess and self.process.starts(node.id)[0].interrupting:
            self.workflow.spec.task_specs[self.process.starts(node.id)[0].id].take_over(parent, token)
        self._make_alike(token, place)
        self._set_timers(token, place.timers)
        self._stand_inside(place.inside, token)
        return token

    def _token(self, spec: Any, parent: Token, place: Standing) -> Token:
        token = Token(self.workflow, spec, parent, state=TaskState.STARTED)
        token.internal_data = {"inside": True} if spec.is_scope else {}
        parent.live += 1
        if len(self.workflow.tasks) > self.workflow.world.limits.live_tokens:
            raise TokensExceeded
        if spec.is_scope:
            begin_scope(token, self.process, place.element_id)
        self.workflow.write_local(token, _counted(self.keep(place.local)))
        return token

    def _await_commit(self, token: Token, node: Node, place: Standing) -> None:
        token.mark(phase=place.phase)
        if place.phase == "before" and node.type in ("startEvent", "boundaryEvent"):
            token.mark(seen={})  # It has happened already.
        token.unmark("inside")
        token.task_spec.leave_job(token, "continuation")
        self._make_alike(token, place)

    def _set_up_rounds(self, token: Token, place: Standing) -> Standing:
        """The body of a repeated activity; the place with rounds that have what is theirs here."""
        spec = token.task_spec
        local = token.marks.get("local", {})
        rounds = [_own_round(each, spec.loop, local) for each in place.inside]
        if (
            any(name not in local for name in COUNTERS)
            or any("loopCounter" not in each.local for each in rounds)
            or local["nrOfActiveInstances"] != len(rounds)
        ):
            raise AdoptionRefused(
                "counters", place.element_id, "The counters of the rounds are missing, or do not fit."
            )
        if spec.loop.output_collection:
            token.mark(collected=[None] * local["nrOfInstances"])
        if spec.loop.kind != "parallel":
            members = spec.members(token) if spec.loop.element else None
            if members is not None and len(members) != local["nrOfInstances"]:
                raise AdoptionRefused("counters", place.element_id, "The collection has another length than it had.")
            token.mark(members=members)
            token.mark(local={name: value for name, value in local.items() if name not in _kept_names(spec.loop)})
        return replace(place, inside=tuple(rounds))

    # -- making what was opened like what was open --------------------------------------------------------------

    def _make_alike(self, token: Token, place: Standing) -> None:
        changes = self.workflow.changes
        opened, task = changes.tasks.get(token.key), place.task
        if opened is not None and task is not None:
            changes.tasks[token.key] = replace(
                opened,
                assignee=task.assignee,
                due_at=task.due_at,
                follow_up_at=task.follow_up_at,
                priority=task.priority,
            )
            self.tasks[token.key] = task
        job = changes.jobs.get(token.key)
        if job is not None and place.job is not None and job.kind != "timer":
            self._make_job_alike(token, job, place.job)

    def _make_job_alike(self, token: Token, job: NewJob, held: HeldJob) -> None:
        priority = job.priority if held.priority is None else held.priority
        self.workflow.changes.jobs[token.key] = replace(job, due_at=held.due_at or job.due_at, priority=priority)
        self.jobs[token.key] = held

    def _set_timers(self, token: Token, timers: Iterable[HeldJob]) -> None:
        """Let timers be due when they were; one that has happened already and does not come again is taken off."""
        held = {timer.element_id: timer for timer in timers}
        for waiting, job in list(self._timers_at(token)):
            node = waiting.task_spec.node
            timer = held.pop(node.id, None)
            if timer is not None:
                self._make_job_alike(waiting, job, timer)
                if cycle := waiting.marks.get("cycle"):
                    waiting.mark(cycle={**cycle, "at": timer.due_at or job.due_at})
            elif waiting.is_armed and not node.interrupting and node.type in ("boundaryEvent", "startEvent"):
                self.workflow.cancel(waiting)
            else:
                raise AdoptionRefused("no_due", node.id, "When its timer is due is not known.")
        for element_id in held:
            raise AdoptionRefused("timer_lost", element_id, "No timer waits here that could be due then.")

    def _timers_at(self, token: Token) -> Iterator[tuple[Token, NewJob]]:
        for each in (token, *self.workflow.below(token)):
            job = self.workflow.changes.jobs.get(each.key)
            if job is not None and job.kind == "timer":
                yield each, job


def _own_round(round_: Standing, loop: Loop, body: Mapping[str, Any]) -> Standing:
    """Rounds that come one after the other may have kept their counter and member at the body."""
    if loop.kind == "parallel":
        return round_
    kept = {name: body[name] for name in _kept_names(loop) if name in body}
    return replace(round_, local={**kept, **round_.local})


def _kept_names(loop: Loop) -> tuple[str, ...]:
    return ("loopCounter", *([loop.element] if loop.element else ()))


def _counted(local: Mapping[str, Any]) -> dict[str, Any]:
    return {name: int(value) if name in (*COUNTERS, "loopCounter") else value for name, value in local.items()}
