# SPDX-License-Identifier: EUPL-1.2
"""What every command does first: read the settings, say how loud the log is, open the town; and close it at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from web import logs
from web.settings import Settings, settings_from_environment, unknown_settings

if TYPE_CHECKING:
    from web.bootstrap import Platform

_WHICH_TOWN = (
    "This installation serves several towns. Say which one is meant: amt --tenant NAME …, or AMT_TENANT=NAME. "
    "Which there are: amt tenant list"
)


def read_settings() -> Settings:
    """The settings of the town that is meant; an installation with several wants to be told which."""
    installation = read_installation()
    chosen = chosen_town()
    from web.tenants.registry import TenantUnknown, opened_registry
    from web.tenants.settings import settings_of

    with opened_registry(installation) as registry:
        if not chosen:
            if registry.has_towns:
                raise click.ClickException(_WHICH_TOWN)
            return installation
        tenant = registry.named(chosen)
        if tenant is None:
            raise TenantUnknown(f"There is no town called {chosen} here. See: amt tenant list")
        return settings_of(installation, tenant.name, tenant.hosts, tenant.settings)


def read_served() -> Settings:
    """The settings of the town that is meant, or of the whole installation where none is named."""
    return read_settings() if chosen_town() else read_installation()


def chosen_town() -> str:
    """The town that was named before the command, or by AMT_TENANT."""
    context = click.get_current_context(silent=True)
    return (context.find_root().params.get("tenant") if context else None) or ""


def read_installation() -> Settings:
    """The settings of the environment; from now on the log speaks at their level."""
    settings = settings_from_environment()
    logs.set_up(settings)
    return settings


def warn_of_unknown_settings() -> None:
    """A misspelt setting would silently keep its default. Values are not shown: they may be secret."""
    from web.tenants.registry import opened_registry
    from web.tenants.settings import secrets_of

    with opened_registry(settings_from_environment()) as registry:
        secrets = [secret for tenant in registry.tenants() for secret in secrets_of(tenant.name)]
    for name, meant in unknown_settings(also=secrets).items():
        hint = f"Do you mean {meant}?" if meant else "All settings are described in docs/betrieb.md."
        click.secho(f"Warning: {name} is no setting and has no effect. {hint}", fg="yellow", err=True)


@contextmanager
def opened_town(settings: Settings | None = None) -> "Iterator[Platform]":
    """The town of these settings, or else of the environment, closed at the end. Loads what is heavy only now."""
    from processes import load
    from web.bootstrap import build_platform

    settings = settings or read_settings()
    load()
    town = build_platform(settings)
    try:
        yield town
    finally:
        town.close()
