# SPDX-License-Identifier: EUPL-1.2
"""The activity instances of one process instance, and to which of them variables, tasks and jobs belong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from web.camunda7.dump import Json

BODY = "#multiInstanceBody"


@dataclass(eq=False)
class Spot:
    """One activity or transition instance, with what was found to belong to it."""

    id: str
    element_id: str
    whole: bool
    #: It waits for a commit.
    between: bool
    #: The one in which it goes on; then those below it that are between activities of their own.
    executions: tuple[str, ...]
    parent: "Spot | None"
    below: list["Spot"] = field(default_factory=list)
    variables: list[Json] = field(default_factory=list)
    task: Json | None = None
    external: Json | None = None
    #: The job of the commit, or of the element itself.
    job: Json | None = None
    #: Timers by the event that they belong to.
    timers: list[tuple[str, Json]] = field(default_factory=list)

    def walk(self) -> Iterator["Spot"]:
        """It and all below."""
        yield self
        for each in self.below:
            yield from each.walk()


@dataclass
class Places:
    """All places of one process instance."""

    root: Spot

    @cached_property
    def all(self) -> list[Spot]:
        """Without the instance itself."""
        return [spot for spot in self.root.walk() if spot is not self.root]

    @cached_property
    def by_id(self) -> dict[str, Spot]:
        """By the ids of activity instances; the instance itself too."""
        return {spot.id: spot for spot in self.root.walk()}

    def running(self, execution: Any, among: list[Spot]) -> list[Spot]:
        """Of these places those in this execution; all of them where there is only one."""
        return among if len(among) == 1 else [spot for spot in among if execution in spot.executions]

    def owner(self, variable: Json) -> Spot | None:
        """Where a variable lives. The execution tells it best: not every version says which activity instance it is."""
        execution, named = variable.get("executionId"), self.by_id.get(str(variable.get("activityInstanceId")))
        if variable.get("taskId") and named is not None and not named.below:
            return named
        # A task without a scope of its own goes on in the execution of the scope around, which comes first.
        own = next((spot for spot in self.by_id.values() if spot.executions[:1] == (execution,)), None)
        if own is not None:
            return own
        around = next((spot for spot in self.by_id.values() if execution in spot.executions), None)
        if around is None:
            return named
        if named is not None and named is not around:
            return named
        # Of a round whose activity has a scope of its own only the execution between both is told.
        return around.below[0] if around.whole and len(around.below) == 1 else None

    def is_of_the_past(self, variable: Json) -> bool:
        """Whether it belongs to a round that is done, while others go on: nothing can see it any more."""
        return variable.get("activityInstanceId") is None and any(spot.whole for spot in self.all)


def read_places(tree: Json) -> Places:
    """The places in an answer of `activity-instances`. Raises KeyError or TypeError when it is none."""
    return Places(_spot(tree, None))


def _spot(written: Json, parent: Spot | None, *, between: bool = False) -> Spot:
    element = str(written["activityId"])
    executions = [written["executionId"]] if between else written.get("executionIds") or []
    spot = Spot(
        str(written["id"]),
        element.removesuffix(BODY),
        element.endswith(BODY),
        between,
        tuple(str(each) for each in executions),
        parent,
    )
    spot.below += [_spot(each, spot) for each in written.get("childActivityInstances") or ()]
    spot.below += [_spot(each, spot, between=True) for each in written.get("childTransitionInstances") or ()]
    return spot
