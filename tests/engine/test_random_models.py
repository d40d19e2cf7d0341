# SPDX-License-Identifier: EUPL-1.2
"""Random processes do what is drawn, whoever works in which order, and whether a case stays in memory or not."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle, islice

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.models import HistoryRow, JobRow, SubscriptionRow, TaskRow
from engine.tasks import complete_task
from tests.engine.random_models import KEY, Block, Race, Reminded, Withdrawn, as_bpmn, models
from tests.engine.story import ANNA, Story, no_findings

#: More moves than the largest model asks for.
MOST_MOVES = 3000


@dataclass
class Run:
    """A case of a random model, moved on by whatever can be done next."""

    story: Story
    model: Block
    reminded: set[str] = field(default_factory=set)

    def to_its_end(self, choices: list[int], *, is_forgotten: bool) -> Counter[tuple[str, str]]:
        """Move on until nothing can be done; a forgotten case is loaded before each move. What its history holds."""
        self.story.starts_deployed(KEY, done=[])
        for choice in islice(cycle(choices), MOST_MOVES):
            moves = self.moves()
            if not moves:
                break
            if is_forgotten:
                self.story.services.live_cases.clear()
            self.move(moves[choice % len(moves)])
        self.has_done_what_is_drawn()
        return Counter((line.kind, line.element_id) for line in self.story.history)

    def has_done_what_is_drawn(self) -> None:
        """Each step was taken as often as it must be, every token is accounted for, and nothing is left over."""
        story = self.story
        assert story.info.state == "completed", f"nothing can be done; tokens stand at {story.standing()}"
        assert Counter(story.variables["done"]) == self.model.steps()
        assert set(ends_of_tokens(story).values()) == {1}
        assert waiting_rows(story) == 0

    def moves(self) -> list[str]:
        """Elements at which something can be done: a task to be completed, a signal to be given."""
        open_tasks = {task.element_id for task in self.story.tasks() if not task.element_id.endswith("_never")}
        races = {part.id for part in self.model.parts() if isinstance(part, Race)}
        return sorted(open_tasks | (races & set(self.story.standing())))

    def move(self, element: str) -> None:
        """Do it."""
        part = next((part for part in self.model.parts() if getattr(part, "id", "") == element), None)
        tasks = sorted(task.id for task in self.story.tasks() if task.element_id == element)
        if isinstance(part, Race | Withdrawn) or (isinstance(part, Reminded) and not self.reminded & set(tasks)):
            self.reminded.update(tasks)
            self.story.signals(element)
            return
        with unit_of_work(self.story.db) as session:
            complete_task(session, self.story.services, tasks[0], {}, ANNA)


def ends_of_tokens(story: Story) -> Counter[str]:
    """How often each token of the case was completed or cancelled; 0 for one that came and never went."""
    with story.db.reading() as session:
        lines = session.execute(
            select(HistoryRow.token_id, HistoryRow.kind).where(HistoryRow.case_id == story.case_id)
        ).all()
    ends = Counter({str(token): 0 for token, kind in lines if kind == "entered"})
    ends.update(str(token) for token, kind in lines if kind in ("completed", "cancelled"))
    return ends


def waiting_rows(story: Story) -> int:
    """How many rows say that the case waits for something."""
    with story.db.reading() as session:
        return sum(
            session.scalar(select(func.count()).select_from(table).where(table.case_id == story.case_id)) or 0
            for table in (TaskRow, JobRow, SubscriptionRow)
        )


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(model=models(), choices=st.lists(st.integers(0, 100), min_size=1, max_size=10))
def test_a_random_process_does_what_is_drawn(story: Story, model: Block, choices: list[int]):
    with unit_of_work(story.db) as session:
        deploy(session, story.services, Bundle(KEY, {f"{KEY}.bpmn": as_bpmn(model)}), form_check=no_findings)
    kept, forgotten = (Run(story, model).to_its_end(choices, is_forgotten=forgotten) for forgotten in (False, True))
    assert kept == forgotten
