# SPDX-License-Identifier: EUPL-1.2
"""What the service tasks of the dog tax do: keep the list of dogs. Rates are decided by the tables of the model."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from engine.counters import next_number
from engine.errors import BpmnError
from engine.operations import CaseContext, operation
from processes.hundesteuer.models import Hund

#: Tag numbers go on from year to year.
ZAEHLER = "hundemarke"
_ZIFFERN = 5
#: So many dogs are looked at in one transaction.
PORTION = 200
_WER = ("vorname", "nachname", "strasse", "plz")
_FUER_SATZ = ("marke", "name", "ermaessigung", "gefaehrlich", "steuer_ab", "steuer_bis")
_HALTER = ("vorname", "nachname", "strasse", "plz", "ort", "email")


@dataclass(frozen=True)
class Bestandszeile:
    """What the list of dogs says about one tag number."""

    marke: str
    name: str
    rasse: str
    halter: str
    stand: str
    jahressteuer: Decimal | None = None


@dataclass(frozen=True)
class Eintrag:
    """A dog that has been registered."""

    marke: str
    name: str


@dataclass(frozen=True)
class Abmeldung:
    """A dog that has been signed off, and what a month of it cost."""

    marke: str
    name: str
    steuer_bis: date
    jahressteuer: Decimal


@dataclass(frozen=True)
class Veranlagung:
    """Holders with their dogs, and whether more wait to be assessed."""

    halter: list[dict[str, Any]]
    weitere: bool


@operation("hundesteuer.hunde_eintragen")
def hunde_eintragen(
    session: Session,
    ctx: CaseContext,
    person: dict[str, Any],
    hunde: list[dict[str, Any]],
    positionen: list[dict[str, Any]],
    jahr: int,
) -> list[Eintrag]:
    """Hunde eintragen: jedem eine Steuermarke geben.

    `positionen` says of each dog its rate and since when tax is owed, `jahr` for which year it is assessed by that.
    """
    eintraege = []
    for hund, position in zip(hunde, positionen, strict=True):
        zeile = Hund(
            marke=_marke(str(next_number(session, ZAEHLER))),
            case_id=ctx.case_id,
            aktenzeichen=ctx.reference,
            name=hund["name"],
            rasse=hund["rasse"],
            chip=hund.get("chip"),
            gefaehrlich=hund["gefaehrlich"] == "ja",
            ermaessigung=hund["ermaessigung"],
            jahressteuer=position["jahressteuer"],
            steuer_ab=position["ab"],
            veranlagt=jahr,
            **{feld: person[feld] for feld in _HALTER},
        )
        session.add(zeile)
        eintraege.append(Eintrag(zeile.marke, zeile.name))
    session.flush()
    return eintraege


@operation("hundesteuer.veranlagen")
def veranlagen(session: Session, jahr: int) -> Veranlagung:
    """Halter zusammenstellen, die für dieses Jahr noch keinen Bescheid haben; eine Portion.

    Their dogs are noted as assessed in the same transaction, so nobody is assessed twice, however often this runs.
    """
    beginn = date(jahr, 1, 1)
    offen = (
        Hund.veranlagt < jahr,
        or_(Hund.steuer_bis.is_(None), Hund.steuer_bis >= beginn),
        Hund.steuer_ab < date(jahr + 1, 1, 1),
    )
    erste = session.scalars(select(Hund).where(*offen).order_by(Hund.marke).limit(PORTION)).all()
    halter: dict[tuple[str, ...], list[Hund]] = {}
    for hund in erste:
        if _wer(hund) in halter or hund.veranlagt >= jahr:
            continue
        gleiche = [func.lower(getattr(Hund, feld)) == teil for feld, teil in zip(_WER, _wer(hund), strict=True)]
        alle = session.scalars(select(Hund).where(*offen, *gleiche).order_by(Hund.marke).with_for_update()).all()
        halter[_wer(hund)] = list(alle)
        for eigener in alle:
            eigener.veranlagt = jahr
    session.flush()
    weitere = session.scalar(select(exists().where(*offen))) is True
    return Veranlagung([_jahr(hunde) for hunde in halter.values()], weitere)


@operation("hundesteuer.nachschlagen")
def nachschlagen(session: Session, marken: list[str]) -> list[Bestandszeile]:
    """Steuermarken im Bestand nachschlagen: welcher Hund, wessen, und ob er angemeldet ist."""
    gefunden = {hund.marke: hund for hund in session.scalars(select(Hund).where(Hund.marke.in_(map(_marke, marken))))}
    return [_zeile(_marke(marke), gefunden.get(_marke(marke))) for marke in marken]


@operation("hundesteuer.hunde_abmelden")
def hunde_abmelden(session: Session, hunde: list[dict[str, Any]]) -> list[Abmeldung]:
    """Hunde abmelden: `hunde` sagt zu jeder Marke den letzten Tag der Haltung und den Grund.

    Tax is owed until the end of that month. An unknown or signed-off number is the model's error `marke_unbekannt`.
    """
    # All are looked for first: the model's error must leave nothing half done.
    gefunden = [_angemeldet(session, hund["marke"]) for hund in hunde]
    return [_abgemeldet(zeile, hund) for zeile, hund in zip(gefunden, hunde, strict=True)]


@operation("hundesteuer.hunde_ummelden")
def hunde_ummelden(session: Session, marken: list[str], person: dict[str, Any]) -> None:
    """Hunde ummelden: Die Halterin oder der Halter wohnt jetzt woanders in der Stadt."""
    for hund in [_angemeldet(session, marke) for marke in marken]:
        for feld in _HALTER:
            setattr(hund, feld, person[feld])
    session.flush()


def _wer(hund: Hund) -> tuple[str, ...]:
    """Dogs of the same person: there is no number for people."""
    return tuple(getattr(hund, feld).lower() for feld in _WER)


def _jahr(hunde: list[Hund]) -> dict[str, Any]:
    person = {feld: getattr(hunde[-1], feld) for feld in _HALTER}
    return {"person": person, "hunde": [{feld: _gefahr(hund, feld) for feld in _FUER_SATZ} for hund in hunde]}


def _gefahr(hund: Hund, feld: str) -> Any:
    """A column as the tables ask for it: they know the words of the form."""
    wert = getattr(hund, feld)
    return ("ja" if wert else "nein") if feld == "gefaehrlich" else wert


def _abgemeldet(hund: Hund, angaben: dict[str, Any]) -> Abmeldung:
    ende: date = angaben["ende"]
    hund.steuer_bis = max(ende.replace(day=monthrange(ende.year, ende.month)[1]), hund.steuer_ab)
    hund.grund = angaben["grund"]
    return Abmeldung(hund.marke, hund.name, hund.steuer_bis, hund.jahressteuer)


def _angemeldet(session: Session, marke: str) -> Hund:
    hund = session.scalars(select(Hund).where(Hund.marke == _marke(marke)).with_for_update()).one_or_none()
    if hund is None or hund.steuer_bis is not None:
        raise BpmnError("marke_unbekannt", f"Unter der Marke {_marke(marke)} ist kein Hund angemeldet.")
    return hund


def _marke(typed: str) -> str:
    """`17` and `Nr. 17` are what people write for `00017`."""
    digits = "".join(character for character in typed if character.isascii() and character.isdecimal())
    return digits.zfill(_ZIFFERN) if digits else typed.strip()


def _zeile(marke: str, hund: Hund | None) -> Bestandszeile:
    if hund is None:
        return Bestandszeile(marke, "", "", "", "nicht im Bestand")
    stand = "angemeldet" if hund.steuer_bis is None else f"abgemeldet zum {hund.steuer_bis:%d.%m.%Y}"
    return Bestandszeile(
        marke, hund.name, hund.rasse, f"{hund.vorname} {hund.nachname}, {hund.strasse}", stand, hund.jahressteuer
    )
