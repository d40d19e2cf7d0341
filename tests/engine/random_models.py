# SPDX-License-Identifier: EUPL-1.2
"""Processes drawn at random from blocks, and an interpreter of the blocks that knows what each of them must come to.

A block has one way in and one way out. What a block does is fixed when it is drawn; only the order in which people work
is free. So the interpreter needs no tokens: it adds up and multiplies.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from hypothesis import strategies as st

from engine.bpmn.xml import BPMN, CAMUNDA

KEY = "random"
ERROR = '<errorEventDefinition errorRef="error"/>'


@dataclass
class Drawing:
    """A scope while it is drawn: elements and flows, as they stand in the file."""

    elements: list[str] = field(default_factory=list)

    def add(self, tag: str, element: str, inside: str = "", **attributes: str) -> str:
        """An element; gives its id."""
        given = "".join(f' {key.replace("camunda_", "camunda:")}="{value}"' for key, value in attributes.items())
        self.elements.append(f'<{tag} id="{element}"{given}>{inside}</{tag}>')
        return element

    def flow(self, source: str, target: str, condition: str = "", name: str = "") -> None:
        """A sequence flow."""
        asked = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        self.add("sequenceFlow", name or f"{source}-{target}", asked, sourceRef=source, targetRef=target)

    def task(self, element: str, mapping: str = "") -> str:
        """A user task with its mappings."""
        inside = f"<extensionElements><camunda:inputOutput>{mapping}</camunda:inputOutput></extensionElements>"
        return self.add("userTask", element, inside if mapping else "", name=element, camunda_candidateGroups="clerks")

    def side_way(self, element: str, entry: str, way: "Block") -> str:
        """Bring what begins at a second entry together with what leaves the element."""
        merge = self.add("exclusiveGateway", f"{element}_merge")
        self.flow(element, merge)
        self.flow(way.draw(self, entry), merge, name=f"{element}_aside")
        return merge

    @property
    def xml(self) -> str:
        """What was drawn."""
        return "".join(self.elements)


@dataclass(frozen=True)
class Block:
    """A part of a process."""

    def steps(self) -> Counter[str]:
        """How often one pass through the block does each of its steps."""
        raise AssertionError

    def draw(self, drawing: Drawing, before: str) -> str:
        """Draw the block behind an element; gives the element that is its way out."""
        raise AssertionError

    def parts(self) -> Iterator["Block"]:
        """The block and everything in it."""
        yield self
        for value in vars(self).values():
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, Block):
                    yield from part.parts()


@dataclass(frozen=True)
class Script(Block):
    """Notes its own id in the list `done`."""

    id: str

    def steps(self) -> Counter[str]:
        return Counter({self.id: 1})

    def draw(self, drawing: Drawing, before: str) -> str:
        script = f'<script>append(done, "{self.id}")</script>'
        drawing.flow(before, self.id)
        return drawing.add("scriptTask", self.id, script, scriptFormat="feel", camunda_resultVariable="done")


@dataclass(frozen=True)
class Ask(Script):
    """A task for somebody; its output mapping notes its id."""

    def draw(self, drawing: Drawing, before: str) -> str:
        drawing.flow(before, self.id)
        noting = f'<camunda:outputParameter name="done">=append(done, "{self.id}")</camunda:outputParameter>'
        return drawing.task(self.id, noting)


@dataclass(frozen=True)
class Chain(Block):
    """One after the other."""

    blocks: tuple[Block, ...] = ()

    def steps(self) -> Counter[str]:
        return total(self.blocks)

    def draw(self, drawing: Drawing, before: str) -> str:
        for block in self.blocks:
            before = block.draw(drawing, before)
        return before


@dataclass(frozen=True)
class Branches(Block):
    """A split and a join with gateways of the same kind. Only the taken branches are walked."""

    #: exclusive | inclusive | parallel
    gateway: str
    id: str
    branches: tuple[Block, ...]
    taken: frozenset[int]

    def steps(self) -> Counter[str]:
        return total(branch for number, branch in enumerate(self.branches) if number in self.taken)

    def draw(self, drawing: Drawing, before: str) -> str:
        tag, split, join = f"{self.gateway}Gateway", f"{self.id}_split", f"{self.id}_join"
        last = len(self.branches) - 1
        # An exclusive gateway has a default; an inclusive one has, when nothing else is taken.
        has_default = self.gateway == "exclusive" or (self.gateway == "inclusive" and self.taken == {last})
        drawing.add(tag, split, **({"default": f"{self.id}_flow{last}"} if has_default else {}))
        drawing.add(tag, join)
        drawing.flow(before, split)
        for number, branch in enumerate(self.branches):
            entry = drawing.add("intermediateThrowEvent", f"{self.id}_in{number}")
            is_asked = self.gateway != "parallel" and not (has_default and number == last)
            condition = str(number in self.taken).lower() if is_asked else ""
            drawing.flow(split, entry, condition, f"{self.id}_flow{number}")
            drawing.flow(branch.draw(drawing, entry), join, name=f"{self.id}_out{number}")
        return join


@dataclass(frozen=True)
class Rounds(Block):
    """A loop, in a subprocess that counts its own rounds."""

    id: str
    body: Block
    rounds: int

    def steps(self) -> Counter[str]:
        return times(self.rounds, self.body)

    def draw(self, drawing: Drawing, before: str) -> str:
        again, enough, counter = f"{self.id}_again", f"{self.id}_enough", f"{self.id}_n"
        inner = Drawing()
        inner.add("startEvent", f"{self.id}_start")
        inner.add("exclusiveGateway", again)
        counting = f"<script>{counter} + 1</script>"
        counts = inner.add(
            "scriptTask", f"{self.id}_count", counting, scriptFormat="feel", camunda_resultVariable=counter
        )
        inner.add("exclusiveGateway", enough, default=f"{self.id}_more")
        inner.add("endEvent", f"{self.id}_end")
        inner.flow(f"{self.id}_start", again)
        inner.flow(self.body.draw(inner, again), counts, name=f"{self.id}_round")
        inner.flow(counts, enough)
        inner.flow(enough, f"{self.id}_end", f"{counter} = {self.rounds}")
        inner.flow(enough, again, name=f"{self.id}_more")
        begin = f'<camunda:inputParameter name="{counter}">=0</camunda:inputParameter>'
        inputs = f"<extensionElements><camunda:inputOutput>{begin}</camunda:inputOutput></extensionElements>"
        drawing.flow(before, self.id)
        return drawing.add("subProcess", self.id, inputs + inner.xml)


@dataclass(frozen=True)
class Items(Block):
    """A subprocess done for a number of items."""

    id: str
    body: Block
    items: int
    is_sequential: bool

    def steps(self) -> Counter[str]:
        return times(self.items, self.body)

    def draw(self, drawing: Drawing, before: str) -> str:
        loop = (
            f'<multiInstanceLoopCharacteristics isSequential="{str(self.is_sequential).lower()}">'
            f"<loopCardinality>{self.items}</loopCardinality></multiInstanceLoopCharacteristics>"
        )
        drawing.flow(before, self.id)
        return drawing.add("subProcess", self.id, scope(self.id, self.body) + loop)


@dataclass(frozen=True)
class Broken(Block):
    """A subprocess that ends in an error (then it has a handler) or a terminate end, with a task beside left undone."""

    id: str
    body: Block
    handler: Block | None

    def steps(self) -> Counter[str]:
        return total((self.body, self.handler or Chain()))

    def draw(self, drawing: Drawing, before: str) -> str:
        ending = ERROR if self.handler else "<terminateEventDefinition/>"
        drawing.flow(before, self.id)
        drawing.add("subProcess", self.id, scope(self.id, self.body, ending, beside=f"{self.id}_never"))
        if self.handler is None:
            return self.id
        caught = drawing.add("boundaryEvent", f"{self.id}_caught", ERROR, attachedToRef=self.id)
        return drawing.side_way(self.id, caught, self.handler)


@dataclass(frozen=True)
class Withdrawn(Block):
    """A task that a signal takes away from whoever has it."""

    id: str
    handler: Block

    def steps(self) -> Counter[str]:
        return self.handler.steps()

    def draw(self, drawing: Drawing, before: str) -> str:
        drawing.flow(before, drawing.task(self.id))
        taken = drawing.add("boundaryEvent", f"{self.id}_taken", signal(self.id), attachedToRef=self.id)
        return drawing.side_way(self.id, taken, self.handler)


@dataclass(frozen=True)
class Reminded(Block):
    """A task during which a signal comes once, and something is done beside."""

    id: str
    beside: Block

    def steps(self) -> Counter[str]:
        return self.beside.steps()

    def draw(self, drawing: Drawing, before: str) -> str:
        drawing.flow(before, drawing.task(self.id))
        attached = {"attachedToRef": self.id, "cancelActivity": "false"}
        reminds = drawing.add("boundaryEvent", f"{self.id}_reminds", signal(self.id), **attached)
        drawing.flow(self.beside.draw(drawing, reminds), drawing.add("endEvent", f"{self.id}_reminded"))
        return self.id


@dataclass(frozen=True)
class Race(Block):
    """An event-based gateway at which a signal comes before another one and before a timer."""

    id: str
    winner: Block
    loser: Block

    def steps(self) -> Counter[str]:
        return self.winner.steps()

    def draw(self, drawing: Drawing, before: str) -> str:
        drawing.flow(before, drawing.add("eventBasedGateway", self.id))
        merge = drawing.add("exclusiveGateway", f"{self.id}_merge")
        timer = "<timerEventDefinition><timeDuration>P9Y</timeDuration></timerEventDefinition>"
        events = (
            ("won", signal(self.id), self.winner),
            ("lost", signal(f"{self.id}_lost"), self.loser),
            ("late", timer, Chain()),
        )
        for name, definition, body in events:
            event = drawing.add("intermediateCatchEvent", f"{self.id}_{name}", definition)
            drawing.flow(self.id, event)
            drawing.flow(body.draw(drawing, event), merge, name=f"{self.id}_{name}_out")
        return merge


def total(blocks: Iterable[Block]) -> Counter[str]:
    """What all of these do."""
    return sum((block.steps() for block in blocks), Counter[str]())


def times(number: int, block: Block) -> Counter[str]:
    """What so many passes do."""
    return Counter({step: number * passes for step, passes in block.steps().items() if number})


def signal(name: str) -> str:
    """An event that waits for the signal of that name."""
    return f'<signalEventDefinition signalRef="signal_{name}"/>'


def scope(name: str, body: Block, ending: str = "", beside: str = "") -> str:
    """What stands in a process or a subprocess. Beside the body a task may wait that nobody does."""
    drawing = Drawing()
    before = drawing.add("startEvent", f"{name}_start")
    if beside:
        split = drawing.add("parallelGateway", f"{name}_split")
        drawing.flow(before, split)
        drawing.flow(split, drawing.task(beside))
        before = split
    drawing.flow(body.draw(drawing, before), drawing.add("endEvent", f"{name}_end", ending), name=f"{name}_last")
    return drawing.xml


def as_bpmn(model: Block) -> bytes:
    """The model as a file."""
    waiting = [part.id for part in model.parts() if isinstance(part, Withdrawn | Reminded | Race)]
    names = [*waiting, *(f"{part.id}_lost" for part in model.parts() if isinstance(part, Race))]
    signals = "".join(f'<signal id="signal_{name}" name="{name}"/>' for name in names)
    error = '<error id="error" name="Broken" errorCode="BROKEN"/>'
    process = f'<process id="{KEY}" isExecutable="true">{scope(KEY, model)}</process>'
    namespaces = f'xmlns="{BPMN}" xmlns:camunda="{CAMUNDA}"'
    return f'<definitions {namespaces} targetNamespace="urn:test">{signals}{error}{process}</definitions>'.encode()


@st.composite
def models(draw: st.DrawFn, most_blocks: int = 14) -> Block:
    """A chain of blocks of every kind within each other, of bounded size."""
    ids = count(1)
    left = most_blocks

    def chain(depth: int, is_alone: bool, fewest: int = 0) -> Block:
        return Chain(tuple(block(depth, is_alone) for _ in range(draw(st.integers(fewest, 3)))))

    def block(depth: int, is_alone: bool) -> Block:
        nonlocal left
        left -= 1
        kinds = ["script", "ask"]
        if depth < 4 and left > 0:
            kinds += ["exclusive", "inclusive", "parallel", "rounds", "items", "broken", "withdrawn", "race"]
            # One signal would remind several items at once, some of them twice; a break would end what is beside.
            kinds += ["reminded"] if is_alone else []
        kind = draw(st.sampled_from(kinds))
        return drawn(kind, f"{kind}{next(ids)}", lambda fewest=0: chain(depth + 1, is_alone, fewest), depth)

    def drawn(kind: str, name: str, inner: Callable[..., Block], depth: int) -> Block:
        match kind:
            case "script":
                return Script(name)
            case "ask":
                return Ask(name)
            case "rounds":
                return Rounds(name, inner(1), draw(st.integers(1, 3)))
            case "items":
                is_sequential = draw(st.booleans())
                body = inner(1) if is_sequential else chain(depth + 1, False, 1)
                return Items(name, body, draw(st.integers(0, 3)), is_sequential)
            case "broken":
                return Broken(name, chain(depth + 1, False), inner() if draw(st.booleans()) else None)
            case "withdrawn":
                return Withdrawn(name, inner())
            case "reminded":
                return Reminded(name, inner())
            case "race":
                return Race(name, inner(), inner())
        branches = tuple(inner() for _ in range(draw(st.integers(2, 3))))
        return Branches(kind, name, branches, draw(taken(kind, range(len(branches)))))

    return chain(0, True, 1)


def taken(gateway: str, branches: range) -> st.SearchStrategy[frozenset[int]]:
    """Which branches of a gateway may be taken together."""
    if gateway == "parallel":
        return st.just(frozenset(branches))
    if gateway == "exclusive":
        return st.sampled_from(branches).map(lambda branch: frozenset([branch]))
    return st.frozensets(st.sampled_from(branches), min_size=1)
