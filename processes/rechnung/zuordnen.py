# SPDX-License-Identifier: EUPL-1.2
"""Which claim a line of a bank statement pays: rules in their order, each with how sure it is and why.

From `SICHER` on a line is booked without anybody looking; below it the cashier decides, with these suggestions.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session
from stdnum import iso11649
from stdnum.exceptions import ValidationError

from processes.rechnung.models import Forderung, Kontoumsatz
from processes.rechnung.referenz import referenz

SICHER = 90
"""From this confidence on nobody has to look."""

_RF = re.compile(r"(?=RF[0-9]{2}[A-Z0-9])")
_LONGEST, _SHORTEST = 25, 5
_KASSENZEICHEN = re.compile(r"(?=(20[0-9]{2}[0-9]{8}))")
_AKTENZEICHEN = re.compile(r"\b[A-ZÄÖÜ]{2,6}-[0-9]{4}-[0-9]{4,8}\b")
_ALIKE = 0.8
#: So many suggestions are worth reading.
_MOST = 5


@dataclass(frozen=True)
class Vorschlag:
    """A claim that a line may pay."""

    forderung: Forderung
    regel: str
    #: 0 to 100.
    sicherheit: int
    grund: str


def zuordnen(session: Session, lines: Sequence[Kontoumsatz]) -> dict[int, list[Vorschlag]]:
    """The claims that each line may pay, by its id, the surest first; with a few statements for all lines."""
    references = {key for line in lines for key, *_ in _references(line)}
    files = {key for line in lines for key in _AKTENZEICHEN.findall(line.text.upper())}
    by_reference = {each.reference: each for each in _claims(session, Forderung.reference, references)}
    by_file: dict[str, list[Forderung]] = {}
    for each in _claims(session, Forderung.aktenzeichen, files):
        by_file.setdefault(each.aktenzeichen, []).append(each)
    found = {line.id: list(_by_number(line, by_reference, by_file)) for line in lines}
    unsure = [line for line in lines if line.amount > 0 and not _is_sure(found[line.id])]
    debtors = _debtors_of_accounts(session, unsure)
    same_amount = _open_with(session, unsure)
    for line in unsure:
        found[line.id] += _by_person(line, same_amount, debtors)
    return {key: _best(suggestions) for key, suggestions in found.items()}


def _by_number(
    line: Kontoumsatz, by_reference: dict[str, Forderung], by_file: dict[str, list[Forderung]]
) -> Iterator[Vorschlag]:
    for reference, rule, confidence, reason in _references(line):
        claim = by_reference.get(reference)
        if claim is None:
            continue
        if rule == "kassenzeichen" and line.amount != claim.open_amount:
            yield Vorschlag(claim, rule, 60, f"{reason}, aber ein anderer Betrag als offen")
        else:
            yield Vorschlag(claim, rule, confidence, reason)
    for number in _AKTENZEICHEN.findall(line.text.upper()):
        for claim in by_file.get(number, ()):
            fits = claim.state == "offen" and claim.open_amount == line.amount
            words = "und der Betrag passt" if fits else "aber der Betrag passt nicht"
            yield Vorschlag(claim, "aktenzeichen", 80 if fits else 50, f"Aktenzeichen {number} im Text, {words}")


def _by_person(
    line: Kontoumsatz, same_amount: dict[str, list[Forderung]], debtors: dict[str, set[str]]
) -> Iterator[Vorschlag]:
    """Amount together with the account or the name that the money came from: never sure enough to book."""
    for claim in same_amount.get(str(line.amount), ()):
        if claim.debtor and claim.debtor in debtors.get(line.iban, ()):
            yield Vorschlag(claim, "iban", 75, "Von diesem Konto hat dieselbe Person schon gezahlt, der Betrag passt")
        elif claim.debtor and line.name and _alike(claim.debtor, line.name):
            yield Vorschlag(claim, "name", 65, f"Der Betrag passt, der Name ähnelt „{claim.debtor}“")
        elif len(same_amount[str(line.amount)]) == 1:
            yield Vorschlag(claim, "betrag", 30, "Nur diese offene Forderung hat genau diesen Betrag")


def _references(line: Kontoumsatz) -> Iterator[tuple[str, str, int, str]]:
    """References that the line may name, with rule, confidence and reason, the surest first."""
    if line.reference:
        for reference in _valid("".join(line.reference.upper().split())):
            yield reference, "referenz", 100, "Strukturierte Referenz (ISO 11649)"
    joined = re.sub(r"[^A-Z0-9]", "", line.text.upper())
    for reference in _valid(joined):
        yield reference, "referenz_im_text", 98, "Referenz im Verwendungszweck"
    for reference in _valid(re.sub(r"[^A-Z0-9]", "", line.end_to_end.upper())):
        yield reference, "ende_zu_ende", 95, "Ende-zu-Ende-Referenz unserer Zahlung"
    for match in _KASSENZEICHEN.finditer(joined):
        yield referenz(match[1]), "kassenzeichen", 90, f"Kassenzeichen {match[1]} im Text, ohne Prüfziffern"


def _valid(text: str) -> Iterator[str]:
    """Every valid reference in a text without blanks, at each place the longest first."""
    for match in _RF.finditer(text):
        for length in range(min(_LONGEST, len(text) - match.start()), _SHORTEST - 1, -1):
            part = text[match.start() : match.start() + length]
            try:
                yield str(iso11649.validate(part))
            except ValidationError:
                continue


def _claims(session: Session, column: InstrumentedAttribute[str], keys: Iterable[str]) -> Iterator[Forderung]:
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        yield from session.scalars(select(Forderung).where(column.in_(part)))


def _debtors_of_accounts(session: Session, lines: Sequence[Kontoumsatz]) -> dict[str, set[str]]:
    """Account → who has paid from it before."""
    accounts = sorted({line.iban for line in lines if line.iban})
    found: dict[str, set[str]] = {}
    for start in range(0, len(accounts), 500):
        statement = (
            select(Kontoumsatz.iban, Forderung.debtor)
            .join(Forderung, Forderung.id == Kontoumsatz.forderung_id)
            .where(Kontoumsatz.iban.in_(accounts[start : start + 500]), Forderung.debtor != "")
            .distinct()
        )
        for iban, debtor in session.execute(statement):
            found.setdefault(iban, set()).add(debtor)
    return found


def _open_with(session: Session, lines: Sequence[Kontoumsatz]) -> dict[str, list[Forderung]]:
    """Amount → open claims of just that amount."""
    amounts = sorted({line.amount for line in lines})
    found: dict[str, list[Forderung]] = {}
    for start in range(0, len(amounts), 500):
        statement = (
            select(Forderung)
            .where(Forderung.state == "offen", Forderung.open_amount.in_(amounts[start : start + 500]))
            .order_by(Forderung.id)
            .limit(2000)
        )
        for claim in session.scalars(statement):
            found.setdefault(str(claim.open_amount), []).append(claim)
    return found


def _alike(one: str, other: str) -> bool:
    """Names are the same whatever the order of their parts and whatever stands around them."""
    first, second = (sorted(re.findall(r"\w+", text.casefold())) for text in (one, other))
    if first and (set(first) <= set(second) or set(second) <= set(first)):
        return True
    return SequenceMatcher(None, " ".join(first), " ".join(second)).ratio() >= _ALIKE


def _is_sure(suggestions: Sequence[Vorschlag]) -> bool:
    return any(each.sicherheit >= SICHER for each in suggestions)


def _best(suggestions: Iterable[Vorschlag]) -> list[Vorschlag]:
    """One suggestion a claim, the surest, and the surest claims first."""
    by_claim: dict[int, Vorschlag] = {}
    for each in suggestions:
        known = by_claim.get(each.forderung.id)
        if known is None or known.sicherheit < each.sicherheit:
            by_claim[each.forderung.id] = each
    return sorted(by_claim.values(), key=lambda each: (-each.sicherheit, each.forderung.id))[:_MOST]
