# SPDX-License-Identifier: EUPL-1.2
"""The values of a column, cut into regions within which no cell makes a difference.

Numbers, dates, times and durations are cut at every value that a cell names: the value itself and the stretch before
it are regions of their own. Of texts there is one region for each that is named, and one for all others. A set of
regions is a bit mask, so that a thousand rules are compared in a moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from engine.dmn.analysis.atoms import Atom, Between, Cell, Compared, read_cell
from engine.dmn.model import DecisionTable, Input
from engine.feel import Expression
from engine.feel.text import value_text
from engine.feel.values import Value, kind_of

#: Kinds of values that have an order; texts are compared for equality only.
_ORDERED = frozenset(["number", "date", "time", "date and time", "days and time duration", "years and months duration"])
KINDS = _ORDERED | {"string", "boolean"}


@dataclass
class Column:
    """One question of a table and what each rule takes; None for a cell that is too complex to tell.

    `everything` are all regions that an input may be in, `asked` those of them that some rule has to answer.
    """

    inputs: tuple[Input, ...]
    kind: str = ""
    points: list[Value] = field(default_factory=list)
    taken: list[int | None] = field(default_factory=list)
    everything: int = 1
    asked: int = 1

    @property
    def label(self) -> str:
        """What people call the question."""
        return self.inputs[0].label

    def example(self, region: int) -> str:
        """A value of the region as people read it; empty when any will do."""
        if self.kind in _ORDERED and self.points:
            return f"{self.label} = {self._between(region)}" if self._has_example(region) else self._stretch(region)
        if region < len(self.points):
            return f"{self.label} = {value_text(self.points[region])}"
        return f"{self.label} = any other" if self.points else ""

    def _has_example(self, region: int) -> bool:
        return region % 2 == 1 or self.kind in ("number", "date")

    def _between(self, region: int) -> str:
        if region % 2 == 1:
            return value_text(self.points[region // 2])
        step = Decimal(1) if self.kind == "number" else timedelta(days=1)
        if region == 0:
            return value_text(self.points[0] - step)
        if region == 2 * len(self.points):
            return value_text(self.points[-1] + step)
        low, high = self.points[region // 2 - 1], self.points[region // 2]
        middle = (low + high) / 2 if self.kind == "number" else low + timedelta(days=(high - low).days // 2)
        return value_text(middle)

    def _stretch(self, region: int) -> str:
        if region == 0:
            return f"{self.label} below {value_text(self.points[0])}"
        if region == 2 * len(self.points):
            return f"{self.label} above {value_text(self.points[-1])}"
        low, high = self.points[region // 2 - 1], self.points[region // 2]
        return f"{self.label} between {value_text(low)} and {value_text(high)}"


def columns_of(table: DecisionTable) -> list[Column]:
    """The questions of the table; columns that ask the same are one question."""
    same: dict[object, list[int]] = {}
    for index, column in enumerate(table.inputs):
        same.setdefault(column.expression.root, []).append(index)
    return [_column(table, places) for places in same.values()]


def _column(table: DecisionTable, places: Sequence[int]) -> Column:
    column = Column(tuple(table.inputs[place] for place in places))
    rows = [[rule.tests[place] for place in places] for rule in table.rules]
    cells = [[_read(test) for test in row] for row in rows]
    allowed = [cell for cell in (_read(one.allowed) for one in column.inputs) if cell]
    known = [cell for row in cells for cell in row if cell] + allowed
    column.kind = _kind(column.inputs, known)
    if not _cut(column, known):
        column.kind = ""
        column.taken = [1 if all(test is None for test in row) else None for row in rows]
        return column
    column.everything = column.asked = _all_regions(column)
    for cell in allowed:
        column.everything &= _mask(column, cell)
    column.taken = [_taken(column, row, read) for row, read in zip(rows, cells, strict=True)]
    column.asked = column.everything & ~_not_asked(column)
    return column


def _read(test: Expression | None) -> Cell | None:
    return None if test is None else read_cell(test)


def _kind(inputs: Sequence[Input], cells: Sequence[Cell]) -> str:
    declared = next((one.type for one in inputs if one.type is not None), None)
    if declared is not None:
        return declared if declared in KINDS else ""
    kinds = {kind_of(value) for cell in cells for value in cell.values}
    return kinds.pop() if len(kinds) == 1 and kinds <= KINDS else ""


def _cut(column: Column, cells: Sequence[Cell]) -> bool:
    """Finds the points; False when the values of the column cannot be told apart."""
    values = [value for cell in cells for value in cell.values if kind_of(value) == column.kind]
    if column.kind == "boolean":
        column.points = [True, False]
    elif column.kind == "string":
        column.points = list(dict.fromkeys(values))
    elif column.kind:
        try:
            column.points = sorted(set(values))
        except TypeError:  # moments with and without a zone have no order
            return False
    return bool(column.kind)


def _all_regions(column: Column) -> int:
    count = len(column.points)
    if column.kind == "boolean":
        return 0b11
    if column.kind == "string":
        return (1 << count + 1) - 1
    mask: int = (1 << 2 * count + 1) - 1
    if column.kind == "date":
        for place, (low, high) in enumerate(zip(column.points, column.points[1:], strict=False)):
            if high - low == timedelta(days=1):
                mask &= ~(1 << 2 * place + 2)
        if column.points and column.points[0] == date.min:
            mask &= ~1
        if column.points and column.points[-1] == date.max:
            mask &= ~(1 << 2 * count)
    return mask


def _not_asked(column: Column) -> int:
    """Texts that nobody names need no rule, nor do days before the first that any rule knows."""
    if column.kind == "string":
        return 1 << len(column.points) if column.points else 0
    if column.kind in ("date", "date and time") and not any(taken is None or taken & 1 for taken in column.taken):
        return 1
    return 0


def _taken(column: Column, tests: Sequence[Expression | None], cells: Sequence[Cell | None]) -> int | None:
    mask = column.everything
    for test, cell in zip(tests, cells, strict=True):
        if test is None:
            continue
        if cell is None or not _is_plain(column, cell):
            return None
        mask &= _mask(column, cell)
    return mask


def _is_plain(column: Column, cell: Cell) -> bool:
    """Whether the regions of the column can say what the cell takes."""
    if any(isinstance(atom, Compared) and atom.value is None for atom in cell.atoms):
        return False
    ordered = column.kind in _ORDERED
    return ordered or all(isinstance(atom, Compared) and atom.operator in ("=", "!=") for atom in cell.atoms)


def _mask(column: Column, cell: Cell) -> int:
    mask = 0
    for atom in cell.atoms:
        mask |= _mask_of(column, atom)
    return _all_regions(column) & ~mask if cell.negated else _all_regions(column) & mask


def _mask_of(column: Column, atom: Atom) -> int:
    if isinstance(atom, Between):
        above = _mask_of(column, Compared(">=" if atom.start_included else ">", atom.start))
        return above & _mask_of(column, Compared("<=" if atom.end_included else "<", atom.end))
    if atom.value is None and atom.operator in ("<", "<=", ">", ">="):
        return -1  # an open end
    if kind_of(atom.value) != column.kind:
        return 0
    place = _place(column, atom.value)
    bit = 1 << (2 * place + 1 if column.kind in _ORDERED else place)
    below = bit - 1
    masks = {"=": bit, "!=": ~bit, "<": below, "<=": below | bit, ">": ~(below | bit), ">=": ~below}
    return masks[atom.operator]


def _place(column: Column, value: Value) -> int:
    low, high = 0, len(column.points)
    if column.kind not in _ORDERED:
        return column.points.index(value)
    while low < high:
        middle = (low + high) // 2
        if column.points[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
