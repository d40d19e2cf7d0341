# SPDX-License-Identifier: EUPL-1.2
"""Answers that prove nothing are refused, and none breaks a page. The real thing is in tests/browser."""

from __future__ import annotations

import json

import pytest

from tests.konto.holder import Holder

NONSENSE = [
    "",
    "{",
    "[]",
    "null",
    '"x"',
    "{}",
    json.dumps({"id": 7, "rawId": [], "type": "public-key", "response": {}}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "%%%"}}),
    json.dumps(
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "AAAA",
                "attestationObject": "AAAA",
                "authenticatorData": "A",
                "signature": "A",
            },
        }
    ),
    "9" * 20_001,
]


@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
def test_login_by_nonsense_is_refused(erika: Holder, answer: str):
    erika.has_account()
    erika.presses("/konto/", "/konto/abmelden")
    refused = erika.presses("/konto/passkey", "/konto/passkey", antwort=answer)
    assert refused.status_code == 422
    assert "konnte nicht geprüft werden" in refused.text


@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_becomes_no_key(erika: Holder, answer: str):
    erika.has_account()
    erika.presses("/konto/sicherheit/passkey", "/konto/sicherheit/passkey", antwort=answer, name="Handy")
    page = erika.sees("/konto/sicherheit")
    assert "konnte nicht eingerichtet werden" in page
    assert "Handy" not in page


def test_answer_without_a_question_is_refused(erika: Holder):
    erika.has_account()
    erika.presses("/konto/", "/konto/abmelden")
    assert erika.presses("/konto/anmelden", "/konto/passkey", antwort="{}").status_code == 422
