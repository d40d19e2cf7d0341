# SPDX-License-Identifier: EUPL-1.2
"""What towns and hosts may be called, and what may be said of a town when it is registered."""

import re
from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import idna

from engine.errors import AmtsflussError
from web.tenants.settings import OF_A_TOWN

NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")
_LONGEST_HOST = 253
_ASKED = re.compile(r"(\[[^\]]*\]|[^:]*)(:[0-9]*)?")


class TenantRefused(AmtsflussError):
    """A town cannot be registered like this; the message says why and what to do."""


def checked_name(name: str) -> str:
    """The name, which also names the town's folder or schema."""
    if not NAME.fullmatch(name):
        raise TenantRefused(
            f"“{name}” cannot be the name of a town: 2 to 41 of a-z, 0-9 and _, the first one a letter."
        )
    return name


def without_port(asked: str) -> str:
    """The host of what a browser asks for: `amt.example:8000` and `[::1]:8000` have a port."""
    found = _ASKED.fullmatch(asked)
    return found[1] if found else ""


def as_asked(host: str) -> str | None:
    """A host as browsers ask for it: small letters, foreign ones encoded. None when it can be no host."""
    bare = host.strip().lower().removeprefix("[").removesuffix("]").removesuffix(".")
    try:
        return str(ip_address(bare))
    except ValueError:
        pass
    try:
        encoded = idna.encode(bare, uts46=True).decode("ascii")
    except UnicodeError:
        return None
    return encoded if len(encoded) <= _LONGEST_HOST else None


def checked_hosts(written: Iterable[str]) -> list[str]:
    """The hosts as browsers ask for them, each once and in their order."""
    found: dict[str, None] = {}
    for each in written:
        host = as_asked(each)
        if host is None:
            raise TenantRefused(
                f"“{each}” is no host. Write one such as amt.kirchheim.example, without https:// and without a port."
            )
        found[host] = None
    if not found:
        raise TenantRefused("A town needs a host by which it is asked for: --host amt.kirchheim.example")
    return list(found)


def checked_settings(given: Mapping[str, str]) -> dict[str, str]:
    """What is set for a town alone; whether the values are usable is seen when the town is opened."""
    unknown = sorted(set(given) - OF_A_TOWN)
    if unknown:
        raise TenantRefused(
            f"{', '.join(unknown)} cannot be set for a town. These can: {', '.join(sorted(OF_A_TOWN))}."
        )
    return dict(given)


def check_base_url(given: Mapping[str, str], hosts: Collection[str]) -> None:
    """Links in mails must lead to this town, not to another or to nobody."""
    url = given.get("BASE_URL")
    host = as_asked(urlsplit(url).hostname or "") if url else None
    if url and (host is None or host not in hosts):
        raise TenantRefused(
            f"BASE_URL leads to {host or 'no host'}, which is no host of this town. Name it with --host."
        )
