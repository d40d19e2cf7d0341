# SPDX-License-Identifier: EUPL-1.2
"""Many claims from one file: read and checked at first, raised by jobs in portions afterwards.

Each row becomes a case of `rechnung_einzug` of its own, so one that fails holds up no other, and several workers share
the run.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from io import StringIO
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from stdnum.de import leitweg

from connectors.pdf import Letters
from engine.cases import start_case
from engine.identity import Actor
from engine.jobs import enqueue
from engine.services import Services
from processes.rechnung.lastschrift import MandatAbgelehnt, finde_mandat
from processes.rechnung.models import Forderungslauf, Laufzeile

SPALTEN = (
    "nachname",
    "vorname",
    "strasse",
    "plz",
    "ort",
    "email",
    "zweck",
    "betrag",
    "frist_tage",
    "art",
    "posten",
    "mandat",
    "steuersatz",
    "leistungstag",
    "leitweg_id",
)
"""Columns of the file. `posten`: items as `text=12,50|text=3,00`, which add up to `betrag`; may be empty. `mandat`: the
reference of a mandate, by which the amount is collected. `steuersatz`: the VAT in the amount, in per cent, with the
day of the supply; with a `leitweg_id` the invoice is written as XRechnung."""

PROZESS = "rechnung_einzug"
PORTION = 20
MOST_ROWS = 20_000
_PFLICHT = ("nachname", "strasse", "plz", "ort", "zweck", "betrag")
_MOST = Decimal(10_000_000)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{3})*(?:,[0-9]{1,2})?|[0-9]{1,9}\.[0-9]{2}")


class LaufAbgelehnt(ValueError):
    """The file cannot be read at all; the message says in German why."""


@dataclass(frozen=True)
class Laufstand:
    """How far a run is."""

    zeilen: int
    fehlerhaft: int
    angelegt: int
    summe: Decimal

    @property
    def anlegbar(self) -> int:
        """Rows without an error."""
        return self.zeilen - self.fehlerhaft


def vorbereiten(session: Session, services: Services, content: bytes, file_name: str, by: str) -> Forderungslauf:
    """Read a file and keep its rows with what is wrong with them; nothing is raised yet. Raises LaufAbgelehnt."""
    try:
        rows = _rows(content)
    except csv.Error as reason:
        raise LaufAbgelehnt(
            "Die Datei lässt sich nicht als CSV lesen. Bitte speichern Sie die Tabelle neu."
        ) from reason
    lauf = Forderungslauf(file_name=file_name[:200], created_at=services.clock.now(), by=by[:100], state="vorschau")
    session.add(lauf)
    session.flush()
    for number, row in enumerate(rows, start=2):
        data, error = fuer_die_stadt(session, services, row)
        session.add(
            Laufzeile(lauf_id=lauf.id, number=number, data=data, amount=data.get("betrag") or "0", error=error[:250])
        )
    session.flush()
    return lauf


def fuer_die_stadt(session: Session, services: Services, row: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """`pruefen` with what this town knows of mandates and VAT."""
    vat_id = services.provide(Letters).letterhead.vat_id
    data, problem = pruefen(row, partial(mandat_problem, session, services.clock.today()))
    if not problem and data["steuersatz"] and not vat_id:
        problem = "Die USt-IdNr. der Stadt fehlt. Der Betrieb trägt sie als AMT_TOWN_VAT_ID ein."
    return data, problem


def beginnen(session: Session, services: Services, lauf: Forderungslauf) -> None:
    """Raise the claims of all rows without an error, by jobs. A second time does nothing."""
    if lauf.state != "vorschau":
        return
    lauf.state = "laeuft"
    good = (
        select(Laufzeile.number).where(Laufzeile.lauf_id == lauf.id, Laufzeile.error == "").order_by(Laufzeile.number)
    )
    numbers = list(session.scalars(good))
    for start in range(0, len(numbers), PORTION):
        part = numbers[start : start + PORTION]
        enqueue(
            session,
            services,
            "rechnung.lauf_vorbereiten",
            {"lauf_id": lauf.id, "von": part[0], "bis": part[-1]},
            then="rechnung.lauf_anlegen",
        )
    session.flush()


def mandat_problem(session: Session, today: date, reference: str) -> str:
    """Why that mandate cannot be used; empty when it can."""
    try:
        finde_mandat(session, reference, today)
    except MandatAbgelehnt as refused:
        return str(refused)
    return ""


def einzeln_anlegen(
    session: Session, services: Services, data: Mapping[str, str], page_key: str, by: Actor
) -> tuple[str, bool]:
    """Raise the claim of one checked row; the case's id, and whether this page had been sent before."""
    now = services.clock.now()
    lauf = Forderungslauf(
        file_name="Einzeln", created_at=now, by=by.display_name[:100], state="laeuft", page_key=page_key
    )
    try:
        with session.begin_nested():
            session.add(lauf)
            session.flush()
    except IntegrityError:
        sent = select(Laufzeile.case_id).join(Forderungslauf, Forderungslauf.id == Laufzeile.lauf_id)
        return session.scalars(sent.where(Forderungslauf.page_key == page_key)).one() or "", True
    case = start_case(session, services, PROZESS, angaben(data), by=by)
    row = Laufzeile(lauf_id=lauf.id, number=1, data=dict(data), amount=data["betrag"], error="", case_id=case.id)
    session.add(row)
    session.flush()
    return case.id, False


def portion_anlegen(session: Session, services: Services, lauf_id: int, von: int, bis: int) -> None:
    """Raise the claims of some rows; rows that have their case are left alone."""
    lauf = session.get_one(Forderungslauf, lauf_id)
    rows = session.scalars(
        select(Laufzeile)
        .where(Laufzeile.lauf_id == lauf_id, Laufzeile.number.between(von, bis))
        .where(Laufzeile.error == "", Laufzeile.case_id.is_(None))
        .order_by(Laufzeile.number)
        .with_for_update()
    ).all()
    by = Actor("kasse", lauf.by, frozenset({"kasse"}))
    for row in rows:
        row.case_id = start_case(session, services, PROZESS, angaben(row.data), by=by).id
    session.flush()


def finde_lauf(session: Session, lauf_id: int, *, sperren: bool = False) -> Forderungslauf | None:
    """A run, locked if it is to begin."""
    statement = select(Forderungslauf).where(Forderungslauf.id == lauf_id)
    return session.scalars(statement.with_for_update() if sperren else statement).one_or_none()


def fehlerhafte(session: Session, lauf_id: int, most: int) -> list[Laufzeile]:
    """The first rows of a run that cannot be raised."""
    wrong = select(Laufzeile).where(Laufzeile.lauf_id == lauf_id, Laufzeile.error != "").order_by(Laufzeile.number)
    return list(session.scalars(wrong.limit(most)))


def stand(session: Session, lauf_id: int) -> Laufstand:
    """How far a run is."""
    total, wrong, raised = session.execute(
        select(
            func.count(),
            func.count().filter(Laufzeile.error != ""),
            func.count(Laufzeile.case_id),
        ).where(Laufzeile.lauf_id == lauf_id)
    ).one()
    amounts = session.scalars(select(Laufzeile.amount).where(Laufzeile.lauf_id == lauf_id, Laufzeile.error == ""))
    return Laufstand(total, wrong, raised, sum((Decimal(each) for each in amounts), Decimal(0)))


def pruefen(
    row: Mapping[str, str], mandat_fehlt: Callable[[str], str] = lambda reference: ""
) -> tuple[dict[str, str], str]:
    """The values of a row in one spelling, and what is wrong with it; empty when nothing is.

    `mandat_fehlt` says why a mandate cannot be used, empty when it can.
    """
    data = {name: _clean(row.get(name, "")) for name in SPALTEN}
    missing = [name for name in _PFLICHT if not data[name]]
    if missing:
        return data, f"Es fehlt: {', '.join(missing)}."
    amount = read_euro(data["betrag"])
    if amount is None:
        return data, f"„{data['betrag'][:40]}“ ist kein Betrag. Möglich ist zum Beispiel 12,50."
    data["betrag"] = str(amount)
    if data["email"] and not _MAIL.fullmatch(data["email"]):
        return data, f"„{data['email'][:60]}“ ist keine E-Mail-Adresse."
    if not re.fullmatch("[0-9]{5}", data["plz"]):
        return data, f"„{data['plz'][:20]}“ ist keine Postleitzahl mit fünf Ziffern."
    data["frist_tage"] = data["frist_tage"] or "30"
    if not data["frist_tage"].isdecimal() or not 1 <= int(data["frist_tage"]) <= 365:
        return data, "Die Frist ist keine Zahl von 1 bis 365 Tagen."
    data["art"] = (data["art"] or "oeffentlich").lower()
    if data["art"] not in ("oeffentlich", "privat"):
        return data, "Die Art ist weder „oeffentlich“ noch „privat“."
    problem = _items_problem(data, amount) or _tax_problem(data)
    return data, problem or (mandat_fehlt(data["mandat"]) if data["mandat"] else "")


def angaben(data: Mapping[str, str]) -> dict[str, Any]:
    """The variables that a case of a checked row begins with."""
    return {
        "person": {name: data[name] for name in ("vorname", "nachname", "strasse", "plz", "ort", "email")},
        "auftrag": {
            "zweck": data["zweck"],
            "betrag": Decimal(data["betrag"]),
            "frist_tage": Decimal(data["frist_tage"]),
            "oeffentlich_rechtlich": data["art"] == "oeffentlich",
            "posten": [
                {"text": text, "betrag": amount, "steuersatz": _rate(data)} for text, amount in _items(data["posten"])
            ],
            "steuersatz": _rate(data),
            "leistungstag": data.get("leistungstag", ""),
            "leitweg_id": data.get("leitweg_id", ""),
            "rechtsgrundlage": "",
            "mandat": data.get("mandat", ""),
        },
    }


def read_euro(text: str) -> Decimal | None:
    """Euros and cents, more than nothing; None for anything else."""
    plain = text.replace("€", "").strip()
    if not _AMOUNT.fullmatch(plain):
        return None
    amount = Decimal(plain.replace(".", "").replace(",", ".") if "," in plain or plain.count(".") != 1 else plain)
    return round(amount, 2) if 0 < amount < _MOST else None


def _rows(content: bytes) -> list[dict[str, str]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(StringIO(text), delimiter=";" if first.count(";") >= first.count(",") else ",")
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in _PFLICHT if name not in names]
    if missing:
        raise LaufAbgelehnt(f"In der ersten Zeile fehlen die Spalten {', '.join(missing)}.")
    unknown = [name for name in names if name not in SPALTEN]
    if unknown:
        raise LaufAbgelehnt(f"Diese Spalten kennen wir nicht: {', '.join(unknown)[:100]}.")
    reader.fieldnames = names
    rows = [{key: value for key, value in row.items() if key and isinstance(value, str)} for row in reader]
    if not rows:
        raise LaufAbgelehnt("Die Datei hat keine Zeilen.")
    if len(rows) > MOST_ROWS:
        raise LaufAbgelehnt(f"Die Datei hat mehr als {MOST_ROWS:,} Zeilen. Bitte teilen Sie sie auf.".replace(",", "."))
    return rows


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise LaufAbgelehnt("Das ist keine Textdatei. Bitte speichern Sie die Tabelle als CSV.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _items_problem(data: Mapping[str, str], amount: Decimal) -> str:
    try:
        items = _items(data["posten"])
    except ValueError as reason:
        return str(reason)
    if items and sum(each for _, each in items) != amount:
        return "Die Posten ergeben zusammen nicht den Betrag."
    return ""


def _tax_problem(data: dict[str, str]) -> str:
    """What keeps an invoice with VAT from being written."""
    data["steuersatz"] = data["steuersatz"].removesuffix("%").strip().replace(",", ".")
    if not data["steuersatz"]:
        return "Zu einer Leitweg-ID gehört der Steuersatz." if data["leitweg_id"] else ""
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2})?", data["steuersatz"]) or not Decimal(data["steuersatz"]):
        return "Der Steuersatz ist keine Zahl in Prozent, zum Beispiel 19."
    if data["art"] != "privat":
        return "Auf Gebühren und Steuern fällt keine Umsatzsteuer an. Bitte wählen Sie „privat“."
    if data["leistungstag"] and _no_day(data["leistungstag"]):
        return "Der Leistungstag ist kein Datum wie 2026-11-20."
    if data["leitweg_id"] and not leitweg.is_valid(data["leitweg_id"]):
        return "Diese Leitweg-ID stimmt nicht; die Prüfziffern am Ende passen nicht dazu."
    if data["leitweg_id"] and not data["email"]:
        return "Für eine XRechnung fehlt die E-Mail-Adresse."
    return ""


def _no_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return True
    return False


def _rate(data: Mapping[str, str]) -> Decimal | None:
    written = data.get("steuersatz", "")
    return Decimal(written) if written else None


def _items(text: str) -> list[tuple[str, Decimal]]:
    found = []
    for part in filter(None, (each.strip() for each in text.split("|"))):
        name, _, typed = part.rpartition("=")
        amount = read_euro(typed)
        if not name.strip() or amount is None:
            raise ValueError(f"Der Posten „{part[:60]}“ hat keinen Betrag. Möglich ist zum Beispiel „Buch=12,50“.")
        found.append((name.strip(), amount))
    return found


def _clean(text: str) -> str:
    """Without control characters: a line break could redirect a payment or add a line to a letter."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:250]
