# SPDX-License-Identifier: EUPL-1.2
"""Everything that a town can set, read once from the environment. No other module looks at the environment.

On an installation with several towns `web.tenants.settings` says what is different in one of them.
"""

import os
import re
import secrets
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

#: What a host and port may look like; it goes into a header.
_HOST = re.compile(r"[\w.\-\[\]:@%~]+")
_DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")
_BROKERS = ("amqp", "amqps", "redis", "rediss")
#: A shorter secret could be guessed, and with it every status link.
_SHORTEST_SECRET = 16
_NOT_SET_FROM_OUTSIDE = frozenset({"town", "testing"})


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
    vat_id: str = "DE123456788"


@dataclass(frozen=True)
class Settings:
    """One town's installation. The defaults run everything embedded: SQLite, worker thread, mails into a folder."""

    data_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    #: `amqp://…` or `redis://…`: workers hear of jobs by a queue. Empty: jobs are run in the process that serves.
    broker_url: str = field(default="", repr=False)
    #: Before the names of its queues, where several installations share one broker.
    broker_prefix: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "Stadt Kirchheim unter Teck <amtsfluss@kirchheim.example>"
    #: `https://host/path?originator=…&endpoint=…`; empty for the built-in bank.
    payment_url: str = ""
    #: How the provider knows us: `client:secret`.
    payment_key: str = field(default="", repr=False)
    #: The town's creditor identifier for SEPA direct debits; empty: it collects nothing.
    creditor_id: str = ""
    #: By which a provider signs its calls (Stripe).
    payment_webhook_secret: str = field(default="", repr=False)
    #: Where the provider's own pages lie, when their host is not the one of payment_url.
    payment_pages: str = ""
    #: The ClamAV daemon that looks through uploads: `tcp://host:3310`, `unix:/run/clamav/clamd.ctl`; empty for none.
    clamd_url: str = ""
    #: Issuer of the identity provider (OpenID Connect) with which citizens may log in; empty for none.
    oidc_url: str = ""
    #: How the provider knows us: `id:secret`.
    oidc_key: str = field(default="", repr=False)
    #: What people call the provider.
    oidc_name: str = "Anmeldedienst"
    #: `https://tiles.example.org/{z}/{x}/{y}.png`; empty for maps without a ground, which ask nobody.
    map_tiles: str = ""
    #: Where maps begin: latitude and longitude in degrees (WGS 84).
    map_center: str = "48.6483, 9.4511"
    #: Whom the tiles are from, as their licence wants it said.
    map_attribution: str = ""
    town: Town = field(default_factory=Town)
    rate_limits: bool = True
    trusted_proxies: int = 0
    session_hours: int = 8
    max_upload_mb: int = 12
    #: So many requests of external workers wait for work at a time; each has a thread meanwhile.
    external_waits: int = 16
    log_level: str = "INFO"
    #: `text` for people, `json` for programs that collect logs.
    log_format: str = "text"
    #: Who may read what is measured, beside programs of the same machine.
    metrics_token: str = field(default="", repr=False)
    #: So many processes serve pages where a server can start several.
    processes: int = 1
    #: Where the content of documents lies: `folder:/path`, `s3://bucket?endpoint=…`; empty for the database.
    documents: str = ""
    #: How a store of documents knows us: `id:secret`.
    documents_key: str = field(default="", repr=False)
    #: The town of this name on an installation that serves several; empty where there is one.
    tenant: str = ""
    testing: bool = False

    @property
    def schema(self) -> str:
        """Where the tables are, when several towns share a PostgreSQL database."""
        return f"town_{self.tenant}" if self.tenant and not self.database_url.startswith("sqlite") else ""

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
    def simulator_store(self) -> Path:
        """Where the built-in bank keeps its payments."""
        return self.data_dir / "testbank.sqlite3"

    @property
    def mail_folder(self) -> Path:
        """Where mails are laid down when there is no SMTP server."""
        return self.data_dir / "mail"


def settings_from_environment(
    environ: Mapping[str, str] | None = None, change: Callable[[dict[str, str]], None] | None = None
) -> Settings:
    """Read `AMT_*`; what is not set keeps its default. Raises SettingRefused with the name of the setting.

    `change` puts what is different in one of several towns over what the environment says.
    """
    env = dict(os.environ if environ is None else environ)
    if change is not None:
        change(env)
    data_dir = _data_dir(env)
    host = env.get("AMT_HOST") or "127.0.0.1"
    port = _number(env, "AMT_PORT", 8000, most=65535)
    return Settings(
        data_dir=data_dir,
        database_url=_database(env, f"sqlite:///{data_dir / 'amtsfluss.sqlite3'}"),
        secret_key=_secret(env, data_dir),
        base_url=_address(env, "AMT_BASE_URL", f"http://{_reachable(host)}:{port}", bare=True),
        host=host,
        port=port,
        broker_url=_broker(env),
        broker_prefix=env.get("AMT_BROKER_PREFIX", ""),
        smtp_url=env.get("AMT_SMTP_URL", ""),
        mail_from=env.get("AMT_MAIL_FROM") or Settings.mail_from,
        payment_url=_address(env, "AMT_PAYMENT_URL", ""),
        payment_key=env.get("AMT_PAYMENT_KEY", ""),
        creditor_id=env.get("AMT_CREDITOR_ID", ""),
        payment_webhook_secret=env.get("AMT_PAYMENT_WEBHOOK_SECRET", ""),
        payment_pages=_address(env, "AMT_PAYMENT_PAGES", "", bare=True),
        clamd_url=env.get("AMT_CLAMD_URL", ""),
        oidc_url=_oidc(env),
        oidc_key=env.get("AMT_OIDC_KEY", ""),
        oidc_name=env.get("AMT_OIDC_NAME") or Settings.oidc_name,
        map_tiles=_map_tiles(env),
        map_center=_map_center(env),
        map_attribution=env.get("AMT_MAP_ATTRIBUTION", ""),
        town=_town(env),
        rate_limits=_yes_or_no(env, "AMT_RATE_LIMITS", True),
        trusted_proxies=_number(env, "AMT_TRUSTED_PROXIES", 0, most=10),
        session_hours=_number(env, "AMT_SESSION_HOURS", 8, least=1, most=24 * 366),
        max_upload_mb=_number(env, "AMT_MAX_UPLOAD_MB", 12, least=1, most=1000),
        external_waits=_number(env, "AMT_EXTERNAL_WAITS", 16, most=1000),
        log_level=_log_level(env),
        log_format=_log_format(env),
        metrics_token=_metrics_token(env),
        processes=_processes(env),
        documents=env.get("AMT_DOCUMENTS", ""),
        documents_key=env.get("AMT_DOCUMENTS_KEY", ""),
    )


def unknown_settings(environ: Mapping[str, str] | None = None, also: Iterable[str] = ()) -> dict[str, str | None]:
    """The names of `AMT_*` that set nothing, each with the setting that is probably meant; `also` are known as well."""
    env = os.environ if environ is None else environ
    known = {name.upper() for name in Settings.__dataclass_fields__ if name not in _NOT_SET_FROM_OUTSIDE}
    known |= {f"TOWN_{name.upper()}" for name in Town.__dataclass_fields__}
    known |= {name.removeprefix("AMT_") for name in also}
    # AMT_TEST_* tells the tests of this product where they find their databases.
    ours = {name.removeprefix("AMT_") for name in env if name.startswith("AMT_") and not name.startswith("AMT_TEST_")}
    meant = {name: get_close_matches(name, known, n=1) for name in sorted(ours - known)}
    return {f"AMT_{name}": f"AMT_{close[0]}" if close else None for name, close in meant.items()}


def _town(env: Mapping[str, str]) -> Town:
    names = Town.__dataclass_fields__
    return Town(**{name: env[key] for name in names if (key := f"AMT_TOWN_{name.upper()}") in env})


def _data_dir(env: Mapping[str, str]) -> Path:
    folder = Path(env.get("AMT_DATA_DIR") or "var").resolve()
    try:
        # What citizens wrote lies in it: nobody else on this machine has to read along.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refused:
        raise SettingRefused(f"AMT_DATA_DIR: {folder} cannot be made: {refused.strerror}.") from refused
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingRefused(f"AMT_DATA_DIR: nothing can be written into {folder}. Who runs amt must own it.")
    return folder


def _database(env: Mapping[str, str], default: str) -> str:
    """Looked at, but never repeated in a message: it may hold a password."""
    value = env.get("AMT_DATABASE_URL") or default
    parts = _split(value)
    if not parts or parts.scheme not in _DATABASES or not parts.path.strip("/"):
        raise SettingRefused(
            "AMT_DATABASE_URL must be sqlite:////folder/file or postgresql+psycopg://name:password@host:5432/database."
        )
    return value


def _broker(env: Mapping[str, str]) -> str:
    """Looked at, but never repeated in a message: it may hold a password."""
    value = env.get("AMT_BROKER_URL") or ""
    parts = _split(value)
    if value and (not parts or parts.scheme not in _BROKERS or not parts.hostname):
        raise SettingRefused("AMT_BROKER_URL must be amqp://name:password@host:5672/vhost or redis://host:6379/0.")
    if value and _database(env, "sqlite:///x").startswith("sqlite"):
        raise SettingRefused("AMT_BROKER_URL needs PostgreSQL: set AMT_DATABASE_URL too. SQLite serves one machine.")
    return value


def _secret(env: Mapping[str, str], data_dir: Path) -> str:
    kept = data_dir / "secret_key"
    value = env.get("AMT_SECRET_KEY")
    found = value or _kept_secret(kept)
    if len(found) < _SHORTEST_SECRET:
        where = "AMT_SECRET_KEY" if value else f"AMT_SECRET_KEY (kept in {kept})"
        raise SettingRefused(f"{where} must have at least {_SHORTEST_SECRET} characters.")
    return found


def _kept_secret(path: Path) -> str:
    """The installation's secret, made once: without it every restart would log everybody out."""
    try:
        if not path.exists():
            _keep_secret(path)
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as refused:
        raise SettingRefused(f"The secret in {path} cannot be read or made. Who runs amt must own it.") from refused


def _keep_secret(path: Path) -> None:
    """Whole or not at all, also when two processes start at once."""
    unfinished = path.with_name(f".{path.name}-{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass  # Another process was quicker; its secret counts.
    finally:
        unfinished.unlink()


def _reachable(host: str) -> str:
    if host in {"0.0.0.0", "::", ""}:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _number(env: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int) -> int:
    value = env.get(name) or str(default)
    # The length is looked at first: very long numbers cannot be read at all.
    if not (value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most):
        raise SettingRefused(f"{name} must be a whole number such as {default}, from {least} to {most}, not “{value}”.")
    return int(value)


def _yes_or_no(env: Mapping[str, str], name: str, default: bool) -> bool:
    value = (env.get(name) or ("yes" if default else "no")).lower()
    if value in {"1", "yes", "true", "on", "ja"}:
        return True
    if value in {"0", "no", "false", "off", "nein"}:
        return False
    raise SettingRefused(f"{name} must be “yes” or “no”, not “{value}”.")


def _address(env: Mapping[str, str], name: str, default: str, *, bare: bool = False) -> str:
    """An address of the web; a bare one has no query, because paths are appended to it."""
    value = (env.get(name) or default).rstrip("/")
    parts = _split(value)
    usable = parts and parts.scheme in {"http", "https"} and _HOST.fullmatch(parts.netloc)
    if value and (not parts or not usable or (bare and (parts.query or parts.fragment))):
        raise SettingRefused(f"{name} must be an address such as https://www.example.org, not “{value}”.")
    return value


def _oidc(env: Mapping[str, str]) -> str:
    """Taken as it is written: the provider names itself exactly so, with or without a slash at the end."""
    _address(env, "AMT_OIDC_URL", "", bare=True)
    return env.get("AMT_OIDC_URL", "")


def _map_tiles(env: Mapping[str, str]) -> str:
    value = env.get("AMT_MAP_TILES", "")
    if value and not all(part in value for part in ("{z}", "{x}", "{y}")):
        raise SettingRefused("AMT_MAP_TILES must hold {z}, {x} and {y}, such as https://host/{z}/{x}/{y}.png.")
    _address(env, "AMT_MAP_TILES", "")
    return value


def _map_center(env: Mapping[str, str]) -> str:
    value = env.get("AMT_MAP_CENTER") or Settings.map_center
    if not re.fullmatch(r"-?\d{1,2}(\.\d+)?, ?-?\d{1,3}(\.\d+)?", value):
        raise SettingRefused(f"AMT_MAP_CENTER must be latitude and longitude such as 48.6483, 9.4511, not “{value}”.")
    return value


def _split(value: str) -> SplitResult | None:
    """The parts of an address; None when it is none."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _log_level(env: Mapping[str, str]) -> str:
    value = (env.get("AMT_LOG_LEVEL") or "INFO").upper()
    if value not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise SettingRefused(f"AMT_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “{value}”.")
    return value


def _processes(env: Mapping[str, str]) -> int:
    """One writes into a SQLite file at a time, and counts attempts in its own memory."""
    alone = _database(env, "sqlite:///x").startswith("sqlite")
    wanted = _number(env, "AMT_PROCESSES", 1 if alone else 2, least=1, most=64)
    if alone and wanted > 1:
        raise SettingRefused("AMT_PROCESSES above 1 needs PostgreSQL: set AMT_DATABASE_URL too.")
    return wanted


def _log_format(env: Mapping[str, str]) -> str:
    value = (env.get("AMT_LOG_FORMAT") or "text").lower()
    if value not in {"text", "json"}:
        raise SettingRefused(f"AMT_LOG_FORMAT must be text or json, not “{value}”.")
    return value


def _metrics_token(env: Mapping[str, str]) -> str:
    value = env.get("AMT_METRICS_TOKEN") or ""
    if value and not (value.isascii() and value.isprintable() and len(value) >= _SHORTEST_SECRET):
        raise SettingRefused(f"AMT_METRICS_TOKEN must have at least {_SHORTEST_SECRET} plain characters.")
    return value


#: By it the measuring library knows that several processes measure together; it looks when it is first imported.
_MEASURES = "PROMETHEUS_MULTIPROC_DIR"


def share_measures(settings: Settings) -> None:
    """Let the processes of this machine measure together. What dead processes have left is thrown away."""
    # Files are named by process numbers, which say nothing on another machine or in another container.
    folder = settings.data_dir / "measures" / socket.gethostname()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        number = file.stem.rpartition("_")[2]
        if not Path("/proc", number).exists():
            file.unlink(missing_ok=True)
    os.environ[_MEASURES] = str(folder)


def shared_measures() -> Path | None:
    """Where the processes of this machine measure together; None when this one measures for itself."""
    return Path(os.environ[_MEASURES]) if _MEASURES in os.environ else None
