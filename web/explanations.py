# SPDX-License-Identifier: EUPL-1.2
"""Incidents in plain German: what failed, why, and what helps. Names elements and messages, never people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.cases import case_definition
from engine.errors import AmtsflussError
from engine.queries.cases import Incident
from engine.services import Services


@dataclass(frozen=True)
class Explanation:
    """One incident, explained."""

    what: str
    why: str
    cure: str


#: What helps. `{again}` says how it goes on once the cause is mended, `{by_hand}` how it goes on without.
_MEND_MODEL = "Modell berichtigen, veröffentlichen und den Vorgang umziehen lassen (amt migrate-cases). {again}"
_WAIT = "Prüfen, ob die Gegenstelle wieder erreichbar ist. {again}"
_MEND_DATA = (
    "Ist eine Angabe im Vorgang falsch, sie berichtigen; ist das Modell falsch, es berichtigen, veröffentlichen und "
    "den Vorgang umziehen lassen (amt migrate-cases). {again}"
)
_ASK = "Das Protokoll nennt die Stelle im Programm; bitte an die Entwicklung geben. {again} {by_hand}"

#: By the name of an error class: why it came to this, and what helps. `{told}` is what the error says itself.
_CAUSES: Mapping[str, tuple[str, str]] = {
    "ExpressionFailed": ("Ein Ausdruck im Modell ergab nichts Brauchbares: {told}", _MEND_DATA),
    "UnknownName": (
        "Ein Ausdruck in ${{…}} fragt nach einer Variable, die es im Vorgang nicht gibt: {told}",
        "Die Variable im Vorgang anlegen, oder im Modell hinter = schreiben: dort ist null, was fehlt. " + _MEND_MODEL,
    ),
    "NoFlowMatches": (
        "Am Gateway trifft keine Bedingung zu, und es gibt keinen Standardfluss.",
        "Die Angaben prüfen, nach denen hier entschieden wird, oder im Modell einen Standardfluss zeichnen. {again}",
    ),
    "UnhandledBpmnError": (
        "Ein fachlicher Fehler trat auf, den im Modell kein Ereignis abfängt: {told}",
        "Ein Fehlerereignis für diesen Fehler zeichnen. " + _MEND_MODEL,
    ),
    "BpmnError": (
        "Ein Arbeitsschritt meldete einen fachlichen Fehler, obwohl kein Vorgang darauf wartet: {told}",
        _ASK,
    ),
    "StepsExceeded": (
        "Der Ablauf dreht sich im Kreis, ohne jemals zu warten.",
        "Im Modell fehlt eine Bedingung, die den Kreis beendet. Den Vorgang an eine andere Stelle setzen "
        "(amt case modify) oder abbrechen (amt case cancel).",
    ),
    "TokensExceeded": (
        "Im Vorgang läuft mehr zugleich, als ein Rechner vernünftig halten kann.",
        "Meist teilt sich ein Kreis im Modell immer weiter auf. Den Vorgang abbrechen: amt case cancel.",
    ),
    "CallsTooDeep": (
        "Prozesse rufen einander zu tief auf; vermutlich ruft sich einer selbst auf.",
        "Aufrufe im Modell berichtigen. " + _MEND_MODEL,
    ),
    "DefinitionNotFound": (
        "Ein Prozessmodell, eine Entscheidung oder ein Formular fehlt: {told}",
        "Das Fehlende veröffentlichen: amt deploy. {again}",
    ),
    "DocumentNotFound": (
        "Ein Dokument, das der Schritt braucht, gibt es in diesem Vorgang nicht.",
        "Prüfen, ob die Angabe im Vorgang auf das richtige Dokument zeigt. {again}",
    ),
    "DocumentTooLarge": (
        "Ein Dokument ist größer als erlaubt.",
        "Das Dokument verkleinern oder den Schritt von Hand erledigen. {by_hand}",
    ),
    "ConnectorUnavailable": ("Eine Gegenstelle ist nicht erreichbar: {told}", _WAIT),
    "MailerUnavailable": ("Der Mailserver ist nicht erreichbar oder vertröstet auf später.", _WAIT),
    "PaymentProviderUnavailable": ("Der Zahlungsanbieter ist nicht erreichbar.", _WAIT),
    "MailRefused": (
        "Die Mail kann so nicht verschickt werden: Adresse, Kopfzeile oder Anhang sind falsch.",
        "Die Mailadresse im Vorgang prüfen und berichtigen. {again} Oder anders zustellen. {by_hand}",
    ),
    "PaymentRefused": (
        "Der Zahlungsanbieter lehnt die Anfrage ab und wird es wieder tun.",
        "Vertrag und Einstellungen beim Zahlungsanbieter prüfen. {again}",
    ),
    "NobodyWaits": (
        "Kein Vorgang wartet auf die Nachricht: Er ist weiter, noch nicht so weit, oder hat einen anderen Schlüssel.",
        "Ist der Empfänger jetzt so weit: amt incident retry {number}. Braucht die Nachricht niemand mehr: "
        "amt incident skip {number}.",
    ),
    "SeveralWait": (
        "Auf die Nachricht warten mehrere Vorgänge; keiner hat sie bekommen.",
        "Im Modell einen eindeutigen Schlüssel angeben (correlationKey). {again}",
    ),
    "CaseSuspended": (
        "Der Vorgang oder das Prozessmodell, das gemeint ist, ist angehalten.",
        "Fortsetzen (amt case resume, amt model resume). {again}",
    ),
    "CaseHasEnded": (
        "Der Vorgang, der gemeint ist, ist schon beendet.",
        "Wird der Schritt nicht mehr gebraucht: amt incident cancel {number}.",
    ),
    "CaseNotFound": (
        "Den Vorgang, der gemeint ist, gibt es nicht mehr.",
        "Wird der Schritt nicht mehr gebraucht: amt incident cancel {number}.",
    ),
    "CaseChangedMeanwhile": (
        "Jemand anderes hat den Vorgang im selben Augenblick bewegt; überschrieben wurde nichts.",
        "Noch einmal versuchen. {again}",
    ),
    "ScriptFailed": ("Ein Skript im Modell ließ sich nicht ausführen: {told}", _MEND_DATA),
    "DecisionFailed": ("Eine Entscheidungstabelle ließ sich nicht auswerten: {told}", _MEND_DATA),
    "ResultOfAnotherShape": (
        "Eine Entscheidungstabelle ergab mehr, als das Modell aufnehmen kann: {told}",
        "Tabelle oder Form des Ergebnisses (mapDecisionResult) berichtigen. " + _MEND_MODEL,
    ),
    "NothingToRepeat": ("Wofür der Schritt wiederholt werden soll, ist keine Liste und keine Zahl: {told}", _MEND_DATA),
    "NothingToBegin": ("Womit der freie Teilprozess beginnen soll, gibt es dort nicht: {told}", _MEND_DATA),
    "SeveralBeginnings": (
        "Mehrere Ereignisse können den Prozess beginnen; es steht nicht fest, welches gemeint ist.",
        "Im Modell den Aufruf oder die Startereignisse eindeutig machen. {again}",
    ),
    "DurationRefused": ("Eine Zeitangabe im Modell ist keine Dauer: {told}", _MEND_DATA),
    "CronRefused": ("Eine Zeitangabe im Modell ist kein Zeitplan: {told}", _MEND_DATA),
    "InputRefused": ("Ein Arbeitsschritt bekam eine Angabe, mit der er nichts anfangen kann: {told}", _MEND_DATA),
    "OperationUnknown": (
        "Den Arbeitsschritt, den das Modell nennt, gibt es im Programm nicht: {told}",
        "Die Fassung des Programms einspielen, die ihn mitbringt, oder das Modell berichtigen. {again}",
    ),
    "OperationRefused": ("Ein Arbeitsschritt ist im Programm falsch angelegt.", _ASK),
    "ExternalWorkFailed": (
        "Das externe Programm hat die Arbeit aufgegeben. Warum, steht im Protokoll jenes Programms.",
        "Dort die Ursache beheben. {again} {by_hand}",
    ),
    "WorkersDied": (
        "Jeder Auftragsdienst, der daran arbeitete, brach ab, bevor er etwas sagen konnte.",
        "Arbeitsspeicher und Protokoll des Rechners prüfen. {again}",
    ),
    "AttemptsEndedByOperator": (
        "Der Betrieb hat die Versuche beendet.",
        "Prüfen, warum, und ob es weitergehen soll. {again}",
    ),
    "StateUnreadable": (
        "Der gespeicherte Stand des Vorgangs stammt aus einer Fassung, die dieses Programm nicht kennt.",
        "Die neueste Fassung des Programms einspielen. {again}",
    ),
    "ModelRefused": ("Ein Modell lässt sich so nicht ausführen: {told}", _MEND_MODEL),
    "ForderungUnbekannt": ("Eine Forderung mit dieser Referenz gibt es nicht.", _MEND_DATA),
    "ForderungIstBezahlt": (
        "Die Forderung ist schon bezahlt.",
        "Prüfen, ob der Schritt noch gebraucht wird; wenn nicht: amt incident skip {number}.",
    ),
    "ForderungIstStorniert": (
        "Die Forderung ist storniert; geschuldet wird nichts mehr.",
        "Prüfen, ob der Schritt noch gebraucht wird; wenn nicht: amt incident skip {number}.",
    ),
    "ZahlungWirdVorbereitet": (
        "Zu dieser Forderung wird gerade eine Zahlung vorbereitet.",
        "Etwas warten. {again}",
    ),
    "OSError": ("Eine Datei oder eine Verbindung war nicht zu erreichen ({kind}).", _WAIT),
}
_OURS = ("Das Programm hat den Schritt abgelehnt: {told}", _MEND_DATA)
_FOREIGN = ("Im Programm trat ein Fehler auf, mit dem es nicht gerechnet hat ({kind}).", _ASK)
#: Kinds that the engine gives; others are what programs have reported.
_OF_THE_ENGINE = frozenset(["job_failed", "external_failed", "step_failed", "form_missing"])
_SETTLED = "Beheben, was gemeldet ist. Danach hakt amt incident retry {number} die Störung ab."
_REPORTED = ("Ein anderes Programm hat sie gemeldet ({kind}): {told}", _SETTLED)
_REPORTED_IN_SILENCE = ("Ein anderes Programm hat sie gemeldet ({kind}) und nichts dazu gesagt.", _SETTLED)
#: Foreign errors that are about files and connections.
_CONNECTION = frozenset(
    ["OSError", "IOError", "TimeoutError", "FileNotFoundError", "PermissionError", "gaierror", "SSLError"]
    + ["ConnectionError", "ConnectionRefusedError", "ConnectionResetError", "ConnectionAbortedError"]
    + ["BrokenPipeError", "ReadTimeout", "ConnectTimeout", "SMTPException", "SMTPServerDisconnected"]
)
_BY_JOB: Mapping[str, str] = {
    "again": "Danach: amt incident retry {number}.",
    "by_hand": "Oder den Schritt von Hand erledigen und überspringen: amt incident skip {number}.",
}
#: No job stands behind it: whoever worked at the step tries again.
_BY_PEOPLE: Mapping[str, str] = {
    "again": "Danach noch einmal versuchen; amt incident retry {number} hakt die Störung ab.",
    "by_hand": "",
}

#: What failed, by the kind of incident or of its job. `{name}` is the element, `{topic}` what the job is for.
_WHAT: Mapping[str, str] = {
    "step_failed": "Der Schritt {name} ist gescheitert, als jemand weiterarbeiten wollte. Gespeichert wurde nichts; "
    "der Vorgang steht, wo er stand.",
    "form_missing": "Die Aufgabe {name} lässt sich nicht öffnen, weil ihr Formular fehlt.",
    "external_failed": "Die Arbeit {name} für externe Programme (Thema {topic}) ist gescheitert.",
    "operation": "Der Arbeitsschritt {name} ({topic}) ist nach allen Versuchen gescheitert.",
    "external": "Die Arbeit {name} für externe Programme (Thema {topic}) ist gescheitert.",
    "timer": "Eine Frist ist gekommen, und der Schritt {name} ist dabei nach allen Versuchen gescheitert.",
    "continuation": "Der Schritt {name} ist nach allen Versuchen gescheitert.",
    "message": "Die Nachricht „{topic}“ von {name} kam nach allen Versuchen nicht an.",
    "signal": "Das Signal „{topic}“ kam bei {name} nach allen Versuchen nicht an.",
    "start": "Ein Vorgang, der von selbst beginnen sollte, begann nicht: Der Schritt {name} ist gescheitert.",
    "batch": "Ein Stapel kam nicht weiter.",
    "reported": "An {name} ist eine Störung gemeldet.",
    "": "Der Schritt {name} ist gescheitert.",
}


def explain(incident: Incident, name: str = "") -> Explanation:
    """An incident in plain words; `name` is what the model calls its element."""
    kind, _, told = incident.reason.partition(": ")
    if incident.kind not in _OF_THE_ENGINE:
        kind, told = incident.kind, incident.reason
        why, cure = _REPORTED if told else _REPORTED_IN_SILENCE
    else:
        why, cure = _cause(kind, is_ours=bool(told))
    reported = "" if incident.kind in _OF_THE_ENGINE else "reported"
    what = _WHAT.get(reported or incident.kind) or _WHAT.get(incident.job_kind) or _WHAT[""]
    element = incident.element_id
    values = {
        "name": f"„{name}“ ({element})" if name and name != element else f"„{element}“",
        "topic": incident.topic,
        "kind": kind,
        "told": told,
        "number": str(incident.id),
    }
    endings = _BY_JOB if incident.kind in ("job_failed", "external_failed") else _BY_PEOPLE
    values |= {place: ending.format(**values) for place, ending in endings.items()}
    return Explanation(what.format(**values), why.format(**values).strip(), cure.format(**values).strip())


def _cause(kind: str, *, is_ours: bool) -> tuple[str, str]:
    if kind in _CONNECTION:
        return _CAUSES["OSError"]
    return _CAUSES.get(kind) or (_OURS if is_ours else _FOREIGN)


def names_of_elements(session: Session, services: Services, found: Iterable[Incident]) -> dict[int, str]:
    """What the models call the elements of incidents, by the number of the incident."""
    names: dict[int, str] = {}
    for incident in found:
        if incident.case_id is None:
            continue
        try:
            node = case_definition(session, services, incident.case_id).process.nodes.get(incident.element_id)
        except AmtsflussError:
            continue  # A model that cannot be read any more is no reason not to list its incidents.
        if node is not None and node.name:
            names[incident.id] = node.name
    return names
