# SPDX-License-Identifier: EUPL-1.2
"""Evaluations per second of gateway conditions beside Python's own `eval`, and of decision tables as they grow.

A condition is asked as a gateway asks it: the text of the model, the variables of a case, the clock. `eval` gets the
same condition in Python, once compiled before (what a cached expression is to be compared with) and once as text. A
table is asked for a value that only its last rule knows, so that no rule is left out.
"""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.clock import SystemClock
from engine.dmn import Decision, load_decisions
from engine.expressions import condition_holds
from engine.feel import parse

#: The same condition for a gateway and for Python.
CONDITIONS = (
    ("=betrag > 100", "betrag > 100"),
    ('=status = "offen" and betrag > 0', 'status == "offen" and betrag > 0'),
    ("=gebuehr.betrag >= 25.50 or person.alter < 18", 'gebuehr["betrag"] >= grenze or person["alter"] < 18'),
    ("${!erledigt && person.alter ge 18 && status == 'offen'}",
     'not erledigt and person["alter"] >= 18 and status == "offen"'),
    ('=zone in ("A", "B", "C")', 'zone in ("A", "B", "C")'),
    ("=count(kennzeichen) > 1", "len(kennzeichen) > 1"),
)  # fmt: skip
SCOPE: dict[str, Any] = {
    "betrag": Decimal("120.00"),
    "grenze": Decimal("25.50"),
    "status": "offen",
    "gebuehr": {"betrag": Decimal("30.70")},
    "person": {"alter": Decimal(34), "name": "Änne"},
    "erledigt": False,
    "zone": "B",
    "kennzeichen": ["SG-AB 12", "SG-XY 3E"],
}
SIZES = (50, 100, 200, 400)
SECONDS = 0.5
CLOCK = SystemClock()
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def main() -> None:
    """Measure and print."""
    print(f"{'what':<60}{'per second':>12}{'eval':>12}{'slower':>9}{'of text':>9}")
    for written, python in CONDITIONS:
        code = compile(python, "condition", "eval")
        assert condition_holds(written, SCOPE, CLOCK) == bool(eval(code, {}, SCOPE))
        ours = per_second(lambda written=written: condition_holds(written, SCOPE, CLOCK))
        compiled = per_second(lambda code=code: eval(code, {}, SCOPE))
        text = per_second(lambda python=python: eval(python, {}, SCOPE))
        print(f"{written:<60}{ours:>12,.0f}{compiled:>12,.0f}{compiled / ours:>8.1f}x{text / ours:>8.2f}x")
    long = "=" + " and ".join(f"wert{number} > {number}" for number in range(20))
    cold = per_second(lambda: (parse.cache_clear(), parse(long[1:])))
    warm = per_second(lambda: parse(long[1:]))
    print(f"{'Parse a condition of 20 comparisons anew, and from the cache':<60}{cold:>12,.0f}{warm:>12,.0f}")
    print()
    print(f"{'what':<60}{'per second':>12}{'µs a rule':>12}{'to read':>10}")
    for hit_policy in ("FIRST", "UNIQUE"):
        for rules in SIZES:
            begun = time.perf_counter()
            decision = table(rules, hit_policy)
            read = time.perf_counter() - begun
            asked = {"betrag": Decimal(rules * 10 - 5), "zone": f"Z{rules - 1}"}
            assert decision.evaluate(asked, CLOCK).outputs == [{"gebuehr": Decimal(rules - 1)}]
            rate = per_second(lambda decision=decision, asked=asked: decision.evaluate(asked, CLOCK))
            name = f"Table of {rules} rules, {hit_policy}, with its trace"
            print(f"{name:<60}{rate:>12,.0f}{1e6 / rate / rules:>12.2f}{read * 1000:>7.0f} ms")


def per_second(once: Callable[[], Any]) -> float:
    """How often it can be done in a second, the best of three; what is cached is cached before."""
    once()
    best, turns = 0.0, 1
    for _ in range(3):
        while True:
            begun = time.perf_counter()
            for _ in range(turns):
                once()
            spent = time.perf_counter() - begun
            if spent > SECONDS / 4:
                break
            turns *= 2
        best = max(best, turns / spent)
    return best


def table(rules: int, hit_policy: str) -> Decision:
    """A table of two inputs; each rule has its own range of sums and its own zone."""
    rows = "".join(
        f'<rule id="r{number}">'
        f"<inputEntry><text>[{number * 10}..{number * 10 + 10})</text></inputEntry>"
        f"<inputEntry><text>{_zone(number)}</text></inputEntry>"
        f"<outputEntry><text>{number}</text></outputEntry></rule>"
        for number in range(rules)
    )
    body = (
        f'<decision id="d" name="d"><decisionTable id="t" hitPolicy="{hit_policy}">'
        '<input id="a" label="Betrag"><inputExpression typeRef="number"><text>betrag</text></inputExpression></input>'
        '<input id="b" label="Zone"><inputExpression typeRef="string"><text>zone</text></inputExpression></input>'
        f'<output id="c" name="gebuehr" typeRef="number"/>{rows}</decisionTable></decision>'
    )
    return load_decisions(f'<definitions xmlns="{DMN}" id="m" name="m" namespace="n">{body}</definitions>'.encode())[
        "d"
    ]


def _zone(number: int) -> str:
    return f'"Z{number}"' if number % 2 else "-"


if __name__ == "__main__":
    main()
