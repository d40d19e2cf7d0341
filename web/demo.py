# SPDX-License-Identifier: EUPL-1.2
"""The invented demo town: logins with well-known passwords and example cases in different states.

Everybody in it is invented. It is never loaded by itself: only `amt demo` and `amt run --prepare` do.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from connectors.einvoice import Invoice, Item, Party, PayTo, Totals, reckoned, write_xrechnung
from engine.cases import CaseInfo
from engine.clock import FrozenClock
from engine.db import unit_of_work
from engine.definitions import latest_definition
from engine.drafts import add_file, new_draft, submit_draft
from engine.errors import DefinitionNotFound
from engine.grants import Grant
from engine.identity import APPLICANT_GROUP, SYSTEM, Actor, add_user, list_users, load_actor
from engine.machines import ensure_machine
from engine.queries.tasks import tasks_of_case
from engine.services import Services
from engine.tasks import claim_task, complete_task
from forms import Form, load_form, put_answer, read_step, validate
from processes.rechnungseingang.annehmen import annehmen
from web.bootstrap import Platform

_PROCESS = "anwohnerparkausweis"
#: The account with which programs try the REST API out; it may do everything.
MACHINE = "demo-rest"
_CITIZEN = Actor(APPLICANT_GROUP, "Antragstellerin oder Antragsteller", frozenset({APPLICANT_GROUP}))


@dataclass(frozen=True)
class _Person:
    username: str
    display_name: str
    groups: tuple[str, ...]
    what_for: str

    @property
    def password(self) -> str:
        return "demo-" + self.username.split(".")[0]


PEOPLE = (
    _Person("anna.berger", "Anna Berger", ("buergerbuero",), "Bürgerbüro"),
    _Person("jonas.weiss", "Jonas Weiß", ("buergerbuero",), "Bürgerbüro"),
    _Person("karin.lenz", "Karin Lenz", ("ordnungsamt",), "Ordnungsamt"),
    _Person("petra.kohl", "Petra Kohl", ("kasse",), "Stadtkasse"),
    _Person("paul.krug", "Paul Krug", ("kasse",), "Stadtkasse"),
    _Person("ute.sommer", "Ute Sommer", ("anordnung",), "Kämmerei"),
    _Person("max.roth", "Max Roth", ("anordnung",), "Kämmerei"),
    _Person("bernd.stark", "Bernd Stark", ("bauhof",), "Bauhof"),
    _Person("theo.grund", "Theo Grund", ("tiefbau",), "Tiefbau"),
    _Person("frieda.rot", "Frieda Rot", ("feuerwehr",), "Feuerwehr"),
    _Person("sina.engel", "Sina Engel", ("standesamt",), "Standesamt"),
    _Person("franz.feder", "Franz Feder", ("fundbuero",), "Fundbüro"),
    _Person("betrieb", "Technischer Betrieb", ("betrieb",), "Betrieb"),
)


@dataclass(frozen=True)
class _Example:
    first_name: str
    last_name: str
    street: str
    plate: str
    zone: str
    days_ago: int
    #: Who has taken the task; empty when nobody has.
    taken_by: str = ""
    decision: dict[str, list[str]] | None = None


_EXAMPLES = (
    _Example("Erika", "Beispiel", "Alleenstraße 12", "ES-EB 1203", "A", 9),
    _Example("Mehmet", "Muster", "Jesinger Straße 4", "ES-MM 417", "B", 4, taken_by="anna.berger"),
    _Example("Frieda", "Fiktiv", "Dettinger Straße 33", "ES-FF 88", "A", 2),
    _Example("Paul", "Probe", "Max-Eyth-Straße 7", "ES-PP 2026", "C", 1),
    _Example("Ivana", "Irgendwer", "Widerholtstraße 19", "ES-II 909E", "C", 0),
    _Example(
        "Gustav", "Genehmigt", "Schlierbacher Straße 2", "ES-GG 55", "B", 6, "jonas.weiss",
        {"entscheidung": ["genehmigen"]},
    ),
    _Example(
        "Alma", "Abgelehnt", "Hindenburgstraße 40", "ES-AA 71", "A", 8, "anna.berger",
        {"entscheidung": ["ablehnen"], "begruendung": ["Ihre Hauptwohnung liegt nicht in der beantragten Zone."]},
    ),
    _Example(
        "Rolf", "Rückfrage", "Stuttgarter Straße 101", "ES-RR 300", "B", 3, "anna.berger",
        {"entscheidung": ["rueckfrage"], "frage": ["Bitte laden Sie die Rückseite des Fahrzeugscheins hoch."]},
    ),
)  # fmt: skip


_MAIL = "rechnung@kirchheim-teck.example"
_BUILDER = Party(
    "Bau Erfunden GmbH", "Werkstraße 7", "73230", "Kirchheim unter Teck", vat_id="DE123456789",
    contact="Beate Erfunden", phone="07021 000", email="rechnung@bau.example",
)  # fmt: skip
_DOGS = (("Bello", "Mischling", "keine"), ("Frieda", "Labrador", "rettung"))


def load_demo(town: Platform) -> bool:
    """Load logins and cases in one transaction, unless they are there already; says whether it did."""
    with unit_of_work(town.db) as session:
        if _is_loaded(session):
            return False
        for person in PEOPLE:
            add_user(session, town.clock, person.username, person.display_name, person.password, person.groups)
        ensure_machine(session, town.clock, MACHINE, [Grant("*", "*")], password=MACHINE)
        for example in _EXAMPLES:
            _play(session, town.services, example)
        _register_dogs(session, town.services)
        _report(session, town.services)
        _send_invoices(session, town.services)
        return True


def demo_logins(town: Platform) -> list[str]:
    """The demo logins as lines to print; none when the demo town is not loaded."""
    with town.db.reading() as session:
        if not _is_loaded(session):
            return []
    lines = [f"  {person.username:<14} {person.password:<14} {person.what_for}" for person in PEOPLE]
    program = f"  {MACHINE:<14} {MACHINE:<14} REST-Schnittstelle unter /engine-rest"
    return ["", "Demo logins (invented people):", *lines, program]


def _is_loaded(session: Session) -> bool:
    return any(line.username == PEOPLE[0].username for line in list_users(session))


def _play(session: Session, services: Services, example: _Example) -> None:
    """Let an invented person apply some days ago, and a clerk act the day after."""
    clock = FrozenClock(services.clock.now() - timedelta(days=example.days_ago, minutes=7))
    then = replace(services, clock=clock)
    case = _apply(session, then, example)
    if not example.taken_by:
        return
    clerk = load_actor(session, example.taken_by)
    assert clerk is not None
    clock.advance(timedelta(hours=3))
    task = tasks_of_case(session, case.id)[0]
    claim_task(session, then, task.id, by=clerk)
    if example.decision is not None:
        form = _form(session, then, task.form_key or "")
        clock.advance(timedelta(minutes=12))
        complete_task(session, then, task.id, _answers(form, example.decision), by=clerk)


def _apply(session: Session, services: Services, example: _Example) -> CaseInfo:
    definition = latest_definition(session, services, _PROCESS)
    draft = new_draft(session, services.clock, definition.id)
    form = load_form(definition.form(definition.info().start_form or ""))
    answers = _answers(form, _typed(services, example))
    name, content = "fahrzeugschein-muster.png", _registration(example)
    kept = add_file(session, services.clock, draft.id, "unterlagen.fahrzeugschein", name, "image/png", content)
    file = {"file_id": kept.id, "name": kept.name, "media_type": kept.media_type, "size": kept.size}
    put_answer(answers, "unterlagen.fahrzeugschein", [file])
    _refuse_if_wrong(form, answers, services)
    return submit_draft(session, services, draft.id, answers, by=_CITIZEN)


def _register_dogs(session: Session, services: Services) -> None:
    """An invented person registers two dogs, where the town has that service; the office has not looked yet."""
    then = replace(services, clock=FrozenClock(services.clock.now() - timedelta(days=1)))
    try:
        definition = latest_definition(session, then, "hundesteuer")
    except DefinitionNotFound:
        return
    draft = new_draft(session, then.clock, definition.id)
    form = load_form(definition.form(definition.info().start_form or ""))
    typed = {
        "anliegen.art": ["anmelden"],
        **_person(_Example("Hanna", "Hundefreund", "Plochinger Straße 14", "", "", 1)),
        "anmeldung.bereits": ["0"],
        "hinzufuegen": ["anmeldung.hunde"],
    }
    for number, (name, breed, exempt) in enumerate(
        (("Bello", "Mischling", "keine"), ("Frieda", "Labrador", "rettung"))
    ):
        dog = {"name": name, "rasse": breed, "gefaehrlich": "nein", "ermaessigung": exempt, "beginn": "1.9.2026"}
        typed |= {f"anmeldung.hunde.{number}.{key}": [text] for key, text in dog.items()}
    first = _answers(form, typed)
    del typed["hinzufuegen"]
    answers = _answers(form, typed, first)
    proof = add_file(session, then.clock, draft.id, "anmeldung.nachweise", "pruefung-muster.png", "image/png", _proof())
    file = {"file_id": proof.id, "name": proof.name, "media_type": proof.media_type, "size": proof.size}
    put_answer(answers, "anmeldung.nachweise", [file])
    _refuse_if_wrong(form, answers, then)
    submit_draft(session, then, draft.id, answers, by=_CITIZEN)


_REPORTS = (
    ("beleuchtung", "Die Leuchte vor dem Rathaus flackert.", "48,6483 9,4517", 30),
    ("abfall", "Neben der Bank liegt Sperrmüll.", "48,6497 9,4498", 20),
    ("spielplatz", "An der Schaukel ist ein Sitz gerissen.", "48,6468 9,4530", 4),
)


def _report(session: Session, services: Services) -> None:
    """Invented reports, where the town has that service; nobody has looked at them yet."""
    for kind, words, place, hours in _REPORTS:
        then = replace(services, clock=FrozenClock(services.clock.now() - timedelta(hours=hours)))
        try:
            definition = latest_definition(session, then, "maengelmelder")
        except DefinitionNotFound:
            return
        form = load_form(definition.form(definition.info().start_form or ""))
        typed = {"mangel.kategorie": [kind], "mangel.beschreibung": [words], "ort.position": [place]}
        answers = _answers(form, typed)
        _refuse_if_wrong(form, answers, then)
        draft = new_draft(session, then.clock, definition.id)
        submit_draft(session, then, draft.id, answers, by=_CITIZEN)


def _send_invoices(session: Session, services: Services) -> None:
    """Two invoices to the town: one that is right, and one whose sum is not."""
    try:
        latest_definition(session, services, "rechnungseingang")
    except DefinitionNotFound:
        return
    today = services.clock.today()
    right = reckoned(
        Invoice(
            number="2026-0815",
            issued_on=today - timedelta(days=10),
            due_on=today + timedelta(days=20),
            delivered_on=today - timedelta(days=14),
            seller=_BUILDER,
            buyer=Party("Stadt Kirchheim unter Teck", "Marktstraße 14", "73230", "Kirchheim unter Teck", email=_MAIL),
            items=(Item("Pflaster ausbessern, Marktplatz", Decimal("1180.00"), Decimal(19)),),
            taxes=(),
            totals=Totals(*[Decimal(0)] * 5),
            buyer_reference="08116033-BAUHOF-31",
            pay_to=PayTo("DE89370400440532013000", _BUILDER.name, "Rechnung 2026-0815"),
        )
    )
    wrong = replace(right, number="2026-0816", totals=replace(right.totals, gross=right.totals.gross + 100))
    for name, invoice in (("Rechnung_2026-0815.xml", right), ("Rechnung_2026-0816.xml", wrong)):
        annehmen(session, services, name, write_xrechnung(invoice), SYSTEM)


def _refuse_if_wrong(form: Form, answers: dict[str, Any], services: Services) -> None:
    wrong = validate(form, answers, clock=services.clock)
    if wrong:
        raise ValueError(f"The demo data do not fit the form: {wrong[0].path}: {wrong[0].message}")


def _form(session: Session, services: Services, key: str) -> Form:
    return load_form(latest_definition(session, services, _PROCESS).form(key))


def _answers(form: Form, typed: dict[str, list[str]], answers: dict[str, Any] | None = None) -> dict[str, Any]:
    answers = answers or {}
    for step in form.steps:
        answers = read_step(form, step, typed, answers)
    return answers


def _typed(services: Services, example: _Example) -> dict[str, list[str]]:
    """What the person would type into the form."""
    return {
        **_person(example),
        "fahrzeug.kennzeichen": [example.plate],
        "fahrzeug.halter": ["ja"],
        "parken.zone": [example.zone],
        "parken.beginn": [f"{services.clock.today() + timedelta(days=14):%d.%m.%Y}"],
        "parken.laufzeit_monate": ["12"],
        "einwilligung.bekanntgabe": ["true"],
    }


def _person(example: _Example) -> dict[str, list[str]]:
    return {
        "person.vorname": [example.first_name],
        "person.nachname": [example.last_name],
        "person.strasse": [example.street],
        "person.plz": ["73230"],
        "person.ort": ["Kirchheim unter Teck"],
        "person.email": [f"{example.first_name}.{example.last_name}@example.org".lower().replace("ü", "ue")],
    }


def _registration(example: _Example) -> bytes:
    return _picture("Zulassungsbescheinigung Teil I", example.plate, example.last_name)


def _proof() -> bytes:
    return _picture("Rettungshundeprüfung", "Frieda", "Hundefreund")


def _picture(*words: str) -> bytes:
    """A picture that plainly is no real paper."""
    picture = Image.new("RGB", (900, 560), "#f4efe1")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 880, 540), outline="#7a6f52", width=4)
    lines = ("MUSTER - ERFUNDEN", *words)
    for number, line in enumerate(lines):
        draw.text((60, 60 + 110 * number), line, fill="#3a3527", font_size=44)
    buffer = BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
