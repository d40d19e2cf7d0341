# SPDX-License-Identifier: EUPL-1.2
"""Deployments and their files from the outside."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from engine.models import DefinitionRow, DeploymentRow, ResourceRow
from engine.queries.matching import among, like, ordered


@dataclass(frozen=True)
class DeploymentLine:
    """A deployment in a list."""

    id: int
    name: str
    source: str | None
    tenant_id: str | None
    deployed_at: datetime


@dataclass(frozen=True)
class ResourceLine:
    """A file of a deployment, without its content."""

    id: int
    name: str
    deployment_id: int


@dataclass(frozen=True)
class WantedDeployments:
    """Conditions on deployments; what is None is not asked."""

    keys_granted: frozenset[str] | None = None
    id: int | None = None
    name: str | None = None
    name_like: str | None = None
    source: str | None = None
    without_source: bool = False
    tenants: Sequence[str] | None = None
    without_tenant: bool = False
    or_without_tenant: bool = False
    after: datetime | None = None
    before: datetime | None = None
    orders: Sequence[tuple[str, bool]] = field(default=())


#: What lists can be sorted by.
ORDERS = {
    "deploymentTime": DeploymentRow.deployed_at,
    "id": DeploymentRow.id,
    "name": DeploymentRow.name,
    "tenantId": DeploymentRow.tenant_id,
}


def list_deployments(session: Session, wanted: WantedDeployments, *, limit: int, offset: int) -> list[DeploymentLine]:
    """The deployments that fit, in the order that is wanted, else the oldest first."""
    statement = select(DeploymentRow).where(*_conditions(wanted))
    statement = statement.order_by(*ordered(wanted.orders, ORDERS, DeploymentRow.id)).limit(limit).offset(offset)
    return [_line(row) for row in session.scalars(statement)]


def count_deployments(session: Session, wanted: WantedDeployments) -> int:
    """How many fit."""
    return session.scalar(select(func.count()).select_from(DeploymentRow).where(*_conditions(wanted))) or 0


def deployment_line(session: Session, deployment_id: int) -> DeploymentLine | None:
    """One of them."""
    row = session.get(DeploymentRow, deployment_id)
    return _line(row) if row is not None else None


def keys_in_deployment(session: Session, deployment_id: int) -> set[str]:
    """The keys of the processes in it."""
    return set(session.scalars(select(DefinitionRow.key).where(DefinitionRow.deployment_id == deployment_id)))


def resources_of(session: Session, deployment_id: int) -> list[ResourceLine]:
    """The files of a deployment by name."""
    rows = session.execute(
        select(ResourceRow.id, ResourceRow.name)
        .where(ResourceRow.deployment_id == deployment_id)
        .order_by(ResourceRow.name)
    )
    return [ResourceLine(number, name, deployment_id) for number, name in rows]


def resource_content(
    session: Session, deployment_id: int, *, number: int | None = None, name: str | None = None
) -> tuple[str, bytes] | None:
    """Name and content of a file, by its number or its name."""
    statement = select(ResourceRow.name, ResourceRow.content).where(ResourceRow.deployment_id == deployment_id)
    wanted = ResourceRow.name == name if name is not None else ResourceRow.id == number
    row = session.execute(statement.where(wanted)).one_or_none()
    return (row[0], row[1]) if row is not None else None


def _line(row: DeploymentRow) -> DeploymentLine:
    return DeploymentLine(row.id, row.name, row.source, row.tenant_id, row.deployed_at)


def _conditions(wanted: WantedDeployments) -> list[ColumnElement[bool]]:
    row = DeploymentRow
    conditions: list[ColumnElement[bool]] = []
    if wanted.keys_granted is not None:
        granted = DefinitionRow.deployment_id == row.id, among(DefinitionRow.key, wanted.keys_granted)
        conditions.append(exists().where(*granted))
    equal = {row.id: wanted.id, row.name: wanted.name, row.source: wanted.source}
    conditions += [column == value for column, value in equal.items() if value is not None]
    if wanted.name_like is not None:
        conditions.append(like(row.name, wanted.name_like))
    if wanted.without_source:
        conditions.append(row.source.is_(None))
    if wanted.after is not None:
        conditions.append(row.deployed_at > wanted.after)
    if wanted.before is not None:
        conditions.append(row.deployed_at < wanted.before)
    if wanted.tenants is not None:
        named = row.tenant_id.in_(wanted.tenants)
        conditions.append(or_(named, row.tenant_id.is_(None)) if wanted.or_without_tenant else named)
    elif wanted.without_tenant:
        conditions.append(row.tenant_id.is_(None))
    return conditions
