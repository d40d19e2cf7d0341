# SPDX-License-Identifier: EUPL-1.2
"""What the database holds for the running town only: a copy of it tells nobody how to open a draft."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken

from web.bootstrap import platform


def seal(text: str) -> str:
    """Encrypt with a key that follows from the town's secret."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str | None:
    """The text, None when the town's secret has changed since."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _fernet() -> Fernet:
    key = hmac.new(platform().settings.secret_key.encode(), b"amtsfluss.konto.entwurf", hashlib.sha256).digest()
    return Fernet(urlsafe_b64encode(key))
