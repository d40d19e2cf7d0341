# SPDX-License-Identifier: EUPL-1.2
"""Logging in with a key that the person's device holds (WebAuthn): nothing to remember, nothing to phish."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from engine.clock import Clock
from engine.errors import AmtsflussError
from processes.konto.anmeldung import hashed
from processes.konto.models import KontoCode, KontoPasskey

MOST_KEYS = 20
_USED = "passkey"
#: As long as a challenge may be answered; answered ones are remembered for so long.
ANSWER_WITHIN = timedelta(minutes=5)


class PasskeyAbgelehnt(AmtsflussError):
    """What the browser sent proves nothing: another site's, an old one's, a stranger's."""


@dataclass(frozen=True)
class Stelle:
    """Who asks: keys are bound to the town's host, answers to its address."""

    host: str
    address: str
    name: str


def registration(session: Session, stelle: Stelle, konto_id: str, email: str) -> tuple[str, str]:
    """What the browser needs to make a key (JSON), and the challenge to remember."""
    ids = [base64url_to_bytes(row.credential_id) for row in passkeys(session, konto_id)]
    options = generate_registration_options(
        rp_id=stelle.host,
        rp_name=stelle.name,
        user_name=email,
        user_id=konto_id.encode(),
        exclude_credentials=[PublicKeyCredentialDescriptor(each) for each in ids],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def add_passkey(
    session: Session, clock: Clock, stelle: Stelle, konto_id: str, challenge: str, answer: str, name: str
) -> None:
    """Keep the key that the browser has made. Raises `PasskeyAbgelehnt`."""
    try:
        made = verify_registration_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=stelle.host,
            expected_origin=stelle.address,
            require_user_verification=True,
        )
    except WebAuthnException as refused:
        raise PasskeyAbgelehnt from refused
    credential_id = bytes_to_base64url(made.credential_id)
    if len(passkeys(session, konto_id)) >= MOST_KEYS or session.get(KontoPasskey, credential_id) is not None:
        raise PasskeyAbgelehnt
    session.add(
        KontoPasskey(
            credential_id=credential_id,
            konto_id=konto_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name.strip()[:80] or "Passkey",
            created_at=clock.now(),
            used_at=None,
        )
    )
    session.flush()


def question(stelle: Stelle) -> tuple[str, str]:
    """What the browser needs to prove a key (JSON), and the challenge to remember. It asks for nobody in particular."""
    options = generate_authentication_options(rp_id=stelle.host, user_verification=UserVerificationRequirement.REQUIRED)
    return options_to_json(options), bytes_to_base64url(options.challenge)


def check_answer(session: Session, clock: Clock, stelle: Stelle, challenge: str, answer: str) -> str:
    """The account whose key has answered. Raises `PasskeyAbgelehnt`; a challenge is answered once."""
    told = _read(answer)
    row = session.get(KontoPasskey, str(told.get("id", ""))[:400])
    if row is None:
        raise PasskeyAbgelehnt
    try:
        proved = verify_authentication_response(
            credential=told,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=stelle.host,
            expected_origin=stelle.address,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException as refused:
        raise PasskeyAbgelehnt from refused
    _use_up(session, clock, challenge, row.konto_id)
    row.sign_count, row.used_at = proved.new_sign_count, clock.now()
    session.flush()
    return row.konto_id


def passkeys(session: Session, konto_id: str) -> list[KontoPasskey]:
    """The person's keys, the oldest first."""
    mine = select(KontoPasskey).where(KontoPasskey.konto_id == konto_id)
    return list(session.scalars(mine.order_by(KontoPasskey.created_at, KontoPasskey.credential_id)))


def remove_passkey(session: Session, konto_id: str, credential_id: str) -> None:
    """Let a key open the account no more; one of another account is left alone."""
    mine = KontoPasskey.konto_id == konto_id, KontoPasskey.credential_id == credential_id
    session.execute(delete(KontoPasskey).where(*mine))


def _use_up(session: Session, clock: Clock, challenge: str, konto_id: str) -> None:
    """An answer that was overheard proves nothing again, though the browser holds the challenge itself."""
    if session.get(KontoCode, hashed(challenge)) is not None:
        raise PasskeyAbgelehnt
    until = clock.now() + ANSWER_WITHIN
    session.add(KontoCode(code_hash=hashed(challenge), konto_id=konto_id, purpose=_USED, expires_at=until))


def _read(answer: str) -> dict[str, Any]:
    try:
        told = json.loads(answer)
    except ValueError as refused:
        raise PasskeyAbgelehnt from refused
    if not isinstance(told, dict):
        raise PasskeyAbgelehnt
    return told
