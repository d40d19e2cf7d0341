# SPDX-License-Identifier: EUPL-1.2
"""Logging in and out, tokens, sessions that end while somebody types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from engine.cases import CaseInfo
from engine.db import unit_of_work
from engine.identity import activate_user, change_password, deactivate_user, end_logins
from tests.web.browser import Browser
from tests.web.steps import claim, complete, state
from web.bootstrap import Platform
from web.settings import Settings
from web.texts import own_path

TYPED = {"entscheidung": "ablehnen", "vermerk": "Das habe ich lange getippt", "liste": "gruppen"}


def test_login_page_leads_back_to_where_one_was(anyone: Browser):
    stopped = anyone.get("/inbox/?liste=alle")
    assert stopped.location == "/anmelden?next=/inbox/?liste%3Dalle"
    anyone.get(stopped.location)
    back = anyone.send(
        "/anmelden", {"username": "anna", "password": "passwort-fuer-tests", "next": "/inbox/?liste=alle"}
    )
    assert back.location == "/inbox/?liste=alle"


def test_unknown_name_and_wrong_password_look_the_same(anyone: Browser):
    anyone.get("/anmelden")
    answers = [
        anyone.send("/anmelden", {"username": name, "password": "falsch"}).text.replace(name, "")
        for name in ("anna", "niemand")
    ]
    without_token = [text.replace(anyone.token, "") for text in answers]
    assert "passen nicht zusammen" in answers[0]
    assert len(without_token[0].split("passen nicht")) == len(without_token[1].split("passen nicht"))
    assert "falsch" not in answers[0]


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "/\t/evil.example", "http:evil.example", "", "/a\nb"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(anyone: Browser, target: str):
    assert own_path(target) is None
    anyone.get("/anmelden")
    response = anyone.send("/anmelden", {"username": "anna", "password": "passwort-fuer-tests", "next": target})
    assert response.location == "/inbox/"


def test_name_with_a_nul_reaches_no_database(anyone: Browser):
    anyone.get("/anmelden")
    response = anyone.send("/anmelden", {"username": "an\0na", "password": "passwort-fuer-tests"})
    assert response.location == "/inbox/"


def test_login_starts_a_fresh_session(anyone: Browser):
    anyone.get("/anmelden")
    with anyone.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    anyone.send("/anmelden", {"username": "anna", "password": "passwort-fuer-tests"})
    with anyone.session_transaction() as cookie:
        assert "planted" not in cookie


def test_session_cookie_is_out_of_reach_for_scripts(make_app: Callable[..., Flask], settings: Settings):
    browser = make_app(replace(settings, base_url="https://stadt.example")).test_client()
    response = browser.get("/anmelden", base_url="https://stadt.example")
    cookie = response.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Lax"))
    assert "max-age" in response.headers["Strict-Transport-Security"]


def test_logout_needs_a_form(anna: Browser):
    assert anna.get("/abmelden").status_code == 405
    assert anna.send("/abmelden").location == "/anmelden"
    assert anna.get("/inbox/").status_code == 302


def copied(anna: Browser) -> str:
    cookie = anna.get_cookie("amtsfluss")
    assert cookie is not None
    return cookie.value


@pytest.mark.parametrize("end", ["logout", "password", "deactivation"])
def test_a_copied_cookie_does_not_outlive(anna: Browser, anyone: Browser, town: Platform, end: str):
    anyone.set_cookie("amtsfluss", copied(anna))
    assert anyone.get("/inbox/").status_code == 200
    if end == "logout":
        anna.send("/abmelden")
    with unit_of_work(town.db) as session:
        if end == "password":
            change_password(session, "anna", "ein anderes Passwort")
        if end == "deactivation":
            deactivate_user(session, "anna")
            activate_user(session, "anna")
    assert anyone.get("/inbox/").location == "/anmelden?next=/inbox/"


def test_a_copied_cookie_cannot_log_others_out_later(anna: Browser, anyone: Browser):
    anyone.set_cookie("amtsfluss", copied(anna))
    anyone.get("/inbox/")
    anna.send("/abmelden")
    anna.log_in("anna")
    anyone.send("/abmelden")
    assert anna.get("/inbox/").status_code == 200


def test_a_cookie_with_the_name_alone_opens_nothing(anyone: Browser):
    with anyone.session_transaction() as cookie:
        cookie["_user_id"] = "anna"
    assert anyone.get("/inbox/").status_code == 302


def test_nothing_is_lost_when_one_logged_out_elsewhere(anna: Browser, town: Platform, task_id: str):
    claim(anna, task_id)
    with unit_of_work(town.db) as session:
        end_logins(session, "anna")
    stopped = anna.send(f"/inbox/aufgabe/{task_id}/erledigen", TYPED)
    assert stopped.status_code == 401
    back = anna.send("/anmelden", _login_fields(stopped.text))
    assert TYPED["vermerk"] in back.text
    assert complete(anna, task_id, **TYPED).status_code == 302


def test_case_makes_no_difference_in_a_name(anyone: Browser):
    anyone.log_in("ANNA")
    assert anyone.get("/inbox/").status_code == 200


def test_guessing_passwords_is_slowed_down(make_app: Callable[..., Flask], settings: Settings):
    browser = make_app(replace(settings, rate_limits=True)).test_client()
    assert isinstance(browser, Browser)
    browser.get("/anmelden")
    wrong = [browser.send("/anmelden", {"username": "anna", "password": f"{n}"}).status_code for n in range(11)]
    assert wrong == [422] * 10 + [429]
    right = {"username": "Anna", "password": "passwort-fuer-tests"}
    for spelling in ("Anna", " anna", "an\0na"):
        answer = browser.send("/anmelden", right | {"username": spelling})
        assert answer.status_code == 429, "other spellings count as the same name"
    assert browser.send("/anmelden", {"username": "jonas", "password": "passwort-fuer-tests"}).status_code == 302


def test_whoever_is_slowed_down_while_logging_in_loses_nothing(
    make_app: Callable[..., Flask], settings: Settings, task_id: str
):
    browser = make_app(replace(settings, rate_limits=True)).test_client()
    assert isinstance(browser, Browser)
    browser.log_in("anna").send("/abmelden")
    browser.get("/anmelden")
    stopped = browser.send(f"/inbox/aufgabe/{task_id}/erledigen", TYPED)
    fields = _login_fields(stopped.text)
    answers = [browser.send("/anmelden", fields | {"password": f"{n}"}) for n in range(11)]
    assert answers[-1].status_code == 429
    assert "Warten Sie bitte" in answers[-1].text
    assert _login_fields(answers[-1].text)["held"] == fields["held"]


def test_login_page_that_was_open_too_long_comes_back(anyone: Browser):
    anyone.get("/anmelden")
    anyone.token = "from another day"
    response = anyone.send("/anmelden", {"username": "anna", "password": "passwort-fuer-tests", "next": "/inbox/suche"})
    assert response.status_code == 400
    assert "Bitte prüfen Sie sie und senden Sie noch einmal ab" in response.text
    assert 'value="anna"' in response.text
    assert 'name="next" value="/inbox/suche"' in response.text
    assert "passwort-fuer-tests" not in response.text


def test_missing_token_shows_the_form_again(anna: Browser, town: Platform, case: CaseInfo, task_id: str):
    claim(anna, task_id)
    anna.token = "wrong"
    response = anna.send(f"/inbox/aufgabe/{task_id}/erledigen", TYPED)
    assert response.status_code == 400
    assert TYPED["vermerk"] in response.text
    assert "Ihre Eingaben sind noch da" in response.text
    assert state(town, case) == "active"
    assert complete(anna, task_id, **TYPED).status_code == 302, "the page brought a fresh token"


def test_token_is_needed_everywhere(anna: Browser, town: Platform, case: CaseInfo, task_id: str):
    for path in (f"/inbox/aufgabe/{task_id}/uebernehmen", "/abmelden"):
        anna.token = ""
        assert anna.send(path).status_code == 400


def test_form_sent_by_another_site_is_not_shown(anna: Browser, task_id: str):
    claim(anna, task_id)
    anna.token = "wrong"
    address = f"/inbox/aufgabe/{task_id}/erledigen"
    response = anna.send(address, TYPED, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 400
    assert TYPED["vermerk"] not in response.text


def test_nothing_is_lost_when_the_session_ends(anna: Browser, town: Platform, case: CaseInfo, task_id: str):
    claim(anna, task_id)
    anna.delete_cookie("amtsfluss")
    stopped = anna.send(f"/inbox/aufgabe/{task_id}/erledigen", TYPED)
    assert stopped.status_code == 401
    assert "Ihre Sitzung ist abgelaufen" in stopped.text
    back = anna.send("/anmelden", _login_fields(stopped.text))
    assert back.status_code == 200
    assert TYPED["vermerk"] in back.text
    assert "Sie sind wieder angemeldet" in back.text
    assert 'name="liste" value="gruppen"' in back.text, "the list one came from is not lost either"
    assert state(town, case) == "active", "it is shown, not sent"
    assert complete(anna, task_id, **TYPED).status_code == 302


def test_held_answers_open_nothing_for_others(anna: Browser, task_id: str):
    claim(anna, task_id)
    anna.delete_cookie("amtsfluss")
    stopped = anna.send(f"/inbox/aufgabe/{task_id}/erledigen", TYPED)
    response = anna.send("/anmelden", _login_fields(stopped.text) | {"username": "karin"})
    assert response.status_code == 403
    assert TYPED["vermerk"] not in response.text


def test_forged_answers_are_ignored(anyone: Browser):
    anyone.get("/anmelden")
    fields = {"username": "anna", "password": "passwort-fuer-tests", "held": "WyIvaW5ib3gvIl0.x.y"}
    assert anyone.send("/anmelden", fields).location == "/inbox/"


def _login_fields(page: str) -> dict[str, str]:
    held = page.split('name="held" value="')[1].split('"')[0]
    return {"username": "anna", "password": "passwort-fuer-tests", "held": held}
