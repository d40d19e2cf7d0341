# SPDX-License-Identifier: EUPL-1.2
"""What happened in a case, in words that a clerk reads; what only the machine cares about is left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.bpmn.model import SUBPROCESS_TYPES
from engine.identity import APPLICANT_GROUP, SYSTEM
from engine.queries.cases import CaseLine, HistoryLine


@dataclass(frozen=True)
class Event:
    """One line of the history, as a clerk reads it."""

    text: str
    at: datetime
    by: str
    #: The name of the subprocess that it happened in; empty outside of one.
    within: str = ""
    #: The called case that it is about; empty for most.
    case_id: str = ""
    #: How often it happened at that moment.
    times: int = 1


#: What a kind of line says: with the name of its element, and without one (empty: then it says nothing).
_TEXTS: Mapping[str, tuple[str, str]] = {
    "case_started": ("", "Vorgang begonnen"),
    "case_adopted": ("", "Übernommen aus {origin}{began}"),
    "case_ended": ("", "Vorgang beendet: {outcome}"),
    "case_cancelled": ("", "Vorgang abgebrochen"),
    "case_suspended": ("", "Vorgang angehalten"),
    "case_resumed": ("", "Vorgang läuft weiter"),
    "case_modified": ("", "Ablauf von Hand geändert"),
    "case_migrated": ("", "Auf eine neue Fassung des Ablaufs umgestellt"),
    "case_called": ("", "Untervorgang begonnen: {called}"),
    "variables_changed": ("", "Angaben zum Vorgang geändert"),
    "task_claimed": ("„{element}“ übernommen", "Aufgabe übernommen"),
    "task_released": ("„{element}“ zurückgegeben", "Aufgabe zurückgegeben"),
    "attachment_added": ("Anlage zu „{element}“", "Anlage abgelegt"),
    "task_assigned": ("„{element}“ zugewiesen: {assignee}", "Aufgabe zugewiesen: {assignee}"),
    "task_delegated": ("„{element}“ zur Klärung weitergegeben: {assignee}", "Zur Klärung weitergegeben: {assignee}"),
    "task_resolved": ("„{element}“ nach Klärung zurückgegeben", "Nach Klärung zurückgegeben"),
    "task_changed": ("„{element}“ geändert", "Aufgabe geändert"),
    "task_linked": ("Zuständigkeit für „{element}“ geändert", "Zuständigkeit geändert"),
    "task_unlinked": ("Zuständigkeit für „{element}“ geändert", "Zuständigkeit geändert"),
    "decision_evaluated": ("Berechnet: {element}", ""),
    "document_added": ("", "Dokument abgelegt: {document}"),
    "message_sent": ("Nachricht verschickt: {element}", "Nachricht verschickt"),
    "escalation_unhandled": ("Eskalation ohne Folgen: {element}", "Eskalation ohne Folgen"),
    "external_failed": ("Automatischer Schritt fehlgeschlagen: {element}", "Automatischer Schritt fehlgeschlagen"),
    "incident_retried": ("Nach einer Störung wiederholt: {element}", "Nach einer Störung wiederholt"),
    "incident_skipped": ("Nach einer Störung übersprungen: {element}", "Nach einer Störung übersprungen"),
    "incident_cancelled": ("Nach einer Störung aufgegeben: {element}", "Nach einer Störung aufgegeben"),
}
_DONE = ("„{element}“ erledigt", "")
_OVER = ("„{element}“ abgeschlossen", "")
_SAID = ("{element}", "")
_COMPLETED: Mapping[str, tuple[str, str]] = {
    "userTask": ("„{element}“ erledigt", "Aufgabe erledigt"),
    "manualTask": _DONE,
    "receiveTask": _DONE,
    "callActivity": _OVER,
    **dict.fromkeys(SUBPROCESS_TYPES, _OVER),
    "task": _SAID,
    "serviceTask": _SAID,
    "sendTask": _SAID,
    "intermediateCatchEvent": _SAID,
    "intermediateThrowEvent": _SAID,
    "boundaryEvent": _SAID,
}
_ENTERED: Mapping[str, tuple[str, str]] = dict.fromkeys(SUBPROCESS_TYPES, ("„{element}“ begonnen", ""))
_CANCELLED: Mapping[str, tuple[str, str]] = {
    "userTask": ("„{element}“ entfallen", "Aufgabe entfallen"),
    "callActivity": ("„{element}“ abgebrochen", ""),
    **dict.fromkeys(SUBPROCESS_TYPES, ("„{element}“ abgebrochen", "")),
}
_BY_ELEMENT: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "entered": _ENTERED,
    "completed": _COMPLETED,
    "cancelled": _CANCELLED,
}


def events(
    lines: Sequence[HistoryLine], called: Sequence[CaseLine] = (), names: Mapping[str, str] | None = None
) -> list[Event]:
    """The history in words, newest first.

    `called` are the cases that the case has called, `names` those of the model's elements by their ids.
    """
    words = _Words(lines, called, names or {})
    return list(reversed(list(_counted(words.told()))))


class _Words:
    """Knows how everything in one history is called."""

    def __init__(self, lines: Sequence[HistoryLine], called: Sequence[CaseLine], names: Mapping[str, str]) -> None:
        self._lines = lines
        self._called = {each.case.id: f"{each.name} ({each.case.reference})" for each in called}
        self._names = names
        entered = [line for line in lines if line.kind == "entered" and line.token_id]
        #: Names as they were when the token came, computed ones too.
        self._named = {line.token_id: line.element_name for line in entered}
        self._around = {line.token_id: line.parent_token for line in lines if line.kind in ("entered", "body_entered")}
        self._scopes = {line.token_id for line in entered if line.element_type in SUBPROCESS_TYPES}
        #: Who has sent a message need not be told to be done besides.
        self._sent = {line.token_id for line in lines if line.kind == "message_sent"}

    def told(self) -> Iterator[Event]:
        """What there is to say, oldest first."""
        for line in self._lines:
            text = self._text(line)
            if text:
                about = str(line.details.get("case_id") or "") if line.kind == "case_called" else ""
                case_id = about if about in self._called else ""
                yield Event(text, line.at, _who(line), self._within(line), case_id)

    def _text(self, line: HistoryLine) -> str:
        if line.kind == "completed" and line.token_id in self._sent:
            return ""
        by_element = _BY_ELEMENT.get(line.kind)
        found = by_element.get(line.element_type) if by_element is not None else _TEXTS.get(line.kind)
        if found is None:
            return ""
        name = self._name(line)
        words = (found[0] if name and found[0] else found[1]).format(
            element=name,
            document=line.details.get("title") or "",
            outcome=line.details.get("ended_with") or "",
            assignee=line.details.get("assignee") or "",
            called=self._called.get(str(line.details.get("case_id")), ""),
            origin=line.details.get("origin") or "",
            began=f", dort begonnen am {line.details['began']}" if line.details.get("began") else "",
        )
        return words.removesuffix(": ")

    def _name(self, line: HistoryLine) -> str:
        """What people call the element; nothing when it has only a technical name."""
        name = self._named.get(line.token_id) or line.element_name or self._names.get(line.element_id, "")
        return "" if name == line.element_id or "${" in name or "#{" in name or name.startswith("=") else name

    def _within(self, line: HistoryLine) -> str:
        around = line.parent_token
        while around is not None and around not in self._scopes:
            around = self._around.get(around)
        return self._named.get(around, "")


def _counted(told: Iterator[Event]) -> Iterator[Event]:
    """Equal lines of one moment as one, such as the beginning of a subprocess for each of ten offices."""
    last: Event | None = None
    for event in told:
        if last is not None and replace(last, times=1) == event:
            last = replace(last, times=last.times + 1)
            continue
        if last is not None:
            yield last
        last = event
    if last is not None:
        yield last


def _who(line: HistoryLine) -> str:
    if line.actor == APPLICANT_GROUP:
        return "Antragstellerin oder Antragsteller"
    return "automatisch" if line.actor in ("", SYSTEM.name) else line.actor_name
