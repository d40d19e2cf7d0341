# SPDX-License-Identifier: EUPL-1.2
"""Process definitions from the outside: lists with conditions, and counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.models import CaseRow, DefinitionRow, DeploymentRow, IncidentRow
from engine.queries.matching import among, like, ordered


@dataclass(frozen=True)
class DefinitionLine:
    """A process definition in a list."""

    id: int
    key: str
    version: int
    name: str
    resource_name: str
    deployment_id: int
    version_tag: str | None
    suspended: bool
    history_days: int | None
    category: str | None
    description: str | None
    startable: bool
    tenant_id: str | None


@dataclass(frozen=True)
class WantedDefinitions:
    """Conditions on process definitions; what is None or empty is not asked."""

    keys_granted: frozenset[str] | None = None
    ids: Sequence[int] | None = None
    keys: Sequence[str] | None = None
    key_like: str | None = None
    name: str | None = None
    name_like: str | None = None
    category: str | None = None
    category_like: str | None = None
    resource_name: str | None = None
    resource_name_like: str | None = None
    deployment_id: int | None = None
    deployed_after: datetime | None = None
    deployed_at: datetime | None = None
    version: int | None = None
    newest: bool = False
    version_tag: str | None = None
    version_tag_like: str | None = None
    without_version_tag: bool = False
    suspended: bool | None = None
    startable: bool | None = None
    tenants: Sequence[str] | None = None
    without_tenant: bool = False
    #: With one of the tenants, those that have none are wanted too.
    or_without_tenant: bool = False
    incident_id: int | None = None
    incident_kinds: Sequence[str] | None = None
    incident_reason: str | None = None
    incident_reason_like: str | None = None
    orders: Sequence[tuple[str, bool]] = field(default=())


#: What lists can be sorted by.
ORDERS = {
    "category": DefinitionRow.category,
    "deploymentId": DefinitionRow.deployment_id,
    "deployTime": DeploymentRow.deployed_at,
    "id": DefinitionRow.id,
    "key": DefinitionRow.key,
    "name": DefinitionRow.name,
    "tenantId": DeploymentRow.tenant_id,
    "version": DefinitionRow.version,
    "versionTag": DefinitionRow.version_tag,
}


def list_definitions(session: Session, wanted: WantedDefinitions, *, limit: int, offset: int) -> list[DefinitionLine]:
    """The definitions that fit, in the order that is wanted, else as they were deployed."""
    statement = _lines().where(*_conditions(wanted)).order_by(*ordered(wanted.orders, ORDERS, DefinitionRow.id))
    return [_line(row, tenant) for row, tenant in session.execute(statement.limit(limit).offset(offset))]


def count_definitions(session: Session, wanted: WantedDefinitions) -> int:
    """How many fit."""
    statement = select(func.count()).select_from(DefinitionRow)
    joined = statement.join(DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id)
    return session.scalar(joined.where(*_conditions(wanted))) or 0


def definition_line(session: Session, definition_id: int) -> DefinitionLine | None:
    """One of them."""
    row = session.execute(_lines().where(DefinitionRow.id == definition_id)).one_or_none()
    return _line(row[0], row[1]) if row is not None else None


def newest_id(session: Session, key: str, tenant_id: str | None = None) -> int | None:
    """The row of the newest version of a process, of a tenant's if one is named; None when there is none."""
    statement = select(DefinitionRow.id).where(DefinitionRow.key == key)
    if tenant_id is not None:
        statement = statement.join(DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id)
        statement = statement.where(DeploymentRow.tenant_id == tenant_id)
    return session.scalar(statement.order_by(DefinitionRow.version.desc()).limit(1))


def _lines() -> Select[DefinitionRow, str | None]:
    return select(DefinitionRow, DeploymentRow.tenant_id).join(
        DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id
    )


def _line(row: DefinitionRow, tenant_id: str | None) -> DefinitionLine:
    return DefinitionLine(
        id=row.id,
        key=row.key,
        version=row.version,
        name=row.name,
        resource_name=row.resource_name,
        deployment_id=row.deployment_id,
        version_tag=row.version_tag,
        suspended=row.suspended,
        history_days=row.history_days,
        category=row.category,
        description=row.description,
        startable=row.startable,
        tenant_id=tenant_id,
    )


def _conditions(wanted: WantedDefinitions) -> list[ColumnElement[bool]]:
    row = DefinitionRow
    equal = {
        row.name: wanted.name,
        row.category: wanted.category,
        row.resource_name: wanted.resource_name,
        row.deployment_id: wanted.deployment_id,
        row.version: wanted.version,
        row.version_tag: wanted.version_tag,
        row.suspended: wanted.suspended,
        row.startable: wanted.startable,
        DeploymentRow.deployed_at: wanted.deployed_at,
    }
    alike = {
        row.key: wanted.key_like,
        row.name: wanted.name_like,
        row.category: wanted.category_like,
        row.resource_name: wanted.resource_name_like,
        row.version_tag: wanted.version_tag_like,
    }
    conditions = [among(row.key, wanted.keys_granted), among(row.id, wanted.ids), among(row.key, wanted.keys)]
    conditions += [column == value for column, value in equal.items() if value is not None]
    conditions += [like(column, pattern) for column, pattern in alike.items() if pattern is not None]
    if wanted.deployed_after is not None:
        conditions.append(DeploymentRow.deployed_at > wanted.deployed_after)
    if wanted.without_version_tag:
        conditions.append(row.version_tag.is_(None))
    if wanted.newest:
        other = aliased(DefinitionRow)
        conditions.append(row.version == select(func.max(other.version)).where(other.key == row.key).scalar_subquery())
    return [*conditions, *_tenants(wanted), *_incidents(wanted)]


def _tenants(wanted: WantedDefinitions) -> list[ColumnElement[bool]]:
    tenant = DeploymentRow.tenant_id
    if wanted.tenants is not None:
        named = tenant.in_(wanted.tenants)
        return [or_(named, tenant.is_(None)) if wanted.or_without_tenant else named]
    return [tenant.is_(None)] if wanted.without_tenant else []


def _incidents(wanted: WantedDefinitions) -> list[ColumnElement[bool]]:
    """Definitions with an open incident that is like this."""
    asked = [
        IncidentRow.id == wanted.incident_id if wanted.incident_id is not None else None,
        IncidentRow.kind.in_(wanted.incident_kinds) if wanted.incident_kinds is not None else None,
        IncidentRow.reason == wanted.incident_reason if wanted.incident_reason is not None else None,
        like(IncidentRow.reason, wanted.incident_reason_like) if wanted.incident_reason_like is not None else None,
    ]
    conditions = [condition for condition in asked if condition is not None]
    if not conditions:
        return []
    of_case = and_(CaseRow.id == IncidentRow.case_id, CaseRow.definition_id == DefinitionRow.id)
    return [exists().where(of_case, IncidentRow.resolved_at.is_(None), *conditions)]
