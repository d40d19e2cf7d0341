# SPDX-License-Identifier: EUPL-1.2
"""Lists of items: a form as these answers stand, with the questions of each item at its place.

All that is asked of a form with lists (`dynamiclist`) is asked of the form that `with_items` gives. The buttons
`hinzufuegen` (value: path of the list) and `weglassen` (value: path of the item) add and remove items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from .model import Answers, Component, Fieldset, Form, Repeat, Rule, Step
from .values import answer_at, put_answer

ANY = "*"
"""Stands for the number of the item in the paths of a list's questions."""

ADD, REMOVE = "hinzufuegen", "weglassen"


def with_items(form: Form, answers: Mapping[str, Any]) -> Form:
    """The form with as many items in its lists as these answers hold; the form itself when it has no lists."""
    if not any(step.repeats for step in form.steps):
        return form
    return replace(form, steps=tuple(_step(step, answers) for step in form.steps))


def step_with_items(form: Form, step: Step, answers: Mapping[str, Any]) -> tuple[Form, Step]:
    """The same, and the step in it."""
    whole = with_items(form, answers)
    return whole, whole.steps[step.index]


def changes_items(raw: Mapping[str, Sequence[str]]) -> bool:
    """Whether a button was pressed that adds or removes an item: then the page is shown again, and nobody blamed."""
    return ADD in raw or REMOVE in raw


def change_items(step: Step, answers: Answers, raw: Mapping[str, Sequence[str]]) -> None:
    """Add or remove what the pressed button says, within the bounds of the list; `step` has its items."""
    wanted, gone = (raw[button][-1] if raw.get(button) else "" for button in (ADD, REMOVE))
    for repeat in step.repeats:
        if not repeat.changeable:
            continue
        items = _items_at(repeat, answers)
        if wanted == repeat.path and len(items) < repeat.maximum:
            put_answer(answers, repeat.path, [*items, {}])
        numbers = [number for number in range(len(items)) if gone == f"{repeat.path}.{number}"]
        if numbers and len(items) > repeat.minimum:
            put_answer(answers, repeat.path, items[: numbers[0]] + items[numbers[0] + 1 :])


def _items_at(repeat: Repeat, answers: Mapping[str, Any]) -> list[Any]:
    held = answer_at(answers, repeat.path)
    return list(held) if isinstance(held, list) else [{} for _ in range(repeat.at_first)]


def _step(step: Step, answers: Mapping[str, Any]) -> Step:
    return replace(step, components=_parts(step.components, answers)) if step.repeats else step


def _parts(components: tuple[Component, ...], answers: Mapping[str, Any]) -> tuple[Component, ...]:
    return tuple(_part(component, answers) for component in components)


def _part(component: Component, answers: Mapping[str, Any]) -> Component:
    match component:
        case Fieldset():
            return replace(component, components=_parts(component.components, answers))
        case Repeat():
            numbers = range(len(_items_at(component, answers)))
            return replace(component, items=tuple(_item(component, number, answers) for number in numbers))
        case _:
            return component


def _item(repeat: Repeat, number: int, answers: Mapping[str, Any]) -> Fieldset:
    title = f"{number + 1}. {repeat.item_label}"
    within = f"{repeat.item}, {title}" if repeat.item else title
    made = tuple(_made(component, str(number), within) for component in repeat.template)
    return Fieldset(f"{repeat.id}_{number}", title, _parts(made, answers), repeat.hide)


def _made(component: Component, number: str, item: str) -> Component:
    """A part of a list's template, for the item of this number; lists in it stay templates."""
    changes: dict[str, Any] = {"id": f"{component.id}_{number}"}
    for each in fields(component):
        value = getattr(component, each.name)
        if each.name == "item":
            changes["item"] = item
        elif each.name == "path":
            # The outermost list gets its number first.
            changes["path"] = value.replace(ANY, number, 1)
        elif isinstance(value, Rule):
            changes[each.name] = _rule(value, number)
        elif each.name in ("components", "template"):
            changes[each.name] = tuple(_made(inner, number, item) for inner in value)
        elif each.name in ("hide", "places"):
            changes[each.name] = tuple(_rule(rule, number) for rule in value)
    return replace(component, **changes)


def _rule(rule: Rule, number: str) -> Rule:
    if ANY not in rule.groups:
        return rule
    at = rule.groups.index(ANY)
    return replace(rule, groups=(*rule.groups[:at], number, *rule.groups[at + 1 :]))
