# SPDX-License-Identifier: EUPL-1.2
"""A token: SpiffWorkflow's task, with what our own step loop needs to know of it.

Tokens form a tree. Under the root stand the tokens of the process, under a subprocess or a repeated activity those
within it, and under whatever they watch the *armed* ones: events that may happen while something else goes on.
"""

from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task


class Token(Task):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """One place at which a case stands."""

    def __init__(self, workflow: Any, spec: Any, parent: "Token | None" = None, *, state: int, id: UUID | None = None):
        super().__init__(workflow, spec, parent, state=state, id=id)
        #: How many tokens below this one are not armed: when there are none left, a scope is done.
        self.live = 0
        #: The stored form, as long as nothing has changed.
        self.written: str | None = None

    @property
    def key(self) -> str:
        """The id under which rows know the token."""
        return str(self.id)

    @property
    def marks(self) -> dict[str, Any]:
        """What is remembered with the token. Changed through `mark` and `unmark` only."""
        marks: dict[str, Any] = self.internal_data
        return marks

    def mark(self, **marks: Any) -> None:
        """Remember something with the token."""
        self.internal_data.update(marks)
        self.written = None

    def unmark(self, *names: str) -> None:
        """Forget it again."""
        for name in names:
            self.internal_data.pop(name, None)
        self.written = None

    @property
    def is_armed(self) -> bool:
        """Whether it only watches: it keeps no scope from ending."""
        return "armed" in self.internal_data

    @property
    def is_gone(self) -> bool:
        """Whether it has left the tree."""
        return self.id not in self.workflow.tasks

    @property
    def stands_in(self) -> str | None:
        """The key of the token around, for the history: None for the case itself.

        What undoes something stands where that was done, not at the event that asks for it.
        """
        root, parent, within = self.workflow.root, self.parent, self.marks.get("within")
        asks = parent
        while not within and parent not in (None, root) and parent.task_spec.node is None:
            within, parent = parent.marks.get("within"), parent.parent
        if within:
            key: str = within[-1][1]
            return key
        if parent is not asks and parent is not root and not parent.task_spec.is_scope:
            parent = parent.parent
        return None if parent in (None, root) else str(parent.id)

    def _set_state(self, value: int) -> None:
        # The library builds a dictionary for its log at every change, also when nobody logs.
        if value != self.state:
            self._state = value
            self.written = None
