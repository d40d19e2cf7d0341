# SPDX-License-Identifier: EUPL-1.2
"""What a page does with a posted step: read it, check it, and notice questions that the answers have brought up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.clock import Clock

from .answers import Raw, read_step, shown_paths
from .conditions import Visibility, hidden_paths
from .model import Answers, Form, Step
from .repeating import changes_items, step_with_items
from .validation import FieldError, validate


@dataclass(frozen=True)
class StepOutcome:
    """``errors`` are about questions the person has seen; ``appeared`` are paths of those that they have not."""

    answers: Answers
    errors: list[FieldError]
    appeared: list[str]

    @property
    def finished(self) -> bool:
        """Whether the person may go on to the next step; otherwise the page is shown again."""
        return not self.errors and not self.appeared


def take_step(
    form: Form,
    step: Step,
    raw: Raw,
    current: Mapping[str, Any],
    *,
    clock: Clock,
    context: Mapping[str, Any] | None = None,
) -> StepOutcome:
    """Read and check a posted step.

    Without script, a question that hangs on another one of the same page is seen only after the page has been sent.
    Nobody is blamed for not having answered it: it is reported as appeared, and the page is to be shown again.
    """
    answers = read_step(form, step, raw, current, clock=clock, context=context)
    errors = validate(form, answers, step=step, clock=clock, context=context)
    if changes_items(raw):
        # Somebody goes on filling in: the new item, or what is left.
        _, there = step_with_items(form, step, answers)
        return StepOutcome(answers, [], [field.path for field in there.fields] or [step.key])
    shown = shown_paths(raw)
    if shown is None:
        return StepOutcome(answers, errors, [])
    _, step = step_with_items(form, step, answers)
    visibility = Visibility(form, answers, clock=clock, context=context)
    appeared = [field.path for field in step.fields if field.path not in shown and visibility.shows(field)]
    return StepOutcome(answers, [error for error in errors if error.path not in appeared], appeared)


def appeared(
    form: Form,
    step: Step,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    clock: Clock | None = None,
    context: Mapping[str, Any] | None = None,
) -> list[str]:
    """Like `StepOutcome.appeared` for pages that keep every answer: what the answers ``after`` show in addition."""
    _, step = step_with_items(form, step, after)
    hidden_now = set(hidden_paths(form, after, clock=clock, context=context))
    hidden_before = set(hidden_paths(form, before, clock=clock, context=context))
    return [field.path for field in step.fields if field.path in hidden_before - hidden_now]
