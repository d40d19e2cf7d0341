# SPDX-License-Identifier: EUPL-1.2
"""One instance of a dump as a case that can be adopted, or what stands against that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.adoption import Adoptee, HeldJob, HeldTask, Standing
from engine.bpmn.model import Node
from engine.deployed import Definition
from web.camunda7.dump import Dump, Json
from web.camunda7.objections import Objection
from web.camunda7.places import BODY, Places, Spot, read_places
from web.camunda7.values import ValueLost, moment, value_of

ORIGIN = "Camunda 7"


@dataclass
class Reading:
    """One instance while it is read. All objections are gathered, not only the first."""

    dump: Dump
    instance_id: str
    definition: Definition
    #: The case of a called instance; None when it cannot come.
    called: Callable[[str], Adoptee | None]
    objections: list[Objection] = field(default_factory=list)

    def adoptee(self) -> Adoptee | None:
        """The case; None when its places cannot be read. It counts only without objections."""
        tree = self.dump.tree(self.instance_id)
        if tree is None:
            self._object("no_tree")
            return None
        try:
            places = read_places(tree)
            return self._read(places)
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            self._object("broken", about=f"{type(wrong).__name__} {wrong}"[:200])
            return None

    def _read(self, places: Places) -> Adoptee:
        if not places.all:
            self._object("nowhere")
        self._assign_work(places)
        for job in self.dump.of("jobs", self.instance_id):
            self._assign_job(places, job)
        for each in self.dump.variables(self.instance_id):
            owner = places.owner(each)
            if owner is None and places.is_of_the_past(each):
                continue
            if owner := self._found(owner, "variable_lost", each.get("name")):
                owner.variables.append(each)
        for each in self.dump.of("eventSubscriptions", self.instance_id):
            if each.get("eventType") == "compensate":
                self._object("compensation", about=str(each.get("activityId")))
        instance, began = self.dump.instances[self.instance_id], self.dump.historic.get(self.instance_id, {})
        return Adoptee(
            origin_id=self.instance_id,
            origin=ORIGIN,
            definition=self.definition,
            variables=self._values(places.root),
            standing=tuple(self._standing(spot) for spot in places.root.below),
            timers=tuple(_timers(places.root)),
            business_key=instance.get("businessKey") or None,
            began_at=moment(began.get("startTime")),
            suspended=bool(instance.get("suspended")),
        )

    # -- what belongs where -------------------------------------------------------------------------------------

    def _assign_work(self, places: Places) -> None:
        for task in self.dump.of("tasks", self.instance_id):
            at = [spot for spot in places.all if spot.element_id == task.get("taskDefinitionKey") and not spot.whole]
            found = places.running(task.get("executionId"), at)
            if spot := self._found(next(iter(found), None), "task_lost", task.get("name")):
                spot.task = task
        for work in self.dump.of("externalTasks", self.instance_id):
            if spot := self._found(
                places.by_id.get(str(work.get("activityInstanceId"))), "job_lost", work.get("topicName")
            ):
                spot.external = work

    def _assign_job(self, places: Places, job: Json) -> None:
        kinds = self.dump.job_definitions.get(str(job.get("jobDefinitionId")), [])
        if not kinds:
            self._object("job_lost", about=str(job["id"]))
            return
        element = str(kinds[0]["activityId"])
        execution = str(job.get("executionId"))
        if any(str(kind.get("jobType", "")).startswith("timer") for kind in kinds):
            self._assign_timer(places, element, job)
            return
        whole = element.endswith(BODY)
        at = [spot for spot in places.all if spot.element_id == element.removesuffix(BODY)]
        found = [spot for spot in at if execution in spot.executions and (spot.between or not spot.below)]
        exact = [spot for spot in found if spot.whole == whole] or found
        if spot := self._found(next(iter(exact), None), "job_lost", job["id"]):
            spot.job = job

    def _assign_timer(self, places: Places, element: str, job: Json) -> None:
        node = self.definition.process.nodes.get(element)
        if node is None:
            self._object("timer_lost", element)
            return
        hosts = list(self._hosts(places, node))
        found = places.running(str(job.get("executionId")), hosts)
        if not found and hosts and self._all_due_alike(element):
            # Of several that are due at the same moment it does not matter which is whose.
            found = [spot for spot in hosts if element not in dict(spot.timers)]
        if not found:
            self._object("ambiguous" if hosts else "job_lost", element, str(job["id"]))
            return
        found[0].timers.append((element, job))

    def _hosts(self, places: Places, node: Node) -> Iterator[Spot]:
        """The places at which a timer can wait."""
        nodes = self.definition.process.nodes
        before = [nodes[flow.source] for flow in self.definition.process.incoming[node.id]]
        gateways = [each.id for each in before if each.type == "eventBasedGateway"]
        if node.type == "startEvent":
            scope = nodes[node.parent].parent if node.parent else ""
            yield from (spot for spot in places.all if spot.element_id == scope and not spot.whole and not spot.between)
            if not scope:
                yield places.root
        for spot in places.all:
            if node.attached_to is not None:
                repeated = nodes[node.attached_to].loop is not None
                if spot.element_id == node.attached_to and spot.whole == repeated and not spot.between:
                    yield spot
            elif node.type != "startEvent" and spot.element_id in (node.id, *gateways) and not spot.between:
                yield spot

    def _all_due_alike(self, element: str) -> bool:
        due = {
            job.get("dueDate")
            for job in self.dump.of("jobs", self.instance_id)
            for kind in self.dump.job_definitions.get(str(job.get("jobDefinitionId")), [])
            if kind.get("activityId") == element
        }
        return len(due) == 1

    def _found(self, spot: Spot | None, problem: str, about: Any) -> Spot | None:
        if spot is None:
            self._object(problem, about=str(about))
        return spot

    # -- places as the engine knows them ------------------------------------------------------------------------

    def _standing(self, spot: Spot) -> Standing:
        work = spot.external or spot.job
        node = self.definition.process.nodes.get(spot.element_id)
        if node is not None and not (spot.whole or spot.between):
            if node.type == "userTask" and spot.task is None:
                self._object("task_missing", spot.element_id)
            elif node.topic and work is None:
                self._object("work_missing", spot.element_id)
        return Standing(
            spot.element_id,
            local=self._values(spot),
            inside=tuple(self._standing(each) for each in spot.below if not _is_done(each)),
            whole=spot.whole,
            phase=self._phase(spot),
            task=_held_task(spot.task) if spot.task else None,
            job=_held_job(work, spot.element_id) if work else None,
            timers=tuple(_timers(spot)),
            called=self._called(spot),
        )

    def _values(self, spot: Spot) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for each in spot.variables:
            try:
                if each["name"] in found:
                    raise ValueLost(Objection("variable_lost", about=str(each["name"])))
                found[each["name"]] = value_of(self.dump, each)
            except ValueLost as lost:
                self._object(lost.objection.problem, spot.element_id if spot.parent else "", lost.objection.about)
        return found

    def _phase(self, spot: Spot) -> Any:
        if not spot.between:
            return ""
        kinds = self.dump.job_definitions.get(str((spot.job or {}).get("jobDefinitionId")), [])
        told = {str(kind.get("jobConfiguration")) for kind in kinds}
        if told not in ({"async-before"}, {"async-after"}):
            self._object("transition", spot.element_id)
        return "after" if told == {"async-after"} else "before"

    def _called(self, spot: Spot) -> Adoptee | None:
        called = self.dump.called.get(spot.id)
        if called is None or spot.between:
            return None
        if called not in self.dump.instances:
            self._object("called_missing", spot.element_id, called)
            return None
        found = self.called(called)
        if found is None:
            self._object("called_refused", spot.element_id, called)
        return found

    def _object(self, problem: str, element_id: str = "", about: str = "") -> None:
        self.objections.append(Objection(problem, element_id, about))


def _is_done(spot: Spot) -> bool:
    """A round that is done is told like a step between two transactions, only that no job waits for it."""
    return spot.between and spot.job is None and spot.parent is not None and spot.parent.whole


def _timers(spot: Spot) -> Iterator[HeldJob]:
    for element, job in spot.timers:
        yield _held_job(job, element)


def _held_job(job: Json, element: str) -> HeldJob:
    priority, retries = job.get("priority"), job.get("retries")
    return HeldJob(
        element,
        due_at=moment(job.get("dueDate")),
        priority=None if priority is None else int(priority),
        retries=None if retries is None else int(retries),
        error=job.get("errorMessage"),
    )


def _held_task(task: Json) -> HeldTask:
    delegation = task.get("delegationState")
    return HeldTask(
        assignee=task.get("assignee") or None,
        owner=task.get("owner") or None,
        delegation=str(delegation).lower() if delegation else None,
        priority=int(task["priority"]) if task.get("priority") is not None else 50,
        due_at=moment(task.get("due")),
        follow_up_at=moment(task.get("followUp")),
        created_at=moment(task.get("created")),
    )
