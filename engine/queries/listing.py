# SPDX-License-Identifier: EUPL-1.2
"""Lists that other programs ask for: conditions by name, an order, a part of the whole, and how many there are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from engine.models import CaseRow, DefinitionRow, DeploymentRow
from engine.queries import matching

#: Statements and rows of any columns.
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
#: What one condition means for a value.
Meaning: TypeAlias = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True)
class Asked:
    """What is wanted of a list."""

    #: Name of the condition and its value; all must hold.
    conditions: Mapping[str, Any] = field(default_factory=dict)
    #: What to sort by, and whether downwards.
    orders: Sequence[tuple[str, bool]] = ()
    first: int = 0
    most: int = 1000
    #: The keys of what may be seen, where the list has such keys; None for all.
    granted: frozenset[str] | None = None

    def with_conditions(self, **conditions: Any) -> "Asked":
        """The same, narrowed."""
        return replace(self, conditions={**self.conditions, **conditions})


@dataclass(frozen=True)
class Listing:
    """A list with the conditions and orders that it knows."""

    statement: AnySelect
    meanings: Mapping[str, Meaning]
    orders: Mapping[str, Any]
    #: The order of whatever is otherwise equal.
    tie: Sequence[Any]
    #: By which it is granted; None: `granted` is a condition like others.
    key: Any = None

    def rows(self, session: Session, asked: Asked) -> Sequence[AnyRow]:
        """The part that is wanted."""
        if asked.most == 0:
            return []
        columns = [(self.orders[name], down) for name, down in asked.orders]
        order = [column.desc() if down else column.asc() for column, down in columns]
        statement = self.narrowed(asked).order_by(*order, *self.tie)
        return session.execute(statement.limit(asked.most).offset(asked.first)).all()

    def count(self, session: Session, asked: Asked) -> int:
        """How many fit, whatever part is wanted."""
        return session.scalar(select(func.count()).select_from(self.narrowed(asked).subquery())) or 0

    def narrowed(self, asked: Asked) -> AnySelect:
        """The statement with the conditions."""
        wanted = [self.meanings[name](value) for name, value in asked.conditions.items()]
        if self.key is not None:
            wanted.append(matching.among(self.key, asked.granted))
        return self.statement.where(*wanted)


def equals(column: Any) -> Meaning:
    """The value itself."""
    return lambda value: column == value


def among(column: Any) -> Meaning:
    """One of several values; None stands for all of them."""
    return lambda values: matching.among(column, values)


def like(column: Any) -> Meaning:
    """A text with `%` for anything; a backslash takes it literally."""
    return lambda pattern: matching.like(column, pattern)


def always(condition: ColumnElement[bool]) -> Meaning:
    """A condition that holds or does not."""
    return lambda value: condition if value else ~condition


def of_tenants(column: Any) -> Meaning:
    """Of a process definition that was deployed for one of these; None among them stands for nobody in particular."""
    return lambda tenants: for_tenants(column, tenants)


def for_tenants(column: Any, tenants: Iterable[str | None]) -> ColumnElement[bool]:
    """The same as a condition."""
    wanted = list(tenants)
    named = DeploymentRow.tenant_id.in_([name for name in wanted if name is not None])
    meant = or_(named, DeploymentRow.tenant_id.is_(None)) if None in wanted else named
    definitions = select(DefinitionRow.id).join(DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id)
    found: ColumnElement[bool] = column.in_(definitions.where(meant))
    return found


#: Conditions on the case that something belongs to, and on its process.
OF_CASE: Mapping[str, Meaning] = {
    "case": equals(CaseRow.id),
    "cases": among(CaseRow.id),
    "root": equals(CaseRow.root_id),
    "business_key": equals(CaseRow.business_key),
    "business_key_like": like(CaseRow.business_key),
    "definition": equals(CaseRow.definition_id),
    "definitions": among(CaseRow.definition_id),
    "key": equals(CaseRow.definition_key),
    "keys": among(CaseRow.definition_key),
    "granted": among(CaseRow.definition_key),
    "case_suspended": equals(CaseRow.suspended),
    "tenants": of_tenants(CaseRow.definition_id),
}
