# SPDX-License-Identifier: EUPL-1.2
"""Writes docs/bpmn-abdeckung.md: which element is run at which place, and which test shows it.

The tests say so themselves: `@pytest.mark.shows("element", "position", "executed" or "refused", point="…")`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests/engine"
DOCUMENT = ROOT / "docs/bpmn-abdeckung.md"

VERDICTS = {"executed": "ausgeführt", "refused": "abgelehnt"}
#: Headings, and the elements below them; what is named nowhere comes last.
SECTIONS = {
    "Aktivitäten": ("task", "Task", "subProcess", "SubProcess", "callActivity", "transaction", "LoopCharacteristics"),
    "Gateways": ("Gateway",),
    "Ereignisse": ("EventDefinition", "Event", "multiple", "parallelMultiple", "compensation"),
    "Verbindungen und Abläufe": ("sequenceFlow", "conditionExpression", "process", "id", "collaboration", "lane"),
}
REST = "Daten, Aufträge und Betrieb"
#: What the engine must be right about where libraries are known to be wrong, by the number in our study of one.
POINTS = {
    "A": "Wo parallele Zweige zusammenkommen, geht kein Wert verloren und keiner wird überschrieben.",
    "B": "Ein gespeicherter Vorgang hängt nicht davon ab, in welcher Reihenfolge seine Daten liegen.",
    "C": "Auch eine lange Schleife endet erst, wenn sie enden soll.",
    "D": "Viele parallele Blöcke hintereinander kosten nur so viel, wie gerade läuft.",
    "E": "Was abgebrochen wurde, läuft nicht mehr.",
    "F": "Kein Element und keine Bedingung wird stillschweigend übergangen.",
    "G": "Ein Fehler trifft nur den Bereich, in dem er entstand; fängt ihn niemand, fällt er auf.",
    "H": "Aus Modellen läuft kein Python.",
    "I": "Ausdrücke sind FEEL, Entscheidungen sind DMN, beide vollständig.",
    "J": "Eingaben dürfen heißen, wie sie wollen.",
    "K": "Vorgänge desselben Modells stören einander nicht.",
    "L": "Beim Wechsel der Fassung bleiben Fristen und Eingaben erhalten.",
    "M": "Früher gespeicherte Stände bleiben lesbar.",
    "1.1": "Aktivitäten aller Arten tun, was gezeichnet ist.",
    "1.2": "Gateways teilen und sammeln, auch in Schleifen und ineinander.",
    "1.3": "Ereignisse wirken an jeder Stelle, an der sie gezeichnet werden dürfen.",
    "1.4": "Ereignis-Teilprozesse beginnen, unterbrechen und enden zur rechten Zeit.",
    "1.5": "Datenobjekte, Datenspeicher und Bahnen haben ihre Bedeutung.",
    "2": "Beispielmodelle anderer Werkzeuge lassen sich einlesen.",
    "3": "Die Angaben von Camunda 7 werden gelesen und befolgt.",
    "4": "Entscheidungstabellen antworten richtig und hinterlassen ihre Begründung.",
    "5": "Skripte bleiben in ihrem Käfig.",
    "6": "Werte behalten beim Speichern und Laden ihre Art.",
    "7": "Nachrichten finden genau eine Stelle, Fristen laufen zur rechten Zeit ab.",
    "8": "Nach einem Fehler steht der Vorgang, wo er stand, und lässt sich fortsetzen.",
    "9": "Der Aufwand wächst nicht mit dem, was schon war, und was kreist, wird angehalten.",
    "10": "Mehrere Stellen arbeiten gleichzeitig, ohne einander zu stören.",
    "11": "Was nicht ausgeführt werden kann, wird bei der Veröffentlichung abgelehnt.",
}

HEAD = (
    "# Was von BPMN ausgeführt wird\n\n"
    "Jede Zeile steht für Verhalten, das ein Test mit einem eigenen kleinen Modell zeigt: {behaviours} Verhalten in "
    "{tests} Tests.\n"
    "„Ausgeführt“ heißt, dass der Vorgang tut, was gezeichnet ist; „abgelehnt“, dass das Modell bei der "
    "Veröffentlichung mit\nStelle und Grund zurückgewiesen wird. Elemente heißen wie in der Norm, Stellen wie in den "
    "Tests.\n"
    "Diese Seite schreibt `make abdeckung`.\n"
)


class MarkRefused(ValueError):
    """A mark of a test cannot be read."""


@dataclass(frozen=True, order=True)
class Behaviour:
    """What one test shows."""

    element: str
    position: str
    verdict: str
    test: str
    file: str
    point: str | None = None

    @property
    def sentence(self) -> str:
        """The test's name, as it is read."""
        return self.test.removeprefix("test_").replace("_", " ")

    @property
    def link(self) -> str:
        """Leads to the test's file."""
        return f"[{Path(self.file).stem}](../{self.file})"


def behaviours() -> list[Behaviour]:
    """Everything that the tests of the engine say they show: those of BPMN, and of operating it."""
    found: list[Behaviour] = []
    for path in sorted([*TESTS.glob("conformance/test_*.py"), *TESTS.glob("test_*.py")]):
        file = path.relative_to(ROOT).as_posix()
        module = import_module(file.removesuffix(".py").replace("/", "."))
        tests = {name: test for name, test in vars(module).items() if name.startswith("test_") and callable(test)}
        found += [behaviour(mark, name, file) for name, test in tests.items() for mark in _marks(test)]
    return sorted(found, key=lambda each: (each.element.lower(), each.position, each.verdict, each.file, each.test))


def _marks(test: Any) -> Iterator[pytest.Mark]:
    """Marks of the test, and those of single parameters."""
    for mark in getattr(test, "pytestmark", ()):
        if mark.name == "shows":
            yield mark
        elif mark.name == "parametrize":
            for parameters in mark.args[1]:
                yield from (each for each in getattr(parameters, "marks", ()) if each.name == "shows")


def behaviour(mark: pytest.Mark, test: str, file: str) -> Behaviour:
    """What a mark of a test says, or `MarkRefused`."""
    place = f"{file}, {test}"
    if len(mark.args) != 3 or mark.args[2] not in VERDICTS or mark.kwargs.keys() - {"point"}:
        raise MarkRefused(f"{place}: shows needs an element, a position, executed or refused, and at most a point.")
    point = mark.kwargs.get("point")
    if point is not None and point not in POINTS:
        raise MarkRefused(f"{place}: there is no point {point}.")
    element, position, verdict = mark.args
    return Behaviour(element, position, verdict, test, file, point)


def document(found: Sequence[Behaviour]) -> str:
    """The whole page."""
    tests = {(each.file, each.test) for each in found}
    parts = [HEAD.format(behaviours=len(found), tests=len(tests)), _summary(found)]
    for heading in (*SECTIONS, REST):
        rows = [each for each in found if section_of(each.element) == heading]
        if rows:
            parts.append(f"## {heading}\n\n{_elements(rows)}")
    parts.append(_points(found))
    return "\n".join(parts)


def section_of(element: str) -> str:
    """Below which heading an element stands."""
    for heading, names in SECTIONS.items():
        if any(element == name or (name[0].isupper() and element.endswith(name)) for name in names):
            return heading
    return REST


def _summary(found: Sequence[Behaviour]) -> str:
    counts = Counter((each.element, each.verdict) for each in found)
    lines = ["| Element | ausgeführt | abgelehnt |", "|---|---|---|"]
    for element in dict.fromkeys(each.element for each in found):
        executed, refused = (counts[element, verdict] or "" for verdict in VERDICTS)
        lines.append(f"| {_cell(element)} | {executed} | {refused} |")
    return "\n".join(lines) + "\n"


def _elements(found: Sequence[Behaviour]) -> str:
    grouped: dict[tuple[str, str, str], list[Behaviour]] = {}
    for each in found:
        grouped.setdefault((each.element, each.position, each.verdict), []).append(each)
    lines = ["| Element | Stelle | Ergebnis | Verhalten | Tests |", "|---|---|---|---|---|"]
    for (element, position, verdict), shown in grouped.items():
        cells = (_cell(element), _cell(position), VERDICTS[verdict], str(len(shown)), _sentences(shown))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _points(found: Sequence[Behaviour]) -> str:
    lines = ["## Was Bibliotheken falsch machen und hier stimmt\n", "| Punkt | Zusage | Verhalten | Tests |"]
    lines.append("|---|---|---|---|")
    for point, promise in POINTS.items():
        shown = [each for each in found if each.point == point]
        if shown:
            files = ", ".join(sorted({each.link for each in shown}))
            lines.append(f"| {point} | {promise} | {len(shown)} | {files} |")
    return "\n".join(lines) + "\n"


def _sentences(found: Sequence[Behaviour]) -> str:
    """Each file once, with what its tests say."""
    by_file: dict[str, list[str]] = {}
    for each in found:
        by_file.setdefault(each.link, []).append(each.sentence)
    return "<br>".join(f"{link}: {'; '.join(dict.fromkeys(said))}" for link, said in by_file.items())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    DOCUMENT.write_text(document(behaviours()), "utf-8")


if __name__ == "__main__":
    main()
