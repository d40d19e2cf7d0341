# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with the rules of a table: overlaps, gaps, rules that never decide."""

from collections.abc import Iterator, Sequence

from engine.dmn.analysis.atoms import known_value
from engine.dmn.analysis.columns import Column, columns_of
from engine.dmn.analysis.cover import BudgetSpent, Cover, bits
from engine.dmn.analysis.findings import Weakness
from engine.dmn.model import DecisionTable, Output, Rule
from engine.feel import check_unary_tests
from engine.feel.nodes import Name, Path, UnaryTests

#: A larger table is left to the evaluation: pairs of rules grow with the square.
_MOST_RULES = 1000
_MOST_FINDINGS = 20
#: Steps of one walk through all columns: a few seconds of work at most.
_BUDGET = 400_000


def weaknesses_of(table: DecisionTable) -> list[Weakness]:
    """Everything that can be told about the rules without knowing any case."""
    if not 0 < len(table.rules) <= _MOST_RULES:
        return []
    columns = columns_of(table)
    impossible = dict(_impossible(table, columns))
    found = [_never(table.rules[place], column) for place, column in impossible.items()]
    if table.hit_policy in ("UNIQUE", "ANY"):
        found += _overlaps(table, columns, set(impossible))
    if table.hit_policy in ("FIRST", "PRIORITY"):
        found += _hidden(table, columns, set(impossible))
    found += _gap(table, columns)
    # Errors first: none of them may be cut off, for they keep the table from being deployed.
    return sorted(found, key=lambda weakness: weakness.severity != "error")[:_MOST_FINDINGS]


# -- rules that never match --------------------------------------------------------------------------------------


def _impossible(table: DecisionTable, columns: Sequence[Column]) -> Iterator[tuple[int, Column]]:
    for place in range(len(table.rules)):
        for column in columns:
            if column.taken[place] == 0:
                yield place, column
                break


def _never(rule: Rule, column: Column) -> Weakness:
    allowed = " that is allowed" if any(one.allowed is not None for one in column.inputs) else ""
    reason = f"Rule {rule.number} can never match: no value of {column.label}{allowed} passes its cell."
    return Weakness(rule.id, reason, "Correct the cell or remove the rule.")


# -- rules that match together ------------------------------------------------------------------------------------


def _overlaps(table: DecisionTable, columns: Sequence[Column], impossible: set[int]) -> list[Weakness]:
    """One for each rule that matches together with an earlier one."""
    found: list[Weakness] = []
    rows = [[column.taken[place] for column in columns] for place in range(len(table.rules))]
    known = [(place, row) for place, row in enumerate(rows) if None not in row and place not in impossible]
    for index, (place, row) in enumerate(known):
        for earlier, other in known[:index]:
            common = [(one or 0) & (two or 0) for one, two in zip(row, other, strict=True)]
            if all(common) and not _agree(table, table.rules[earlier], table.rules[place]):
                regions = [next(bits(mask)) for mask in common]
                found.append(_overlap(table, columns, (table.rules[earlier], table.rules[place]), regions))
                break
    return found


def _agree(table: DecisionTable, one: Rule, other: Rule) -> bool:
    """Whether two rules of an ANY table give the same; what is computed is left to the evaluation."""
    if table.hit_policy != "ANY":
        return False
    pairs = [(known_value(a), known_value(b)) for a, b in zip(one.results, other.results, strict=True)]
    return all(a is None or b is None or a == b for a, b in pairs)


def _overlap(
    table: DecisionTable, columns: Sequence[Column], rules: tuple[Rule, Rule], regions: Sequence[int]
) -> Weakness:
    first, second = rules
    # Only questions that are plain variables are sure to be independent of each other.
    independent = all(isinstance(column.inputs[0].expression.root, Name | Path) for column in columns)
    given = _case(columns, regions)
    example = f", for example for {given}" if given else ""
    if table.hit_policy == "ANY":
        reason = f"Rules {first.number} and {second.number} both match{example}, and give different results."
    else:
        reason = f"Rules {first.number} and {second.number} both match{example}."
    cure = "Make the conditions exclude each other, or choose the hit policy FIRST."
    return Weakness(second.id, reason, cure, "error" if independent else "warning")


def _case(columns: Sequence[Column], regions: Sequence[int]) -> str:
    examples = (column.example(region) for column, region in zip(columns, regions, strict=True))
    return ", ".join(example for example in examples if example)


# -- rules that others hide ---------------------------------------------------------------------------------------


def _hidden(table: DecisionTable, columns: Sequence[Column], impossible: set[int]) -> list[Weakness]:
    cover = Cover(columns, cautious=True, budget=_BUDGET)
    found: list[Weakness] = []
    order = _order(table)
    if order is None:
        return []
    before = 0
    try:
        for place in order:
            # A cell that is too complex counts as taking everything: if even that is hidden, the rule is.
            domains = [_or_everything(column, place) for column in columns]
            if place not in impossible and before and cover.uncovered(domains, before) is None:
                rule = table.rules[place]
                reason = f"Rule {rule.number} never decides: rules before it match whenever it does."
                if table.hit_policy == "PRIORITY":
                    reason = f"Rule {rule.number} never decides: rules of higher rank match whenever it does."
                found.append(Weakness(rule.id, reason, "Change the order, narrow the rules before it, or remove it."))
            before |= 1 << place
    except BudgetSpent:
        pass
    return found


def _or_everything(column: Column, place: int) -> int:
    taken = column.taken[place]
    return column.everything if taken is None else taken


def _order(table: DecisionTable) -> list[int] | None:
    """The rules as they win over each other; None when their rank is computed."""
    places = list(range(len(table.rules)))
    if table.hit_policy == "FIRST":
        return places
    ranks: dict[int, list[int]] = {}
    for place, rule in enumerate(table.rules):
        rank = [_rank(column, rule, number) for number, column in enumerate(table.outputs)]
        if None in rank:
            return None
        ranks[place] = [one for one in rank if one is not None]
    return sorted(places, key=lambda place: ranks[place])


def _rank(column: Output, rule: Rule, number: int) -> int | None:
    allowed = getattr(column, "allowed", None)
    value = known_value(rule.results[number])
    if allowed is None:
        return 0
    if value is None or not isinstance(allowed.root, UnaryTests):
        return None
    for place, test in enumerate(allowed.root.tests):
        if check_unary_tests(type(allowed)("", UnaryTests(False, (test,))), value[0], {}).value is True:
            return place
    return None


# -- inputs without a rule ----------------------------------------------------------------------------------------


def _gap(table: DecisionTable, columns: Sequence[Column]) -> list[Weakness]:
    """An example of what no rule answers, where somebody waits for an answer."""
    has_default = any(output.default is not None for output in table.outputs)
    if has_default or table.hit_policy not in ("UNIQUE", "ANY", "FIRST", "PRIORITY"):
        return []
    cover = Cover(columns, cautious=False, budget=_BUDGET)
    try:
        regions = cover.uncovered([column.asked for column in columns], (1 << len(table.rules)) - 1)
    except BudgetSpent:
        return []
    if regions is None:
        return []
    given = _case(columns, regions)
    reason = f"No rule matches for {given}." if given else "For some inputs no rule matches."
    return [Weakness(table.id, reason, "Add a rule or a default, or name the allowed values of the input.")]
