# SPDX-License-Identifier: EUPL-1.2
"""Lists of items: a form as these answers stand, with the questions of each item at its place.

All that is asked of a form with lists (`dynamiclist`) is asked of the form that `with_items` gives. The buttons
`hinzufuegen` (value: path of the list) and `weglassen` (value: path of the item) add and remove items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .model import Answers, Component, Field, Fieldset, Form, Repeat, Rule, Separator, StaticText, Step
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
    match component:
        case Field():
            return replace(
                component,
                id=f"{component.id}_{number}",
                path=_numbered(component.path, number),
                hide=_rules(component.hide, number),
                required_if=_rule(component.required_if, number),
                check=_rule(component.check, number),
                default_rule=_rule(component.default_rule, number),
                item=item,
            )
        case StaticText():
            places, hide = _rules(component.places, number), _rules(component.hide, number)
            return replace(component, id=f"{component.id}_{number}", places=places, hide=hide)
        case Separator():
            return replace(component, id=f"{component.id}_{number}", hide=_rules(component.hide, number))
        case Fieldset():
            inner = tuple(_made(each, number, item) for each in component.components)
            hide = _rules(component.hide, number)
            return replace(component, id=f"{component.id}_{number}", components=inner, hide=hide)
        case Repeat():
            return replace(
                component,
                id=f"{component.id}_{number}",
                path=_numbered(component.path, number),
                template=tuple(_made(each, number, item) for each in component.template),
                hide=_rules(component.hide, number),
                item=item,
            )


def _numbered(path: str, number: str) -> str:
    """The outermost list gets its number first."""
    return path.replace(ANY, number, 1)


def _rules(rules: tuple[Rule, ...], number: str) -> tuple[Rule, ...]:
    return tuple(made for rule in rules if (made := _rule(rule, number)))


def _rule(rule: Rule | None, number: str) -> Rule | None:
    if rule is None or ANY not in rule.groups:
        return rule
    at = rule.groups.index(ANY)
    return replace(rule, groups=(*rule.groups[:at], number, *rule.groups[at + 1 :]))
