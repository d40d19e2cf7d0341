# SPDX-License-Identifier: EUPL-1.2
"""Runs folders of the DMN Technology Compatibility Kit and counts what comes out as the kit expects.

The kit is data of others: a folder holds models (`*.dmn`) and test files (`*-test-*.xml`) that give inputs and the
expected results. Judged as the runners of the kit judge: numbers to eight decimals, lists and contexts member by
member, dates, times and durations as values; where an error is expected, null is right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.dmn.errors import DmnError
from engine.dmn.evaluation import evaluated
from engine.dmn.graph import InputData
from engine.dmn.reading import load_graph
from engine.dmn.session import Session
from engine.dmn.tckvalues import TckValue, as_expected, children, read_value
from engine.dmn.xml import Element, parse_locked
from engine.feel import Clock, FeelError
from engine.feel.errors import Failure
from engine.feel.text import value_text
from engine.feel.values import HostFunction, Value


@dataclass(frozen=True, slots=True)
class TckFailure:
    """One expected result that did not come out."""

    folder: str
    case_id: str
    node: str
    expected: str
    actual: str
    reason: str

    def __str__(self) -> str:
        told = f" ({self.reason})" if self.reason else ""
        return f"{self.folder} {self.case_id} {self.node}: expected {self.expected}, got {self.actual}{told}"


@dataclass
class TckFolder:
    """The test cases of one folder; a case passes when all its results are as expected."""

    name: str
    passed: int = 0
    total: int = 0
    failures: list[TckFailure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TckReport:
    """All folders of a run, in the order of their names."""

    folders: tuple[TckFolder, ...]

    @property
    def passed(self) -> int:
        """Test cases that came out as expected."""
        return sum(folder.passed for folder in self.folders)

    @property
    def failed(self) -> int:
        """Test cases that did not."""
        return sum(folder.total - folder.passed for folder in self.folders)

    @property
    def failures(self) -> list[TckFailure]:
        """What went wrong in all folders."""
        return [failure for folder in self.folders for failure in folder.failures]


def run_tck(directory: Path, clock: Clock | None = None) -> TckReport:
    """Runs every folder below `directory` that holds test files, however deep; `clock` is for `now()` and `today()`."""
    files: dict[Path, list[Path]] = {}
    for file in sorted(directory.rglob("*-test-*.xml")):
        files.setdefault(file.parent, []).append(file)
    return TckReport(tuple(_run_folder(folder, directory, tests, clock) for folder, tests in files.items()))


def _run_folder(folder: Path, root: Path, tests: Sequence[Path], clock: Clock | None) -> TckFolder:
    name = folder.relative_to(root).as_posix() if folder != root else folder.name
    result = TckFolder(name)
    models = {file.name: file.read_bytes() for file in sorted(folder.glob("*.dmn"))}
    for test in tests:
        document = parse_locked(test.read_bytes())
        model_name = next((str(child.text).strip() for child in children(document, "modelName")), "")
        asked = _Models(models, model_name, clock)
        for case in children(document, "testCase"):
            _run_case(case, asked, result)
    return result


def _run_case(case: Element, models: "_Models", result: TckFolder) -> None:
    case_id = case.get("id") or str(result.total + 1)
    inputs = {node.get("name") or "": read_value(node) for node in children(case, "inputNode")}
    failures = [
        TckFailure(result.name, case_id, *failure)
        for node in children(case, "resultNode")
        if (failure := _judge(node, case, inputs, models)) is not None
    ]
    result.total += 1
    result.passed += not failures
    result.failures += failures


def _judge(
    node: Element, case: Element, inputs: Mapping[str, TckValue], models: "_Models"
) -> tuple[str, str, str, str] | None:
    """None when the result is right; else what was asked, wanted and given, and why."""
    name = node.get("name") or ""
    wanted = next((read_value(child) for child in children(node, "expected")), TckValue(None))
    # An input of an imported model may be written with the name of the import before it.
    given = {key.rpartition(".")[2]: entry.value for key, entry in inputs.items()}
    given |= {key: entry.value for key, entry in inputs.items()}
    try:
        value, reasons = models.decide(name, case.get("invocableName"), given)
    except (DmnError, FeelError) as error:
        value, reasons = None, [f"{type(error).__name__}: {error}"]
        if not (wanted.value is None or node.get("errorResult") == "true"):
            return name, value_text(wanted.value), "an error", reasons[0]
    if node.get("errorResult") == "true" and value is None:
        return None
    if as_expected(value, wanted):
        return None
    return name, value_text(wanted.value), value_text(value), "; ".join(reasons)


class _Models:
    """The models of a folder, asked by name."""

    def __init__(self, files: Mapping[str, bytes], main: str, clock: Clock | None) -> None:
        name = main if main in files else next(iter(files))
        self._graph = load_graph(files[name], [xml for other, xml in files.items() if other != name])
        self._clock = clock

    def decide(self, name: str, service: str | None, inputs: Mapping[str, Value]) -> tuple[Value, list[str]]:
        """The value of a decision, or of the output of a service, and why parts of it are null."""
        session = Session(self._graph, inputs, self._clock, by_the_norm=True)
        wanted = service or name
        nodes = [node for node in self._graph.named(wanted) if not isinstance(node, InputData)]
        if not nodes:
            return None, [f"there is no decision {wanted}"]
        value = evaluated(session, nodes[0].key)
        if isinstance(value, HostFunction):
            try:
                value = value.call([inputs.get(parameter) for parameter in value.parameters])
            except Failure as failure:
                return None, [str(failure)]
            if isinstance(value, dict) and name != service and name in value:
                value = value[name]
        return value, [warning for trace in session.told for warning in trace.warnings]
