# SPDX-License-Identifier: EUPL-1.2
"""What the town's portal knows of the person: as a PDF to read (Art. 15 DSGVO), as JSON to take along (Art. 20)."""

import json
from collections.abc import Iterator
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from connectors.pdf import Letters
from forms.language import GERMAN, speaking
from processes.konto.auskunft import auskunft
from web.bootstrap import platform
from web.citizens import current_citizen
from web.downloads import send_content
from web.konto import blueprint
from web.security import limiter
from web.texts import moment
from web.transaction import session

#: Parts of the file → their headings, and what to say when there is nothing.
_TITLES = {
    "konto": "Konto",
    "angaben": "Angaben",
    "einwilligungen": "Einwilligungen",
    "entwuerfe": "Angefangene Anträge",
    "antraege": "Abgeschickte Anträge",
    "passkeys": "Passkeys",
    "anmeldedienste": "Anmeldedienste",
    "anmeldungen": "Angemeldete Geräte",
}


@blueprint.get("/daten")
def my_data() -> str:
    """What there is to fetch, and whom to ask for the rest."""
    return render_template("konto/daten.html")


@blueprint.get("/daten.json")
@limiter.limit("30 per hour")
def data_json() -> ResponseReturnValue:
    """Everything in a file that programs read."""
    found = auskunft(session(), platform().services, current_citizen().konto_id)
    content = json.dumps(found, ensure_ascii=False, indent=2).encode()
    return send_content("mein-rathaus.json", "application/json", content)


@blueprint.get("/daten.pdf")
@limiter.limit("30 per hour")
def data_pdf() -> ResponseReturnValue:
    """Everything as a document that people read."""
    services = platform().services
    found = auskunft(session(), services, current_citizen().konto_id)
    about = {"titel": "Auskunft über Ihre Daten", "zeichen": f"Mein Rathaus · {found['konto']['email']}"}
    # The document is in German throughout, whatever language its reader has chosen for the pages.
    with speaking(GERMAN):
        values = {**about, "abschnitte": _sections(found), "heute": services.clock.today()}
    content = services.provide(Letters).render("konto/letters/auskunft.html", values)
    return send_content("mein-rathaus.pdf", "application/pdf", content)


def _sections(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The same facts for the printed page: nothing is left out because nobody thought of it."""
    sections = []
    for key, title in _TITLES.items():
        items = found[key] if isinstance(found[key], list) else [found[key]]
        several = len(items) > 1
        groups = [
            {"titel": f"{number}." if several else "", "zeilen": list(_lines(item))}
            for number, item in enumerate(items, 1)
        ]
        if key == "angaben" and items:
            groups = [{"titel": "", "zeilen": [(each["angabe"], _value_with_source(each)) for each in items]}]
        sections.append({"titel": title, "gruppen": groups or [{"titel": "", "zeilen": [("Gespeichert", "nichts")]}]})
    return sections


def _value_with_source(each: dict[str, str]) -> str:
    return f"{each['wert']}\n{each['herkunft']}, seit {moment(each['seit'])}"


def _lines(item: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in item.items():
        name = before + _NAMES.get(key, key.replace("_", " ").capitalize())
        if isinstance(value, list):
            for number, each in enumerate(value, 1):
                yield from _lines(each, f"Dokument {number}, ")
        else:
            yield name, _text(key, value)


#: Where the key alone, written out, is no German.
_NAMES = {"email": "E-Mail", "geraet": "Gerät", "bestaetigt_am": "Bestätigt am", "schluessel": "Schlüssel"} | {
    "wird_geloescht_am": "Wird gelöscht am",
    "hat_passwort": "Passwort gesetzt",
    "sha256": "SHA-256",
    "vom": "Vom",
}


def _text(key: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "ja" if value else "nein"
    return moment(value) if key.endswith("_am") or key in {"seit", "vom"} else str(value)
