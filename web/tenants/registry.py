# SPDX-License-Identifier: EUPL-1.2
"""Which towns this installation serves: their names, the hosts by which they are asked for, and what is set for each.

The tables stand apart from those of the towns: in a schema of their own, or in a file of their own. Where there are
none, the installation serves one town and knows nothing of this module.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    delete,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateSchema

from engine.clock import Clock, SystemClock
from engine.db import Database, UtcDateTime, unit_of_work
from web.settings import Settings
from web.tenants.names import TenantRefused, check_base_url, checked_hosts, checked_name, checked_settings

SCHEMA = "amtsfluss"
_tables = MetaData()
TENANTS = Table(
    "tenants",
    _tables,
    Column("name", String(41), primary_key=True),
    Column("settings", JSON, nullable=False),
    # Counts changes, so that running processes notice them.
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
HOSTS = Table(
    "tenant_hosts",
    _tables,
    Column("host", String(253), primary_key=True),
    Column("tenant", ForeignKey(TENANTS.c.name, ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
)


@dataclass(frozen=True)
class Tenant:
    """One of the towns."""

    name: str
    #: The first one stands in its links, unless its BASE_URL says otherwise.
    hosts: tuple[str, ...]
    settings: Mapping[str, str]
    revision: int
    created_at: datetime


class TenantUnknown(TenantRefused):
    """There is no town of this name on the installation."""


class Registry:
    """The towns of an installation."""

    def __init__(self, installation: Settings, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._file = None
        url, schema = installation.database_url, SCHEMA
        if url.startswith("sqlite"):
            self._file = installation.data_dir / "towns.sqlite3"
            url, schema = f"sqlite:///{self._file}", ""
        self.db = Database(url, schema)
        self._has_tables = False

    def close(self) -> None:
        """Give the connections back."""
        self.db.close()

    @property
    def has_towns(self) -> bool:
        """Whether this installation serves several towns, be it only one as yet."""
        return bool(self._read(select(TENANTS.c.name).limit(1)))

    def tenants(self) -> list[Tenant]:
        """All towns by name."""
        return list(_tenants(self._read(_all().order_by(TENANTS.c.name, HOSTS.c.position))))

    def named(self, name: str) -> Tenant | None:
        """The town of this name."""
        return next(_tenants(self._read(_all().where(TENANTS.c.name == name).order_by(HOSTS.c.position))), None)

    def at_host(self, host: str) -> Tenant | None:
        """The town that is asked for by this host."""
        named = select(HOSTS.c.tenant).where(HOSTS.c.host == host).scalar_subquery()
        return next(_tenants(self._read(_all().where(TENANTS.c.name == named).order_by(HOSTS.c.position))), None)

    def candidate(self, name: str, hosts: Iterable[str], settings: Mapping[str, str]) -> Tenant:
        """The town as it would be registered; refuses what cannot be."""
        if self.named(checked_name(name)) is not None:
            raise TenantRefused(f"There is already a town called {name}. Change it: amt tenant set {name} …")
        return self._checked(Tenant(name, tuple(hosts), settings, 1, self._clock.now()))

    def add(self, tenant: Tenant) -> None:
        """Serve this town from now on."""
        self._make_tables()
        with unit_of_work(self.db) as session:
            session.execute(
                insert(TENANTS).values(
                    name=tenant.name,
                    settings=dict(tenant.settings),
                    revision=tenant.revision,
                    created_at=tenant.created_at,
                )
            )
            _write_hosts(session, tenant)

    def changed(self, tenant: Tenant, hosts: Iterable[str], settings: Mapping[str, str]) -> Tenant:
        """The town as it would be with other hosts and settings; refuses what cannot be."""
        return self._checked(Tenant(tenant.name, tuple(hosts), settings, tenant.revision + 1, tenant.created_at))

    def change(self, tenant: Tenant) -> None:
        """Running processes follow within seconds."""
        with unit_of_work(self.db) as session:
            session.execute(
                update(TENANTS)
                .where(TENANTS.c.name == tenant.name)
                .values(settings=dict(tenant.settings), revision=TENANTS.c.revision + 1)
            )
            session.execute(delete(HOSTS).where(HOSTS.c.tenant == tenant.name))
            _write_hosts(session, tenant)

    def remove(self, name: str) -> None:
        """Serve this town no more. Its data are somewhere else, and stay."""
        with unit_of_work(self.db) as session:
            session.execute(delete(TENANTS).where(TENANTS.c.name == name))

    def _checked(self, tenant: Tenant) -> Tenant:
        hosts = checked_hosts(tenant.hosts)
        settings = checked_settings(tenant.settings)
        check_base_url(settings, hosts)
        for host in hosts:
            other = self.at_host(host)
            if other is not None and other.name != tenant.name:
                raise TenantRefused(f"{host} already leads to {other.name}. A host leads to one town.")
        return Tenant(tenant.name, tuple(hosts), settings, tenant.revision, tenant.created_at)

    def _read(self, query: Select[Any]) -> list[Row[Any]]:
        if not self._is_there():
            return []
        with self.db.reading() as session:
            return list(session.execute(query))

    def _is_there(self) -> bool:
        if not self._has_tables and (self._file is None or self._file.exists()):
            self._has_tables = inspect(self.db.engine).has_table(TENANTS.name)
        return self._has_tables

    def _make_tables(self) -> None:
        with self.db.engine.begin() as connection:
            if self.db.schema:
                connection.execute(CreateSchema(self.db.schema, if_not_exists=True))
            _tables.create_all(connection)


@contextmanager
def opened_registry(installation: Settings) -> Iterator[Registry]:
    """The registry of the installation, closed at the end."""
    registry = Registry(installation)
    try:
        yield registry
    finally:
        registry.close()


def _all() -> Select[Any]:
    return select(TENANTS, HOSTS.c.host).join(HOSTS, HOSTS.c.tenant == TENANTS.c.name)


def _tenants(rows: Iterable[Row[Any]]) -> Iterator[Tenant]:
    """Rows of one town stand together, one for each of its hosts."""
    by_name: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    for name, lines in by_name.items():
        first = lines[0]
        yield Tenant(name, tuple(line.host for line in lines), first.settings, first.revision, first.created_at)


def _write_hosts(session: Session, tenant: Tenant) -> None:
    rows = [{"host": host, "tenant": tenant.name, "position": position} for position, host in enumerate(tenant.hosts)]
    session.execute(insert(HOSTS), rows)
