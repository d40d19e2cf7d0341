# SPDX-License-Identifier: EUPL-1.2
"""What protects every page: headers, CSRF tokens, rate limits, guards."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect, generate_csrf
from limits.strategies import RateLimiter
from markupsafe import Markup

from web.bootstrap import platform
from web.ratelimits import SHARED
from web.settings import Settings

csrf = CSRFProtect()

_COUNTS = "amtsfluss.counts"


class _Limits(Limiter):
    """The same limits for every application of this process; each counts for itself."""

    @property
    def limiter(self) -> RateLimiter:
        """What counts for the application of this request."""
        counts: RateLimiter = current_app.extensions[_COUNTS]
        return counts

    def init_app(self, app: Flask) -> None:
        """Let this application count from now on."""
        super().init_app(app)
        app.extensions[_COUNTS] = super().limiter


#: A span of time begins with its first attempt.
limiter = _Limits(key_func=get_remote_address, storage_uri=SHARED, strategy="fixed-window")

F = TypeVar("F", bound=Callable[..., object])


def register(app: Flask, settings: Settings) -> None:
    """Protect the application."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,  # A token lives as long as its session: long forms must not run out.
        WTF_CSRF_SSL_STRICT=False,  # It wants a referrer, and pages with a secret link send none.
        SESSION_COOKIE_NAME="amtsfluss",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        RATELIMIT_ENABLED=True,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    app.before_request(_refuse_nul)
    csrf.init_app(app)
    limiter.init_app(app)
    app.jinja_env.globals["csrf_field"] = csrf_field
    policy = content_security_policy(settings)
    app.after_request(lambda response: _protect(response, policy, settings.is_https))


def _refuse_nul() -> None:
    """No address of ours holds a NUL, and PostgreSQL breaks off at one."""
    if "\0" in request.path or b"%00" in request.query_string:
        abort(404)


@limiter.request_filter
def _limits_switched_off() -> bool:
    return not platform().settings.rate_limits


def csrf_field() -> Markup:
    """The hidden field that every form which is sent by POST carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def content_security_policy(settings: Settings) -> str:
    """Everything comes from us, nothing is inline; forms may lead on to the payment provider."""
    targets = ["'self'", *_origin(settings.payment_url), *_origin(settings.payment_pages)]
    return "; ".join(
        (
            "default-src 'self'",
            # The design system's icons are masks with data addresses.
            " ".join(["img-src 'self' data:", *_origin(settings.map_tiles)]),
            "object-src 'none'",
            "base-uri 'none'",
            f"form-action {' '.join(targets)}",
            "frame-ancestors 'none'",
        )
    )


def _origin(address: str) -> list[str]:
    """Scheme and host of an address, as the policy names them; nothing for no address."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"] if address else []


def may_ask_for_place() -> None:
    """Say in a view that its page may ask the browser where the person is."""
    g.may_ask_for_place = True


def keep_address_secret() -> None:
    """Say in a view that the page's address is a secret (status link): no other page may learn it as referrer."""
    g.address_is_secret = True


def public() -> None:
    """The guard of blueprints that everybody may see. Written down so that no blueprint is open by accident."""


def _protect(response: Response, policy: str, is_https: bool) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    place = "self" if g.get("may_ask_for_place") else ""
    headers.setdefault("Permissions-Policy", f"camera=(), geolocation=({place}), microphone=()")
    secret = g.get("address_is_secret", False)
    headers.setdefault("Referrer-Policy", "no-referrer" if secret else "same-origin")
    if is_https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint == "static":
        headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
    else:
        headers.setdefault("Cache-Control", "no-store")
    return response
