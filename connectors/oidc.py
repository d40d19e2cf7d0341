# SPDX-License-Identifier: EUPL-1.2
"""The identity provider that a town may let its citizens log in with: OpenID Connect, authorisation code and PKCE."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]  # authlib ships no types
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]  # authlib ships no types
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from engine.clock import Clock, SystemClock
from engine.errors import AmtsflussError, ConnectorUnavailable
from engine.operations import Connector

#: To connect, and to read, in seconds.
_TIMEOUT = (5.0, 15.0)
_SCOPE = "openid email profile address phone"
#: Signatures that are made with a public key; `none` and shared secrets are no proof to us.
_ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
_LEEWAY_SECONDS = 60
_LONGEST = 254


class AnmeldedienstFehler(AmtsflussError):
    """The provider cannot be reached, or what it says proves nothing. Names nobody."""


@dataclass(frozen=True)
class Frage:
    """A login that is asked for."""

    #: Where the person goes.
    address: str
    #: What their browser keeps until they are back; without it the answer is worth nothing.
    remember: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class Ausgewiesen:
    """Whom the provider vouches for."""

    issuer: str
    subject: str
    #: Empty unless the provider has checked it.
    email: str
    #: What it knows of the person, by the purposes of WCAG 1.3.5 (`given-name`, …).
    details: dict[str, str]


class IdentityProvider(Connector, ABC):
    """Says who somebody is. Both methods raise `AnmeldedienstFehler`."""

    #: What people call it, such as “BundID”.
    name: str

    @abstractmethod
    def ask(self, back: str) -> Frage:
        """Where to send a person, who comes back to the address `back`."""

    @abstractmethod
    def answer(self, remembered: Mapping[str, str], told: Mapping[str, str], back: str) -> Ausgewiesen:
        """Who came back, from what their browser kept and what the way back says."""


class OpenIdConnect(IdentityProvider):
    """A provider that describes itself under `<issuer>/.well-known/openid-configuration`."""

    def __init__(
        self,
        issuer: str,
        client: str,
        name: str,
        *,
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self._issuer = issuer
        self._id, _, self._secret = client.partition(":")
        if not self._id or not self._secret:
            raise ValueError("must be id:secret")
        self._clock = clock or SystemClock()
        self._description: dict[str, Any] | None = None

    def ask(self, back: str) -> Frage:
        told = self._described()
        remember = {key: secrets.token_urlsafe(32) for key in ("state", "nonce", "verifier")}
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                told["authorization_endpoint"],
                state=remember["state"],
                nonce=remember["nonce"],
                code_verifier=remember["verifier"],
            )
        return Frage(address, remember)

    def answer(self, remembered: Mapping[str, str], told: Mapping[str, str], back: str) -> Ausgewiesen:
        expected = remembered.get("state", "")
        if not expected or not secrets.compare_digest(expected, told.get("state", "")) or "code" not in told:
            raise AnmeldedienstFehler
        described = self._described()
        try:
            with self._client(back) as client:
                token = client.fetch_token(
                    described["token_endpoint"], code=told["code"], code_verifier=remembered["verifier"]
                )
                claims = self._proved(token["id_token"], remembered["nonce"], client, described)
                if "userinfo_endpoint" in described:
                    more = _json(client.get(described["userinfo_endpoint"], timeout=_TIMEOUT))
                    # Whoever the token is about; another's details are not taken.
                    claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
        except (requests.RequestException, AuthlibBaseError, JoseError, KeyError, ValueError, TypeError) as cause:
            raise AnmeldedienstFehler from cause
        return _person(self._issuer, claims)

    def check(self) -> None:
        """Raise `ConnectorUnavailable` when the provider does not describe itself."""
        try:
            self._described()
        except AnmeldedienstFehler as cause:
            raise ConnectorUnavailable("the identity provider does not answer") from cause

    def _proved(self, id_token: str, nonce: str, client: OAuth2Session, described: Mapping[str, Any]) -> dict[str, Any]:
        keys = KeySet.import_key_set(_json(requests.get(described["jwks_uri"], timeout=_TIMEOUT)))
        claims = jwt.decode(id_token, keys, algorithms=_ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock.now().timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        return dict(claims)

    def _described(self) -> dict[str, Any]:
        if self._description is None:
            address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            try:
                told = _json(requests.get(address, timeout=_TIMEOUT))
            except (requests.RequestException, ValueError) as cause:
                raise AnmeldedienstFehler from cause
            needed = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}
            if not isinstance(told, dict) or not needed <= set(told) or told["issuer"] != self._issuer:
                raise AnmeldedienstFehler
            self._description = told
        return self._description

    def _client(self, back: str) -> OAuth2Session:
        return OAuth2Session(
            self._id,
            self._secret,
            scope=_SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=_TIMEOUT,
        )


class FakeIdentityProvider(IdentityProvider):
    """Vouches for `person`, or for nobody."""

    name = "Testdienst"

    def __init__(self, person: Ausgewiesen | None = None) -> None:
        self.person = person
        self.unreachable = False

    def ask(self, back: str) -> Frage:
        if self.unreachable:
            raise AnmeldedienstFehler
        return Frage(f"https://dienst.example/anmelden?zurueck={back}", {"state": "s"})

    def answer(self, remembered: Mapping[str, str], told: Mapping[str, str], back: str) -> Ausgewiesen:
        if self.person is None or remembered.get("state") != told.get("state"):
            raise AnmeldedienstFehler
        return self.person

    def check(self) -> None:
        if self.unreachable:
            raise ConnectorUnavailable("the fake identity provider is switched off")


def _json(response: requests.Response) -> Any:
    response.raise_for_status()
    return response.json()


def _person(issuer: str, claims: Mapping[str, Any]) -> Ausgewiesen:
    address = claims.get("address")
    place = address if isinstance(address, Mapping) else {}
    found = {
        "given-name": claims.get("given_name"),
        "family-name": claims.get("family_name"),
        "address-line1": place.get("street_address"),
        "postal-code": place.get("postal_code"),
        "address-level2": place.get("locality"),
        "tel": claims.get("phone_number"),
    }
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Ausgewiesen(
        issuer=issuer,
        subject=str(claims["sub"])[:255],
        email=email if isinstance(email, str) and len(email) <= _LONGEST else "",
        details={key: value[:_LONGEST] for key, value in found.items() if isinstance(value, str)},
    )
