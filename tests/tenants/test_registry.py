# SPDX-License-Identifier: EUPL-1.2
"""What the registry takes, what it refuses, and what it costs to find a town in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from engine.clock import FrozenClock
from engine.db import unit_of_work
from tests.tenants.country import NOW
from web.settings import Settings
from web.tenants.names import TenantRefused, as_asked, without_port
from web.tenants.registry import HOSTS, TENANTS, Registry


@pytest.fixture(scope="module")
def registry(installation: Settings) -> Iterator[Registry]:
    registry = Registry(installation, FrozenClock(NOW))
    assert not registry.has_towns
    assert registry.at_host("ost.example") is None
    registry.add(registry.candidate("ost", ["Ost.Example.", "straße.ost.example"], {"TOWN_NAME": "Ost"}))
    yield registry
    registry.close()


def test_a_town_is_found_by_each_of_its_hosts(registry: Registry):
    for host in ("ost.example", "xn--strae-oqa.ost.example"):
        found = registry.at_host(host)
        assert found is not None
        assert (found.name, found.settings) == ("ost", {"TOWN_NAME": "Ost"})


@pytest.mark.parametrize(
    ("name", "hosts", "settings", "why"),
    [
        ("Ost", ["a.example"], {}, "cannot be the name"),
        ("o", ["a.example"], {}, "cannot be the name"),
        ("ost;drop", ["a.example"], {}, "cannot be the name"),
        ("o" * 42, ["a.example"], {}, "cannot be the name"),
        ("ost", ["a.example"], {}, "already a town"),
        ("nord", ["OST.example"], {}, "already leads to ost"),
        ("nord", [], {}, "needs a host"),
        ("nord", ["https://nord.example"], {}, "is no host"),
        ("nord", ["nord.example:80"], {}, "is no host"),
        ("nord", ["nord_amt.example"], {}, "is no host"),
        ("nord", ["nord.example"], {"DATABASE_URL": "sqlite:////tmp/x"}, "cannot be set"),
        ("nord", ["nord.example"], {"SECRET_KEY": "x" * 32}, "cannot be set"),
        ("nord", ["nord.example"], {"BASE_URL": "https://ost.example"}, "no host of this town"),
    ],
)
def test_what_cannot_be_a_town_is_refused(
    registry: Registry, name: str, hosts: list[str], settings: dict[str, str], why: str
):
    with pytest.raises(TenantRefused, match=why):
        registry.candidate(name, hosts, settings)


@pytest.mark.parametrize(
    ("asked", "host"),
    [
        ("OST.example:8000", "ost.example"),
        ("ost.example.", "ost.example"),
        ("[::1]:80", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("ost.example:80:90", None),
        ("", None),
        ("a b", None),
        ("x" * 300, None),
    ],
)
def test_a_host_is_read_as_it_is_asked_for(asked: str, host: str | None):
    assert as_asked(without_port(asked)) == host


def test_a_town_among_a_thousand_is_found_by_one_question_to_an_index(registry: Registry):
    many = [f"town_{number}" for number in range(1000)]
    with unit_of_work(registry.db) as session:
        rows = [{"name": name, "settings": {}, "revision": 1, "created_at": NOW} for name in many]
        session.execute(insert(TENANTS), rows)
        hosts = [{"host": f"{name}.example".replace("_", "-"), "tenant": name, "position": 0} for name in many]
        session.execute(insert(HOSTS), hosts)
    questions = asked_of(registry, lambda: registry.at_host("town-500.example"))
    assert len(questions) == 1
    plan = plan_of(registry, *questions[0])
    assert "scan tenant" not in plan.lower()
    assert "seq scan" not in plan.lower()


def asked_of(registry: Registry, ask: Callable[[], object]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    event.listen(registry.db.engine, "before_cursor_execute", note)
    assert ask() is not None
    event.remove(registry.db.engine, "before_cursor_execute", note)
    return found


def plan_of(registry: Registry, statement: str, parameters: Any) -> str:
    with registry.db.engine.connect() as connection:
        if not registry.db.is_sqlite:
            # What lies on a few pages is read as a whole, whatever indexes there are.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        how = "EXPLAIN QUERY PLAN " if registry.db.is_sqlite else "EXPLAIN "
        return "\n".join(str(row) for row in connection.exec_driver_sql(how + statement, parameters))
