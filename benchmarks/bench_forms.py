# SPDX-License-Identifier: EUPL-1.2
"""How long does a large form take to be read, shown, checked and summed up? 95 questions, lists in lists among them.

The baseline is the same number of questions without lists, conditions and expressions, in the same run.
"""

from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from calls import load, p95, timed

from engine.clock import SystemClock
from forms import Form, load_form, read_step, summary, validate, with_items
from web.formview import render_form

HIDE = '=feld0 = "nie"'
CALLS = 40
CLOCK = SystemClock()


def main() -> None:
    """Measure and print."""
    plain, large = Sized(load_form(plain_form()), {}), Sized(load_form(large_form()), large_answers())
    print(f"{'ms, median of ' + str(CALLS):<44}{'plain':>9}{'lists':>9}{'p95':>9}{'ratio':>8}")
    for what in ("show", "check", "read a step", "sum up"):
        one, other = plain.measured(what), large.measured(what)
        print(
            f"{what:<44}{median(one):>9.1f}{median(other):>9.1f}{p95(other):>9.1f}{median(other) / median(one):>8.2f}"
        )
    print(
        f"{plain.questions} and {large.questions} questions. Aimed at: shown and checked in under 50 ms each. {load()}"
    )


class Sized:
    """A form with answers."""

    def __init__(self, form: Form, answers: dict[str, Any]) -> None:
        self.form, self.answers = form, answers
        self.questions = len(with_items(form, answers).fields)
        self.acts = {
            "show": lambda: render_form(form, answers, clock=CLOCK),
            "check": lambda: validate(form, answers, clock=CLOCK),
            "read a step": lambda: read_step(form, form.steps[0], {}, answers, clock=CLOCK),
            "sum up": lambda: summary(form, answers, clock=CLOCK),
        }

    def measured(self, what: str) -> list[float]:
        """Milliseconds of each call."""
        self.acts[what]()
        return [timed(self.acts[what]) for _ in range(CALLS)]


def question(number: int, **more: Any) -> dict[str, Any]:
    """A question of one of five kinds in turn."""
    kinds = (
        {"type": "textfield", "validate": {"required": True}},
        {"type": "number", "validate": {"min": 0}, "decimalDigits": 2},
        {"type": "datetime", "subtype": "date"},
        {"type": "radio", "values": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]},
        {"type": "textarea"},
    )
    return {"key": f"feld{number}", "label": f"Frage {number}", **kinds[number % 5], **more}


def plain_form() -> dict[str, Any]:
    """95 questions in one step."""
    return {"type": "default", "id": "einfach", "components": [question(number) for number in range(95)]}


def large_form() -> dict[str, Any]:
    """35 questions with conditions, and 5 items of 4 questions, each with 2 items of 4 questions more."""
    shown = [
        question(number, conditional={"hide": f'=allgemein.feld{number - 1} = "nie"'}) if number else question(number)
        for number in range(35)
    ]
    inner = listed("kinder", [question(number) for number in range(4)])
    outer = listed(
        "stellen",
        [*(question(number, **({"conditional": {"hide": HIDE}} if number else {})) for number in range(4)), inner],
    )
    total = {
        "type": "expression",
        "key": "summe",
        "expression": "=sum(stellen.feld1)",
        "properties": {"amt.label": "S"},
    }
    group = {"type": "group", "label": "Allgemein", "path": "allgemein", "components": [*shown, outer, total]}
    return {"type": "default", "id": "gross", "components": [group]}


def listed(path: str, components: list[dict[str, Any]]) -> dict[str, Any]:
    """A repeated group."""
    return {"type": "dynamiclist", "label": path.title(), "path": path, "components": components}


def large_answers() -> dict[str, Any]:
    """Every question is answered."""

    def values(numbers: int) -> dict[str, Any]:
        kinds = ("Text", Decimal("12.5"), date(2026, 11, 26), "a", "Mehr Text")
        return {f"feld{number}": kinds[number % 5] for number in range(numbers)}

    items = [values(4) | {"kinder": [values(4), values(4)]} for _ in range(5)]
    return {"allgemein": values(35) | {"stellen": items}}


if __name__ == "__main__":
    main()
