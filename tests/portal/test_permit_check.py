# SPDX-License-Identifier: EUPL-1.2
"""The page behind the code on a windscreen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from engine.db import unit_of_work
from processes.anwohnerparkausweis.models import Parkausweis
from tests.portal.citizen import Citizen
from tests.portal.conftest import new_browser
from tests.web.browser import Browser
from web.bootstrap import Platform

CODE = "23456789ABCDEFGH"


def issue(town: Platform, first: date, last: date, blocked: datetime | None = None) -> None:
    from engine.queries.cases import case_by_reference

    with unit_of_work(town.db) as session:
        case = case_by_reference(session, "APA-2026-00001")
        assert case is not None
        session.add(
            Parkausweis(
                nummer="P-2026-00001",
                pruefcode=CODE,
                case_id=case.id,
                kennzeichen="ES-AB 123",
                zone="A",
                gueltig_ab=first,
                gueltig_bis=last,
                ausgestellt_am=town.clock.now(),
                gesperrt_am=blocked,
            )
        )


@pytest.mark.parametrize(
    ("first", "last", "blocked", "verdict"),
    [
        (date(2026, 11, 1), date(2027, 10, 31), None, "Gültig"),
        (date(2026, 12, 1), date(2027, 11, 30), None, "Noch nicht gültig"),
        (date(2025, 11, 1), date(2026, 10, 31), None, "Abgelaufen"),
        (date(2026, 11, 1), date(2027, 10, 31), datetime(2026, 11, 20, tzinfo=UTC), "Gesperrt"),
    ],
)
def test_warden_sees_the_verdict_and_no_name(
    citizen: Citizen, town: Platform, first: date, last: date, blocked: datetime | None, verdict: str
):
    citizen.applies()
    issue(town, first, last, blocked)
    response = citizen.browser.get(f"/ausweis/{CODE.lower()}")
    assert response.status_code == 200
    assert f"<strong>{verdict}</strong>" in response.text
    assert "kern-icon" in response.text
    for words in ("ES-AB 123", "P-2026-00001", f"{first:%d.%m.%Y}", f"{last:%d.%m.%Y}"):
        assert words in response.text
    for words in ("Erika", "Muster", "Hindenburgstraße", "APA-2026"):
        assert words not in response.text
    assert "noindex" in response.headers["X-Robots-Tag"]


@pytest.mark.parametrize("code", ["X", "A" * 16, "' OR 1=1 --", "<script>alert(1)</script>", "x" * 3000])
def test_unknown_code_is_no_permit(browser: Browser, code: str):
    response = browser.get(f"/ausweis/{code}")
    assert response.status_code == 404
    if "/" not in code:
        assert "Diesen Ausweis gibt es nicht" in response.text
    assert "<script>alert" not in response.text


def test_trying_codes_is_slowed_down(make_app: Callable[..., Flask]):
    browser = new_browser(make_app(rate_limits=True))
    assert {browser.get(f"/ausweis/{number}").status_code for number in range(61)} == {404, 429}
