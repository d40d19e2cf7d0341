# SPDX-License-Identifier: EUPL-1.2
"""Why an instance cannot be taken over, and what helps, in the words of operators."""

from collections.abc import Mapping
from dataclasses import dataclass

_AGAIN = "Den Abzug noch einmal anfertigen, während in Camunda 7 nichts läuft."
_THERE = "In Camunda 7 zu Ende führen, oder dort mit einer Änderung an eine andere Stelle setzen."
_MODEL = "Das Modell hier anpassen und veröffentlichen, oder den Vorgang in Camunda 7 an eine andere Stelle setzen."

#: Kind of objection → why, and what helps. `{about}` is what it is about: a variable, a topic, another instance.
WORDS: Mapping[str, tuple[str, str]] = {
    "no_definition": (
        "Das Prozessmodell {about} ist hier nicht veröffentlicht.",
        "Veröffentlichen mit: amt deploy ORDNER",
    ),
    "suspended_definition": (
        "Das Prozessmodell {about} ist hier angehalten.",
        "Fortsetzen mit: amt model resume {about}",
    ),
    "no_tree": ("Wo der Vorgang steht, fehlt im Abzug.", _AGAIN),
    "nowhere": ("Der Vorgang steht nirgends.", _AGAIN),
    "no_element": ("Dieses Element gibt es im Modell hier nicht.", _MODEL),
    "scope": ("Dieses Element liegt im Modell hier in einem anderen Teilprozess.", _MODEL),
    "repeated": ("Dieses Element wird im Modell hier nicht auf dieselbe Weise wiederholt.", _MODEL),
    "kind": ("An diesem Element kann hier nichts warten.", _MODEL),
    "counters": ("Die Zähler der Wiederholung fehlen oder passen nicht zur Liste.", _THERE),
    "operation": (
        "Diesen Schritt erledigt hier ein Arbeitsschritt des Systems, und das Modell hat davor Code, der schon lief.",
        "In Camunda 7 erledigen lassen, oder im Modell einen anderen Namen (topic) vergeben.",
    ),
    "called": (
        "Welchen Vorgang dieser Schritt aufgerufen hat, steht nicht im Abzug.",
        "Den Abzug mit „callActivities“ anfertigen; dazu muss Camunda 7 seinen Verlauf aufzeichnen (history level).",
    ),
    "called_missing": ("Der aufgerufene Vorgang {about} fehlt im Abzug.", _AGAIN),
    "called_refused": (
        "Der aufgerufene Vorgang {about} kann nicht übernommen werden.",
        "Was dort hilft, steht bei ihm.",
    ),
    "caller_missing": (
        "Der Vorgang {about}, der diesen aufgerufen hat, fehlt im Abzug.",
        "Beide zusammen abziehen; ein Untervorgang kommt nur mit seinem Vorgang.",
    ),
    "caller_refused": ("Der Vorgang {about}, der diesen aufgerufen hat, kann nicht übernommen werden.",
                       "Was dort hilft, steht bei ihm."),
    "java": (
        "Die Variable {about} ist ein serialisiertes Java-Objekt.",
        "In Camunda 7 als JSON neu setzen (serializationDataFormat application/json), dann neu abziehen.",
    ),
    "no_content": (
        "Der Inhalt der Variable {about} fehlt im Abzug.",
        "Mit „contents“ abziehen: GET /variable-instance/ID/data, als base64.",
    ),
    "variable": ("Die Variable {about} kann nicht gelesen werden.", "In Camunda 7 neu setzen, dann neu abziehen."),
    "variable_lost": ("Zu welcher Stelle die Variable {about} gehört, ist nicht zu erkennen.", _AGAIN),
    "task_lost": ("Zu welcher Stelle die Aufgabe {about} gehört, ist nicht zu erkennen.", _AGAIN),
    "task_missing": ("Die Aufgabe dieses Schritts fehlt im Abzug.", _AGAIN),
    "work_missing": ("Die Arbeit an diesem Schritt (external task) fehlt im Abzug.", _AGAIN),
    "job_lost": ("Zu welcher Stelle der Auftrag {about} gehört, ist nicht zu erkennen.", _AGAIN),
    "ambiguous": (
        "Mehrere Fristen dieses Elements laufen zugleich, und welche zu welcher Stelle gehört, ist nicht zu erkennen.",
        _THERE,
    ),
    "transition": ("Worauf der Vorgang hier wartet (vor oder nach dem Schritt), steht nicht im Abzug.", _AGAIN),
    "no_due": ("Wann die Frist dieses Elements abläuft, steht nicht im Abzug.", _AGAIN),
    "timer_lost": ("In Camunda 7 läuft hier eine Frist, die das Modell hier nicht hat.", _MODEL),
    "compensation": (
        "Schon Erledigtes könnte noch rückgängig gemacht werden ({about}); das wird nicht übernommen.",
        "In Camunda 7 zu Ende führen.",
    ),
    "moved_on": ("Der Vorgang würde hier nicht warten, sondern sofort weitergehen.", _MODEL),
    "step": ("Der Schritt scheitert: {about}", "Modell oder Variablen in Ordnung bringen, dann erneut übernehmen."),
    "broken": ("Der Abzug ist an dieser Stelle nicht lesbar: {about}", _AGAIN),
}  # fmt: skip


@dataclass(frozen=True)
class Objection:
    """One reason against one instance."""

    problem: str
    element_id: str = ""
    about: str = ""

    @property
    def why(self) -> str:
        """The reason in a German sentence."""
        return WORDS[self.problem][0].format(about=self.about)

    @property
    def cure(self) -> str:
        """What helps."""
        return WORDS[self.problem][1].format(about=self.about)
