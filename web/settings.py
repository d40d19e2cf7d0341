# SPDX-License-Identifier: EUPL-1.2
"""Everything that a town can set, read once from the environment. No other module looks at the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


class SettingRefused(ValueError):
    """A setting has a value that cannot be used; the message names it and says what to write instead."""


@dataclass(frozen=True)
class Town:
    """How the town names itself on pages and letters."""

    name: str = "Kirchheim unter Teck"
    authority: str = "Stadt Kirchheim unter Teck"
    street: str = "Marktstraße 14"
    postcode: str = "73230"
    phone: str = "07021 502-0"
    email: str = "buergerbuero@kirchheim.example"
    website: str = "https://www.kirchheim-teck.de"
    department: str = "Bürgerbüro"
    court: str = "Verwaltungsgericht Stuttgart"
    iban: str = "DE02120300000000202051"
    bic: str = "BYLADEM1001"
    creditor: str = "Stadt Kirchheim unter Teck"
    note: str = "Vorführung: Personen, Beträge und Bankverbindung sind erfunden."


@dataclass(frozen=True)
class Settings:
    """One town's installation. The defaults run everything embedded: SQLite, worker thread, mails into a folder."""

    data_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "Stadt Kirchheim unter Teck <amtsfluss@kirchheim.example>"
    #: `https://host/path?originator=…&endpoint=…`; empty for the built-in bank.
    payment_url: str = ""
    #: How the provider knows us: `client:secret`.
    payment_key: str = field(default="", repr=False)
    #: Where the provider's own pages lie, when their host is not the one of payment_url.
    payment_pages: str = ""
    town: Town = field(default_factory=Town)
    rate_limits: bool = True
    trusted_proxies: int = 0
    session_hours: int = 8
    max_upload_mb: int = 12
    log_level: str = "INFO"
    testing: bool = False

    @property
    def is_https(self) -> bool:
        """Whether people reach the town over HTTPS; cookies and HSTS follow from it."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def own_url(self) -> str:
        """Where the pages are reached when nothing stands in front of this process."""
        return f"http://{_reachable(self.host)}:{self.port}"

    @property
    def has_simulator(self) -> bool:
        """Whether the built-in bank stands in for a payment provider."""
        return not self.payment_url

    @property
    def mail_folder(self) -> Path:
        """Where mails are laid down when there is no SMTP server."""
        return self.data_dir / "mail"


def settings_from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read `AMT_*`; what is not set keeps its default. Raises SettingRefused with the name of the setting."""
    env = os.environ if environ is None else environ
    data_dir = Path(env.get("AMT_DATA_DIR") or "var").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    host = env.get("AMT_HOST") or "127.0.0.1"
    port = _number(env, "AMT_PORT", 8000)
    return Settings(
        data_dir=data_dir,
        database_url=env.get("AMT_DATABASE_URL") or f"sqlite:///{data_dir / 'amtsfluss.sqlite3'}",
        secret_key=env.get("AMT_SECRET_KEY") or _kept_secret(data_dir / "secret_key"),
        base_url=_address(env, "AMT_BASE_URL", f"http://{_reachable(host)}:{port}"),
        host=host,
        port=port,
        smtp_url=env.get("AMT_SMTP_URL", ""),
        mail_from=env.get("AMT_MAIL_FROM") or Settings.mail_from,
        payment_url=_address(env, "AMT_PAYMENT_URL", ""),
        payment_key=env.get("AMT_PAYMENT_KEY", ""),
        payment_pages=_address(env, "AMT_PAYMENT_PAGES", ""),
        town=_town(env),
        rate_limits=_yes_or_no(env, "AMT_RATE_LIMITS", True),
        trusted_proxies=_number(env, "AMT_TRUSTED_PROXIES", 0),
        session_hours=_number(env, "AMT_SESSION_HOURS", 8),
        max_upload_mb=_number(env, "AMT_MAX_UPLOAD_MB", 12),
        log_level=_log_level(env),
    )


def _town(env: Mapping[str, str]) -> Town:
    names = Town.__dataclass_fields__
    return Town(**{name: env[key] for name in names if (key := f"AMT_TOWN_{name.upper()}") in env})


def _kept_secret(path: Path) -> str:
    """The installation's secret, made once: without it every restart would log everybody out."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not value.isdecimal():
        raise SettingRefused(f"{name} must be a whole number such as {default}, not “{value}”.")
    return int(value)


def _yes_or_no(env: Mapping[str, str], name: str, default: bool) -> bool:
    value = (env.get(name) or ("yes" if default else "no")).lower()
    if value in {"1", "yes", "true", "on", "ja"}:
        return True
    if value in {"0", "no", "false", "off", "nein"}:
        return False
    raise SettingRefused(f"{name} must be “yes” or “no”, not “{value}”.")


def _address(env: Mapping[str, str], name: str, default: str) -> str:
    value = (env.get(name) or default).rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise SettingRefused(f"{name} must be an address such as https://www.example.org, not “{value}”.")
    return value


def _log_level(env: Mapping[str, str]) -> str:
    value = (env.get("AMT_LOG_LEVEL") or "INFO").upper()
    if value not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise SettingRefused(f"AMT_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “{value}”.")
    return value
