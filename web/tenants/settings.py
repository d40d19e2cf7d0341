# SPDX-License-Identifier: EUPL-1.2
"""The settings of one of several towns: those of the installation, save what the registry says of this one.

Secrets are in no table: what a town has of its own stands in the environment, under its name.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from engine.incidents import reason_of
from web.settings import SettingRefused, Settings, Town, settings_from_environment

#: What a town may have of its own, said in the registry.
OF_A_TOWN = frozenset(
    {"BASE_URL", "MAIL_FROM", "PAYMENT_URL", "PAYMENT_PAGES", "SESSION_HOURS"}
    | {f"TOWN_{name.upper()}" for name in Town.__dataclass_fields__}
)
_SECRETS = ("PAYMENT_KEY", "SMTP_URL", "SECRET_KEY")


def secrets_of(name: str) -> list[str]:
    """How the secrets of this town are called in the environment, such as `AMT_KIRCHHEIM_PAYMENT_KEY`."""
    return [f"AMT_{name.upper()}_{secret}" for secret in _SECRETS]


def settings_of(installation: Settings, name: str, hosts: Iterable[str], given: Mapping[str, str]) -> Settings:
    """The settings of this town. Raises SettingRefused with the town's name and that of the setting."""
    try:
        found = settings_from_environment(change=partial(_put_over, installation, name, next(iter(hosts)), given))
    except SettingRefused as refused:
        raise SettingRefused(f"{name}: {refused}") from refused
    return replace(found, tenant=name, rate_limits=installation.rate_limits, testing=installation.testing)


def said_of(trouble: Exception) -> str:
    """What went wrong with a town, for the log: our own sentences, but only the kind of a foreign error."""
    return str(trouble) if isinstance(trouble, SettingRefused) else reason_of(trouble)


def _put_over(installation: Settings, name: str, host: str, given: Mapping[str, str], env: dict[str, str]) -> None:
    folder = installation.data_dir / "towns" / name
    if installation.database_url.startswith("sqlite"):
        env["AMT_DATABASE_URL"] = f"sqlite:///{folder / 'amtsfluss.sqlite3'}"
    else:
        env["AMT_DATABASE_URL"] = installation.database_url
    env["AMT_DATA_DIR"] = str(folder)
    env["AMT_SECRET_KEY"] = _derived(installation.secret_key, f"town:{name}")
    env["AMT_HOST"], env["AMT_PORT"] = installation.host, str(installation.port)
    env["AMT_BASE_URL"] = _at_host(installation.base_url, host)
    if env.get("AMT_DOCUMENTS"):
        # What one town deletes another may still need, be it the same content.
        env["AMT_DOCUMENTS"] = _below(env["AMT_DOCUMENTS"], name)
    if "PAYMENT_URL" in given:
        # A provider of its own is never shown the key by which another one knows the installation.
        env["AMT_PAYMENT_KEY"] = env["AMT_PAYMENT_PAGES"] = ""
    env.update({f"AMT_{key}": value for key, value in given.items()})
    for secret, key in zip(_SECRETS, secrets_of(name), strict=True):
        if key in env:
            env[f"AMT_{secret}"] = env[key]


def _derived(secret: str, purpose: str) -> str:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _below(address: str, folder: str) -> str:
    parts = urlsplit(address)
    return parts._replace(path=f"{parts.path.rstrip('/')}/{folder}").geturl()


def _at_host(address: str, host: str) -> str:
    """The same address at another host."""
    parts = urlsplit(address)
    shown = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=f"{shown}:{parts.port}" if parts.port else shown).geturl()
