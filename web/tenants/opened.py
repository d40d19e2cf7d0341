# SPDX-License-Identifier: EUPL-1.2
"""The towns that a process has opened: each when it is first needed, anew when it has changed in the registry."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from threading import Lock
from time import monotonic

from engine.cache import Cache
from engine.clock import Clock
from engine.operations import Connector
from processes import load
from web.bootstrap import Platform, build_platform
from web.settings import Settings
from web.tenants.names import as_asked, without_port
from web.tenants.registry import Registry, Tenant, TenantUnknown
from web.tenants.round import Round
from web.tenants.settings import said_of, settings_of
from web.waiting import Seats

logger = logging.getLogger(__name__)

#: So many seconds what the registry has said is believed.
_BELIEVED = 2.0
_MOST_REMEMBERED = 5000


class OneTown:
    """The town of an installation that serves no other, or the one that was chosen."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def town(self) -> Platform:
        """The town, opened when it is first needed."""
        return build_platform(self.settings)

    def named(self, name: str) -> Platform:
        """The town; raises TenantUnknown when another one is meant."""
        if name != self.settings.tenant:
            raise TenantUnknown(f"There is no town called {name} here.")
        return self.town

    def all(self) -> list[Platform]:
        """This one."""
        return [self.town]

    def start_jobs(self, *, of_all: bool = True) -> None:
        """Look after its jobs."""
        self.town.start_jobs()

    def send_waiting_away(self) -> None:
        """Nobody waits for work any more."""
        self.town.waiting.close()

    def close(self) -> None:
        """Finish what is in hand."""
        self.town.close()


class ManyTowns:
    """The towns of the registry, by their name or by the host that was asked for."""

    def __init__(
        self,
        installation: Settings,
        registry: Registry,
        *,
        clock: Clock | None = None,
        connectors: Callable[[str], Mapping[type, Connector]] | None = None,
    ) -> None:
        self.settings = installation
        self._registry = registry
        self._clock = clock
        self._connectors = connectors or (lambda name: {})
        self._seats = Seats(installation.external_waits)
        self._said: Cache[str, tuple[float, Tenant]] = Cache(_MOST_REMEMBERED)
        self._opened: dict[str, tuple[int, Platform]] = {}
        self._lock = Lock()
        self._round = Round(self.named, self.all)

    def named(self, name: str) -> Platform:
        """The town of this name; raises TenantUnknown, or SettingRefused when it cannot be opened."""
        tenant = self._remembered(name, self._registry.named)
        if tenant is None:
            self._shut(name)
            raise TenantUnknown(f"There is no town called {name} here. See: amt tenant list")
        return self._open(tenant)

    def at_host(self, asked: str) -> Platform | None:
        """The town that is asked for, with or without a port; None when there is none."""
        tenant = self._remembered(f"//{asked}", self._tenant_asked_for)
        return self._open(tenant) if tenant else None

    def all(self) -> list[Platform]:
        """All towns that can be opened; of the others the log says why not."""
        tenants = self._registry.tenants()
        for gone in set(self._opened) - {tenant.name for tenant in tenants}:
            self._shut(gone)
        return [town for tenant in tenants if (town := self._opened_if_possible(tenant)) is not None]

    def start_jobs(self, *, of_all: bool = True) -> None:
        """Look after the jobs of all towns, or only after what is left by commits of this process."""
        self._round.start(of_all=of_all)

    def close(self) -> None:
        """Finish what is in hand and give all connections back."""
        self.send_waiting_away()
        self._round.stop()
        for name in list(self._opened):
            self._shut(name)
        self._registry.close()

    def send_waiting_away(self) -> None:
        """Nobody waits for work any more."""
        for _, town in list(self._opened.values()):
            town.waiting.close()

    def _tenant_asked_for(self, key: str) -> Tenant | None:
        host = as_asked(without_port(key.removeprefix("//")))
        return self._registry.at_host(host) if host else None

    def _remembered(self, key: str, ask: Callable[[str], Tenant | None]) -> Tenant | None:
        """What the registry says. Only what there is is remembered: what there is not has no end."""
        at, said = self._said.get(key) or (0.0, None)
        if said is None or monotonic() - at > _BELIEVED:
            said = ask(key)
            if said is not None:
                self._said.put(key, (monotonic(), said))
        return said

    def _opened_if_possible(self, tenant: Tenant) -> Platform | None:
        try:
            return self._open(tenant)
        except Exception as trouble:
            logger.error("%s cannot be opened: %s", tenant.name, said_of(trouble))
            return None

    def _open(self, tenant: Tenant) -> Platform:
        known = self._opened.get(tenant.name)
        if known is not None and known[0] >= tenant.revision:
            return known[1]
        with self._lock:
            known = self._opened.get(tenant.name)
            if known is not None and known[0] >= tenant.revision:
                return known[1]
            town = self._build(tenant)
            self._opened[tenant.name] = tenant.revision, town
        if known is not None:
            # Requests that are being answered keep their connections until they are done.
            known[1].close()
        self._round.ring(tenant.name)
        return town

    def _build(self, tenant: Tenant) -> Platform:
        settings = settings_of(self.settings, tenant.name, tenant.hosts, tenant.settings)
        connectors = self._connectors(tenant.name)
        town = build_platform(settings, clock=self._clock, connectors=connectors, seats=self._seats)
        town.bell.listeners.append(partial(self._round.ring, tenant.name))
        return town

    def _shut(self, name: str) -> None:
        with self._lock:
            known = self._opened.pop(name, None)
        if known is not None:
            known[1].close()


Towns = OneTown | ManyTowns


def towns_of(settings: Settings) -> Towns:
    """The towns that a process with these settings looks after."""
    if not settings.tenant:
        registry = Registry(settings)
        if registry.has_towns:
            return ManyTowns(settings, registry)
        registry.close()
    return OneTown(settings)


@contextmanager
def opened_towns(settings: Settings) -> Iterator[Towns]:
    """These towns, closed at the end."""
    load()
    towns = towns_of(settings)
    try:
        yield towns
    finally:
        towns.close()
