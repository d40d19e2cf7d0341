# SPDX-License-Identifier: EUPL-1.2
"""Public addresses that let a person in without an account: signed, so that nobody can guess or change them.

Each purpose has its own salt: a link to a payment opens no status page. The check page of a permit needs no signature;
its code is random.
"""

from urllib.parse import quote, urlsplit

from itsdangerous import BadSignature, URLSafeSerializer

from engine.errors import ConnectorUnavailable
from engine.operations import Connector

_STATUS = "status"
_PAYMENT = "zahlung"


class Links(Connector):
    """Makes and reads the town's public addresses. `secret_key` must stay the same as long as links shall work."""

    def __init__(self, base_url: str, secret_key: str) -> None:
        self._base = base_url.rstrip("/")
        self._signers = {
            purpose: URLSafeSerializer(secret_key, salt=f"amtsfluss.links.{purpose}") for purpose in (_STATUS, _PAYMENT)
        }

    def status(self, case_id: str) -> str:
        """Where the applicant follows the case; whoever has the address may read and answer."""
        return self._address(_STATUS, case_id)

    def verify_status(self, token: str) -> str | None:
        """The case that a token stands for, None when the token was not made by us."""
        return self._verify(_STATUS, token)

    def zahlung(self, reference: str) -> str:
        """Where a claim is paid online; `reference` is its ISO 11649 reference."""
        return self._address(_PAYMENT, reference)

    def verify_zahlung(self, token: str) -> str | None:
        """The reference that a token stands for, None when the token was not made by us."""
        return self._verify(_PAYMENT, token)

    def ausweis(self, code: str) -> str:
        """Where anybody sees whether a parking permit is valid."""
        return f"{self._base}/ausweis/{quote(code, safe='')}"

    def check(self) -> None:
        """Raise `ConnectorUnavailable` when the base address cannot be reached from outside by its form."""
        parts = urlsplit(self._base)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ConnectorUnavailable("the town's public address (AMT_BASE_URL) is not an http(s) address")

    def _address(self, purpose: str, value: str) -> str:
        return f"{self._base}/{purpose}/{self._signers[purpose].dumps(value)}"

    def _verify(self, purpose: str, token: str) -> str | None:
        try:
            value = self._signers[purpose].loads(token)
        except BadSignature:
            return None
        return value if isinstance(value, str) else None


class FakeLinks(Links):
    """Links of a town that exists only in tests."""

    def __init__(self, base_url: str = "https://stadt.example", secret_key: str = "only-for-tests") -> None:
        super().__init__(base_url, secret_key)
