# SPDX-License-Identifier: EUPL-1.2
"""Which questions are asked at all, and what the rules of a form say about the answers. The browser decides nothing."""

from collections.abc import Iterator, Mapping, Set
from copy import deepcopy
from typing import Any

from engine.clock import Clock
from engine.feel import evaluate
from engine.feel.errors import FeelError
from engine.values import to_json

from .model import Answers, Component, Computed, Field, Fieldset, Form, Repeat, Rule, Step
from .repeating import with_items
from .values import answer_at, conform, drop_answer, put_answer

_ROUNDS = 10
"""A condition may hang on an answer that another condition hides, and so on; deeper chains are cut here."""


def scope_of(form: Form, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> Answers:
    """What expressions see: the case's variables, over them the answers in their types; unanswered is null."""
    form = with_items(form, answers)
    scope = _merged(dict(context or {}), {})
    for repeat in (part for step in form.steps for part in step.repeats):
        # In the case's variables the same list may lie, with more items or fewer.
        put_answer(scope, repeat.path, [{} for _ in repeat.items])
    for field in form.fields:
        put_answer(scope, field.path, conform(field, answer_at(answers, field.path)))
    return scope


def _compute(form: Form, scope: Answers, hidden: Set[str], clock: Clock | None) -> None:
    """Put in what follows from the answers, also from what follows from them."""
    for _ in range(_ROUNDS):
        is_settled = True
        for part in form.computed:
            value = None if part.path in hidden else _kept(value_of(part.rule, scope, clock=clock))
            if value != answer_at(scope, part.path):
                put_answer(scope, part.path, value)
                is_settled = False
        if is_settled:
            return


def _kept(value: Any) -> Any:
    """What can be kept as an answer; functions and ranges cannot."""
    try:
        to_json(value)
    except (TypeError, ValueError):
        return None
    return value


def value_of(rule: Rule, scope: Mapping[str, Any], *, clock: Clock | None, **more: Any) -> Any:
    """What an expression comes to; null when it fails. Fields beside it in its groups need no group name."""
    seen = dict(scope)
    inner: Any = scope
    for group in rule.groups:
        inner = answer_at(inner, group)
        if isinstance(inner, Mapping):
            seen.update(inner)
    seen.update(more)
    try:
        return evaluate(rule.expression, seen, clock=clock).value
    except FeelError:
        return None


def holds(rule: Rule, scope: Mapping[str, Any], *, clock: Clock | None, **more: Any) -> bool:
    """Whether an expression is true; null and everything else is not."""
    return value_of(rule, scope, clock=clock, **more) is True


class Visibility:
    """Which parts of a form are shown, given the answers."""

    def __init__(
        self,
        form: Form,
        answers: Mapping[str, Any],
        *,
        clock: Clock | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        form = with_items(form, answers)
        self.form = form
        self._clock = clock
        self._hidden: set[str] = set()
        answered_by: list[Field | Computed] = [*form.fields, *form.computed]
        answered = scope_of(form, answers, context)
        self.scope = _merged(answered, {})
        _compute(form, self.scope, set(), clock)
        for _ in range(_ROUNDS):
            hidden = {part.path for part in answered_by if self._hides(part.hide)}
            if hidden == self._hidden:
                break
            self._hidden, self.scope = hidden, _merged(answered, {})
            for path in hidden:
                put_answer(self.scope, path, None)
            _compute(form, self.scope, hidden, clock)

    def _hides(self, rules: tuple[Rule, ...]) -> bool:
        return any(holds(rule, self.scope, clock=self._clock) for rule in rules)

    def shows(self, part: Component | Step) -> bool:
        """Whether a step, a question or another part is shown."""
        return part.path not in self._hidden if isinstance(part, Field | Computed) else not self._hides(part.hide)

    def shown(self, components: tuple[Component, ...]) -> Iterator[Component]:
        """The parts that are shown; a fieldset without shown parts is not, a list without items is."""
        for component in components:
            if self.shows(component) and not self._is_empty(component):
                yield component

    def steps(self) -> list[Step]:
        """The steps of which anything is shown, with the items of their lists."""
        return [step for step in self.form.steps if self.shows(step) and any(True for _ in self.shown(step.components))]

    def _is_empty(self, component: Component) -> bool:
        if isinstance(component, Fieldset):
            return not any(True for _ in self.shown(component.components))
        return isinstance(component, Computed) and not component.label


def hidden_paths(
    form: Form, answers: Mapping[str, Any], *, clock: Clock | None = None, context: Mapping[str, Any] | None = None
) -> list[str]:
    """The paths of the questions and lists that are not asked, and of values that do not follow then."""
    form = with_items(form, answers)
    return _hidden_paths(form, Visibility(form, answers, clock=clock, context=context))


def settled(
    form: Form, answers: Mapping[str, Any], *, clock: Clock | None = None, context: Mapping[str, Any] | None = None
) -> Answers:
    """The answers with what follows from them, and without those whose question is hidden: nobody has seen it."""
    form, kept = with_items(form, answers), deepcopy(dict(answers))
    visibility = Visibility(form, answers, clock=clock, context=context)
    for path in _hidden_paths(form, visibility):
        drop_answer(kept, path)
    for part in form.computed:
        if visibility.shows(part):
            put_answer(kept, part.path, answer_at(visibility.scope, part.path))
    return kept


def _hidden_paths(form: Form, visibility: Visibility) -> list[str]:
    lists = [part for step in form.steps for part in step.repeats]
    parts: list[Field | Computed | Repeat] = [*form.fields, *form.computed, *lists]
    return [part.path for part in parts if not visibility.shows(part)]


def visible_steps(
    form: Form, answers: Mapping[str, Any], *, clock: Clock | None = None, context: Mapping[str, Any] | None = None
) -> list[Step]:
    """The steps that a person has to go through: a step that is hidden, or all of whose parts are, is left out."""
    return Visibility(form, answers, clock=clock, context=context).steps()


def default_answer(field: Field, scope: Mapping[str, Any], *, clock: Clock | None = None) -> Any:
    """What stands in a field before anyone has answered it."""
    if field.default_rule:
        return conform(field, value_of(field.default_rule, scope, clock=clock))
    return field.default


def _merged(below: Answers, above: Mapping[str, Any]) -> Answers:
    """A copy of nested dicts, deep enough that writing answers into it changes nothing outside."""
    copy = {key: _copied(value) for key, value in below.items()}
    copy.update(above)
    return copy


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return _merged(value, {})
    return [_copied(item) for item in value] if isinstance(value, list) else value
