# SPDX-License-Identifier: EUPL-1.2
"""Reports: those that are known, for everybody; a new one, for whoever has a key."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, request

from engine.cases import start_case
from engine.db import unit_of_work
from engine.definitions import latest_definition
from engine.identity import Actor
from engine.machines import note_use, prove_token
from forms import load_form, read_step, validate
from processes.maengelmelder.queries import Meldung, meldung, meldungen
from web.bootstrap import platform
from web.open311 import blueprint
from web.open311.answers import answer, moment
from web.open311.problems import Refused
from web.security import limiter
from web.transaction import session

_PROCESS = "maengelmelder"
#: The longest span that can be asked for, and what is shown when nobody says (GeoReport v2).
_LONGEST = timedelta(days=90)
_STATES = {"open": True, "closed": False}
#: What the standard calls it → the question of the form.
_QUESTIONS = {
    "service_code": "mangel.kategorie",
    "description": "mangel.beschreibung",
    "address_string": "ort.adresse",
    "email": "kontakt.email",
}


@blueprint.get("/requests.<ending>")
@limiter.limit("120 per minute")
def known(ending: str) -> Response:
    """Reports that fit what was asked for, the newest first; nothing about who has reported them."""
    asked = request.args
    numbers = _several(asked.get("service_request_id"))
    if numbers:
        found = meldungen(session(), nummern=numbers)
    else:
        since, until = _span(asked)
        codes = _several(asked.get("service_code"))
        found = meldungen(session(), kategorien=codes, seit=since, bis=until, offen=_state(asked.get("status")))
    return answer(ending, "service_requests", "request", [_item(each) for each in found])


@blueprint.get("/requests/<number>.<ending>")
@limiter.limit("120 per minute")
def one(number: str, ending: str) -> Response:
    """One report."""
    return answer(ending, "service_requests", "request", [_item(meldung(session(), number))])


@blueprint.get("/tokens/<number>.<ending>")
@limiter.limit("120 per minute")
def token(number: str, ending: str) -> Response:
    """Numbers are given at once, so a token is the number itself."""
    found = meldung(session(), number)
    return answer(ending, "service_requests", "request", [{"service_request_id": found.nummer, "token": found.nummer}])


@blueprint.post("/requests.<ending>")
@limiter.limit("60 per minute")
def report(ending: str) -> Response:
    """Report something: the same form is filled in, and says the same about mistakes."""
    if ending not in {"json", "xml"}:
        abort(404)
    by = _key_holder(request.form.get("api_key", ""))
    case = start_case(session(), platform().services, _PROCESS, _answers(request.form), by=by)
    notice = "Zusammengeführt wird, was innerhalb von 30 Metern und 72 Stunden schon gemeldet ist."
    item = {"service_request_id": case.reference, "service_notice": notice, "account_id": None}
    return answer(ending, "service_requests", "request", [item])


def _key_holder(key: str) -> Actor:
    """The machine account of the key, if it may begin such cases."""
    with platform().db.reading() as looking:
        proved = prove_token(looking, platform().clock, key) if key and "\0" not in key else None
    grants = proved.actor.grants if proved else None
    if proved is None or grants is None or not grants.allow("process-instance", "create", _PROCESS):
        raise Refused(403, "api_key is missing, unknown, or may not report anything.")
    if proved.unnoted_token is not None:
        with unit_of_work(platform().db) as noting:
            note_use(noting, platform().clock, proved.unnoted_token)
    return proved.actor


def _answers(sent: Mapping[str, str]) -> dict[str, Any]:
    """What was sent, as answers of the form. Raises `Refused` with all that is wrong."""
    form = load_form(_form_source())
    typed = {path: [sent.get(name, "")] for name, path in _QUESTIONS.items()}
    if sent.get("lat") or sent.get("long"):
        typed["ort.position"] = [f"{sent.get('lat', '')}, {sent.get('long', '')}"]
    if not sent.get("address_string") and sent.get("address_id"):
        typed["ort.adresse"] = [sent["address_id"]]
    if sent.get("media_url"):
        # Addresses of others are not fetched: whoever looks at the report decides whether to follow them.
        typed["mangel.beschreibung"] = [f"{sent.get('description', '')}\n\nBild: {sent['media_url']}".strip()]
    answers: dict[str, Any] = {}
    for step in form.steps:
        answers = read_step(form, step, typed, answers, clock=platform().clock)
    wrong = validate(form, answers, clock=platform().clock)
    if wrong:
        names = {path: name for name, path in _QUESTIONS.items()} | {"ort.position": "lat, long"}
        raise Refused(400, *(f"{names.get(error.path, error.path)}: {error.message}" for error in wrong))
    return answers


def _form_source() -> dict[str, Any]:
    definition = latest_definition(session(), platform().services, _PROCESS)
    return definition.form(definition.info().start_form or "")


def _item(found: Meldung) -> dict[str, Any]:
    return {
        "service_request_id": found.nummer,
        "status": "open" if found.ist_offen else "closed",
        "status_notes": _notes(found),
        "service_name": found.art.name,
        "service_code": found.kategorie,
        "description": found.beschreibung or None,
        "agency_responsible": "Bauhof",
        "service_notice": None,
        "requested_datetime": moment(found.gemeldet_am),
        "updated_datetime": moment(found.aktualisiert_am),
        "expected_datetime": moment(found.frist),
        "address": found.ort or None,
        "address_id": None,
        "zipcode": None,
        "lat": found.lat,
        "long": found.lon,
        "media_url": None,
    }


def _notes(found: Meldung) -> str | None:
    if found.ergebnis:
        return found.ergebnis
    return f"Gehört zur Meldung {found.haupt}." if found.haupt else None


def _several(text: str | None) -> list[str]:
    return [word for word in (part.strip() for part in (text or "").split(",")) if word][:1000]


def _state(text: str | None) -> bool | None:
    wanted = _several(text)
    if any(word not in _STATES for word in wanted):
        raise Refused(400, "status must be open or closed.")
    states = {_STATES[word] for word in wanted}
    return states.pop() if len(states) == 1 else None


def _span(asked: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    since, until = _moment(asked, "start_date"), _moment(asked, "end_date")
    if since is None and until is None:
        return platform().clock.now() - _LONGEST, None
    if since is None:
        assert until is not None
        return until - _LONGEST, until
    until = until or since + _LONGEST
    if until - since > _LONGEST:
        raise Refused(400, "start_date and end_date must not lie more than 90 days apart.")
    return since, until


def _moment(asked: Mapping[str, str], name: str) -> datetime | None:
    text = asked.get(name)
    if not text:
        return None
    try:
        # A plus sign in an address is a blank until it is written out.
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise Refused(400, f"{name} must be a moment such as 2026-11-26T12:00:00Z.") from None
    if found.tzinfo is None:
        raise Refused(400, f"{name} needs its zone, such as 2026-11-26T12:00:00Z.")
    return found
