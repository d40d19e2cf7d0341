# SPDX-License-Identifier: EUPL-1.2
"""What the simulator signs: access tokens of its API and the hidden field of its own forms."""

import hashlib
import hmac

from itsdangerous import BadSignature, URLSafeTimedSerializer

from connectors.payment import ClientCredentials

TOKEN_SECONDS = 600
_FORM_SECONDS = 8 * 3600


class Seals:
    """Signs with a key derived from the client's secret, so that several processes agree without storing anything."""

    def __init__(self, credentials: ClientCredentials) -> None:
        self._credentials = credentials
        key = hashlib.sha256(b"testbank:" + credentials.client_secret.encode()).digest()
        self._tokens = URLSafeTimedSerializer(key, salt="token")
        self._forms = URLSafeTimedSerializer(key, salt="form")

    def knows(self, client_id: str, client_secret: str) -> bool:
        """Whether these are the credentials that the simulator was given."""
        right_id = hmac.compare_digest(client_id.encode(), self._credentials.client_id.encode())
        right_secret = hmac.compare_digest(client_secret.encode(), self._credentials.client_secret.encode())
        return right_id and right_secret

    def issue_token(self) -> str:
        """An access token, good for `TOKEN_SECONDS`."""
        return str(self._tokens.dumps(self._credentials.client_id))

    def accepts_token(self, token: str) -> bool:
        """Whether a request carries a token that is ours and not too old."""
        try:
            return bool(self._tokens.loads(token, max_age=TOKEN_SECONDS) == self._credentials.client_id)
        except BadSignature:
            return False

    def seal_form(self, transaction_id: str) -> str:
        """The hidden field of the form about one payment."""
        return str(self._forms.dumps(transaction_id))

    def accepts_form(self, transaction_id: str, seal: str) -> bool:
        """Whether a posted form was made by us, for this payment, today."""
        try:
            return bool(self._forms.loads(seal, max_age=_FORM_SECONDS) == transaction_id)
        except BadSignature:
            return False
