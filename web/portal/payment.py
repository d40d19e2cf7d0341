# SPDX-License-Identifier: EUPL-1.2
"""Paying a claim online. The address is signed: whoever has it may see this claim and pay it, and nothing else."""

import logging
from collections.abc import Mapping
from typing import NamedTuple

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connectors.links import Links
from connectors.payment import PaymentProvider, PaymentProviderUnavailable, PaymentRefused
from connectors.pdf import Letters
from processes.gemeinsam.operations import zahlungsangaben
from processes.rechnung.ablauf import fetch_payment, start_payment
from processes.rechnung.errors import ForderungIstBezahlt, ForderungIstStorniert, ZahlungWirdVorbereitet
from processes.rechnung.lauf import read_euro
from processes.rechnung.queries import claim_of_payer, forderung_by_reference
from web.bootstrap import platform
from web.downloads import send_content
from web.kept import Posted, keeps_form
from web.security import limiter
from web.transaction import session

_log = logging.getLogger(__name__)


class Notice(NamedTuple):
    """What stands above the claim: kind of alert, title, text."""

    kind: str
    title: str
    text: str


_IN_PREPARATION = Notice(
    "info",
    "Ihre Zahlung wird gerade vorbereitet.",
    "Bitte warten Sie einen Augenblick und wählen Sie dann noch einmal „Jetzt bezahlen“.",
)
_NO_SUCH_CLAIM = (
    "Dazu finden wir keine offene Forderung. Bitte vergleichen Sie Referenz und Betrag mit Ihrem Schreiben; der Betrag "
    "ist der, der dort zuletzt als offen steht."
)
_NOT_NOW = Notice(
    "danger",
    "Online bezahlen geht gerade nicht.",
    "Es wurde nichts abgebucht. Bitte versuchen Sie es in einigen Minuten noch einmal oder überweisen Sie den Betrag.",
)


def register(blueprint: Blueprint) -> None:
    """Put the payer's pages on the portal."""
    blueprint.add_url_rule("/zahlen", view_func=find_claim, methods=["GET"])
    blueprint.add_url_rule("/zahlen", view_func=found_claim, methods=["POST"])
    blueprint.add_url_rule("/zahlung/<token>", view_func=payment, methods=["GET"])
    blueprint.add_url_rule("/zahlung/<token>", view_func=pay, methods=["POST"])
    blueprint.add_url_rule("/zahlung/<token>/zahlschein.pdf", view_func=payment_slip, methods=["GET"])
    blueprint.add_url_rule("/zahlung/<token>/zurueck", view_func=payment_result, methods=["GET"])


def find_claim() -> str:
    """For whoever has only the letter: reference and amount lead to the page for paying."""
    return _show_search()


def _search_again(posted: Posted, alert: str) -> str:
    return _show_search(posted.get("referenz") or "", posted.get("betrag") or "", alert=alert)


@limiter.limit("10 per 15 minutes")
@keeps_form(_search_again)
def found_claim() -> ResponseReturnValue:
    """To the page of the claim of that reference and amount. Both wrong sound alike, so nothing can be tried out."""
    reference, typed = (request.form.get(name, "").replace("\0", "")[:50] for name in ("referenz", "betrag"))
    found = claim_of_payer(session(), "".join(reference.upper().split()), read_euro(typed))
    if found is None:
        return _show_search(reference, typed, error=_NO_SUCH_CLAIM), 422
    return redirect(platform().services.provide(Links).zahlung(found), 303)


def payment(token: str) -> ResponseReturnValue:
    """What is owed, for what, until when, and the button."""
    return show_payment(token)


def _pay_again(posted: Posted, alert: str, token: str) -> str:
    return show_payment(token, Notice("warning", "Bitte wählen Sie noch einmal „Jetzt bezahlen“.", alert))


@limiter.limit("20 per minute")
@keeps_form(_pay_again)
def pay(token: str) -> ResponseReturnValue:
    """Send the payer to the provider. No transaction is open while the provider is asked."""
    reference, here = reference_behind(token), platform()
    way_back = here.services.provide(Links).zahlung(reference) + "/zurueck"
    try:
        there = start_payment(here.db, here.services, here.services.provide(PaymentProvider), reference, way_back)
    except (ForderungIstBezahlt, ForderungIstStorniert):
        return redirect(url_for("portal.payment", token=token), 303)
    except ZahlungWirdVorbereitet:
        return show_payment(token, _IN_PREPARATION), 409
    except (PaymentProviderUnavailable, PaymentRefused) as trouble:
        _log.warning("A payment could not be begun: %s", trouble.message)
        return show_payment(token, _NOT_NOW), 503
    return redirect(there, 303)


@limiter.limit("60 per hour")
def payment_slip(token: str) -> Response:
    """What the page says, with the code for banking apps, to print or to pass on. It names nobody."""
    claim = forderung_by_reference(session(), reference_behind(token))
    if claim.state != "offen":
        abort(404)
    letters, links = (platform().services.provide(kind) for kind in (Letters, Links))
    facts = {"referenz": claim.reference, "betrag": claim.amount, "faellig_am": claim.due_date}
    values = zahlungsangaben(letters.letterhead, links, facts) | {
        "titel": "Zahlungsangaben",
        "zeichen": f"{platform().settings.town.authority} · {claim.reference_in_blocks}",
        "abschnitte": [],
        "zweck": claim.purpose,
        "heute": platform().clock.today(),
    }
    content: bytes = letters.render("rechnung/letters/zahlschein.html", values)
    return send_content(f"Zahlung_{claim.reference}.pdf", "application/pdf", content)


@limiter.limit("60 per minute")
def payment_result(token: str) -> ResponseReturnValue:
    """Where the payer comes back to: the way back says nothing, so the provider is asked."""
    reference, here = reference_behind(token), platform()
    outcome = fetch_payment(here.db, here.services, here.services.provide(PaymentProvider), reference)
    if outcome in ("offen", "storniert"):
        return redirect(url_for("portal.payment", token=token), 303)
    claim = forderung_by_reference(session(), reference)
    return render_template("portal/payment_result.html", claim=claim, outcome=outcome, token=token)


def _show_search(reference: str = "", amount: str = "", *, error: str = "", alert: str = "") -> str:
    return render_template("portal/zahlen.html", reference=reference, amount=amount, error=error, alert_text=alert)


def show_payment(
    token: str, notice: Notice | None = None, *, typed: Mapping[str, str] | None = None, problem: str = ""
) -> str:
    """The payer's page; `typed` and `problem` are those of a wish to pay in instalments."""
    claim = forderung_by_reference(session(), reference_behind(token))
    overdue = claim.due_date < platform().clock.today()
    return render_template(
        "portal/payment.html",
        claim=claim,
        token=token,
        notice=notice,
        overdue=overdue,
        typed=typed or {},
        problem=problem,
    )


def reference_behind(token: str) -> str:
    """The claim that the address opens; a forged one opens nothing."""
    links: Links = platform().services.provide(Links)
    reference = links.verify_zahlung(token)
    return reference if reference is not None else abort(404)
