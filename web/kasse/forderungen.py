# SPDX-License-Identifier: EUPL-1.2
"""A claim with its timeline, and what the cashier may do with it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connectors.links import Links
from connectors.payment import PaymentProvider
from engine.cases import start_case
from processes.gemeinsam.sepa import gueltige_iban
from processes.rechnung import kassenbuch
from processes.rechnung.buchen import Eingang, eingehen
from processes.rechnung.erledigen import aufgeben
from processes.rechnung.errors import ForderungIstErledigt, ForderungUnbekannt
from processes.rechnung.fordern import finden, mahnsperre
from processes.rechnung.journal import verwahrt
from processes.rechnung.lauf import read_euro
from processes.rechnung.models import Forderung, Zahlung
from web.auth import current_actor
from web.bootstrap import platform
from web.errors import error_page
from web.kasse import blueprint
from web.kasse.asked import typed as typed_text
from web.kept import Posted, keeps_form
from web.transaction import roll_back, session

_GRUND = "Bitte schreiben Sie den Grund dazu; er steht später im Journal."
_ERLEDIGT = "Die Forderung ist nicht mehr offen."


@blueprint.errorhandler(ForderungUnbekannt)
def unknown_claim(error: ForderungUnbekannt) -> ResponseReturnValue:
    """There is no such claim."""
    return error_page(404)


@blueprint.get("/forderung/<referenz>")
def claim(referenz: str) -> str:
    """A claim with all that has happened to it."""
    return _page(referenz)


def _show_again(posted: Posted, alert: str, referenz: str) -> str:
    return _page(referenz, alert=alert, typed=dict(posted))


@blueprint.post("/forderung/<referenz>/bar")
@keeps_form(_show_again)
def take_cash(referenz: str) -> ResponseReturnValue:
    """Money that was paid at the desk."""
    amount = read_euro(typed_text("betrag"))
    if amount is None:
        return _refused(referenz, "betrag", "Bitte geben Sie den Betrag in Euro und Cent ein, zum Beispiel 30,00.")
    forderung, clock, by = finden(session(), referenz, sperren=True), platform().clock, current_actor().display_name
    receipt = typed_text("beleg", 60)
    if not receipt:
        return _refused(referenz, "beleg", "Bitte geben Sie die Nummer der Quittung ein.")
    money = Eingang("kasse", receipt, amount, "EUR", "bar", clock.now(), by=by)
    if eingehen(session(), platform().services, forderung, money) is None:
        return _refused(referenz, "beleg", f"Die Quittung {receipt} ist schon gebucht.")
    return _booked(referenz, "Die Barzahlung ist gebucht.")


@blueprint.post("/forderung/<referenz>/<any(storno, erlass, niederschlagung):weg>")
@keeps_form(lambda posted, alert, referenz, weg: _show_again(posted, alert, referenz))
def give_up(referenz: str, weg: str) -> ResponseReturnValue:
    """Take a claim back, remit it, or stop asking for it."""
    reason, by = typed_text("grund", 200), current_actor().display_name
    if not reason:
        return _refused(referenz, f"{weg}-grund", _GRUND)
    forderung = finden(session(), referenz, sperren=True)
    try:
        aufgeben(session(), platform().services, forderung, weg, by, reason)
    except ForderungIstErledigt:
        return _refused(referenz, f"{weg}-grund", _ERLEDIGT)
    return _booked(referenz, "Das ist gebucht.")


@blueprint.post("/forderung/<referenz>/mahnsperre")
@keeps_form(_show_again)
def stop_dunning(referenz: str) -> ResponseReturnValue:
    """Stop dunning until a day (Mahnsperre, Stundung); an empty day lifts the stop."""
    day, reason = typed_text("bis"), typed_text("grund", 200)
    try:
        until = date.fromisoformat(day) if day else None
    except ValueError:
        return _refused(referenz, "bis", "Diesen Tag gibt es nicht.")
    if until is not None and (until <= platform().clock.today() or not reason):
        return _refused(referenz, "bis", "Bitte geben Sie einen Tag in der Zukunft und einen Grund an.")
    mahnsperre(session(), finden(session(), referenz, sperren=True), until, reason)
    return _booked(referenz, "Die Mahnsperre gilt." if until else "Die Mahnsperre ist aufgehoben.")


@blueprint.post("/forderung/<referenz>/erstattung")
@keeps_form(_show_again)
def ask_for_refund(referenz: str) -> ResponseReturnValue:
    """Ask that money be given back; somebody else has to agree."""
    claim, by, why = finden(session(), referenz), current_actor(), typed_text("warum", 70)
    amount, held = read_euro(typed_text("erstatten")), verwahrt(session(), claim)
    if amount is None or amount > held:
        return _refused(referenz, "erstatten", "Bitte geben Sie höchstens den Betrag ein, der verwahrt ist.")
    if not why:
        return _refused(referenz, "warum", "Bitte nennen Sie den Grund.")
    way = _way_back(claim, amount)
    if isinstance(way, str):
        return _refused(referenz, "iban", way)
    asked = {"referenz": referenz, "betrag": amount, "grund": why, **way}
    asked |= {"beantragt_von": by.display_name, "beantragt_id": by.name}
    case = start_case(session(), platform().services, "rechnung_erstattung", {"erstattung": asked}, by=by)
    return _booked(referenz, f"Die Erstattung ist beantragt ({case.reference}). Freigeben muss jemand anderes.")


def _way_back(claim: Forderung, amount: Decimal) -> dict[str, str | None] | str:
    """Whom the money goes to and how, as the form says; or what is wrong with that."""
    payment = typed_text("weg", 100)
    if payment:
        offered = {each.transaction_id: each for each in _payable_back(claim)}
        if payment not in offered or amount > offered[payment].amount - offered[payment].refunded:
            return "So viel kam auf diesem Weg nicht. Bitte überweisen Sie den Betrag."
        return {"transaktion": payment, "anbieter": offered[payment].provider, "empfaenger": "", "iban": ""}
    iban, whom = gueltige_iban(typed_text("iban")), typed_text("empfaenger", 70)
    if iban is None:
        return "Diese IBAN stimmt nicht."
    if not whom:
        return "Bitte nennen Sie, wer das Geld bekommt."
    return {"transaktion": None, "empfaenger": whom, "iban": iban}


def _payable_back(claim: Forderung) -> list[Zahlung]:
    """Payments online that the provider can give back."""
    provider = platform().services.provide(PaymentProvider)
    paid = [each for each in kassenbuch.akte(session(), claim).versuche if each.status == "bezahlt"]
    return [each for each in paid if provider.gives_back and each.provider == provider.name]


def _booked(referenz: str, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("kasse.claim", referenz=referenz))


def _refused(referenz: str, field: str, message: str) -> ResponseReturnValue:
    typed = {name: typed_text(name) for name in request.form}
    roll_back()
    return _page(referenz, errors={field: message}, typed=typed), 422


def _page(
    referenz: str,
    *,
    errors: dict[str, str] | None = None,
    alert: str = "",
    typed: Mapping[str, str | None] | None = None,
) -> str:
    found = kassenbuch.akte(session(), finden(session(), referenz))
    return render_template(
        "kasse/forderung.html",
        akte=found,
        forderung=found.forderung,
        bezahlseite=platform().services.provide(Links).zahlung(referenz),
        verwahrt=verwahrt(session(), found.forderung),
        rueckwege=_payable_back(found.forderung),
        errors=errors or {},
        alert_text=alert,
        typed=typed or {},
        heute=platform().clock.today(),
    )
