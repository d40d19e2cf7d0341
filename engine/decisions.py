# SPDX-License-Identifier: EUPL-1.2
"""Decisions that are deployed: which there are, in which versions; and asking one.

A decision has no row of its own: it lies in a file of a deployment. Its version counts the deployments that hold it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.bpmn.xml import parse_xml
from engine.dmn import Decision, DecisionResult, DmnError, load_decisions
from engine.errors import AmtsflussError, NotFound
from engine.feel import FeelError
from engine.models import DeploymentRow, ResourceRow
from engine.services import Services

_HOLDS_DECISIONS = or_(ResourceRow.name.like("%.dmn"), ResourceRow.name.like("%.dmn11.xml"))


class DecisionNotFound(NotFound):
    """No such decision is deployed."""


class DecisionFailed(AmtsflussError):
    """The decision could not be evaluated."""


@dataclass(frozen=True)
class Drawn:
    """A decision as its file has it."""

    key: str
    name: str
    version_tag: str | None
    history_days: str | None


@dataclass(frozen=True)
class DrawnFile:
    """A file of decisions."""

    name: str
    #: Of the whole: the requirements graph.
    key: str
    title: str
    decisions: tuple[Drawn, ...]


@dataclass(frozen=True)
class DecisionLine:
    """One version of a decision."""

    key: str
    version: int
    deployment_id: int
    name: str
    resource: str
    graph_key: str
    graph_version: int
    tenant_id: str | None
    version_tag: str | None = None
    history_days: str | None = None


@dataclass(frozen=True)
class GraphLine:
    """One version of a file of decisions as a whole."""

    key: str
    version: int
    deployment_id: int
    name: str
    resource: str
    tenant_id: str | None


def decisions(session: Session, services: Services) -> list[DecisionLine]:
    """All versions of all decisions, the older ones first."""
    versions: Counter[str] = Counter()
    graphs: Counter[str] = Counter()
    found = []
    for deployment_id, tenant_id, files in _files(session, services):
        for file in files:
            graphs[file.key] += 1
            for drawn in file.decisions:
                versions[drawn.key] += 1
                found.append(
                    DecisionLine(
                        key=drawn.key,
                        version=versions[drawn.key],
                        deployment_id=deployment_id,
                        name=drawn.name,
                        resource=file.name,
                        graph_key=file.key,
                        graph_version=graphs[file.key],
                        tenant_id=tenant_id,
                        version_tag=drawn.version_tag,
                        history_days=drawn.history_days,
                    )
                )
    return found


def graphs(session: Session, services: Services) -> list[GraphLine]:
    """All versions of all files of decisions, the older ones first."""
    versions: Counter[str] = Counter()
    found = []
    for deployment_id, tenant_id, files in _files(session, services):
        for file in files:
            versions[file.key] += 1
            line = GraphLine(file.key, versions[file.key], deployment_id, file.title, file.name, tenant_id)
            found.append(line)
    return found


def newest(lines: Iterable[DecisionLine]) -> list[DecisionLine]:
    """Of each decision the newest version."""
    return list({line.key: line for line in lines}.values())


def decision_source(session: Session, deployment_id: int, resource: str) -> bytes:
    """The file that a decision lies in."""
    statement = select(ResourceRow.content).where(ResourceRow.deployment_id == deployment_id)
    content = session.scalar(statement.where(ResourceRow.name == resource))
    if content is None:
        raise DecisionNotFound
    return content


def ask_decision(
    session: Session, services: Services, line: DecisionLine, variables: Mapping[str, Any]
) -> DecisionResult:
    """Evaluate a decision. Raises `DecisionFailed` with what is wrong."""
    try:
        return decision_of(session, services, line).evaluate(variables, services.clock)
    except (DmnError, FeelError) as failed:
        raise DecisionFailed(str(failed)) from failed


def decision_of(session: Session, services: Services, line: DecisionLine) -> Decision:
    """A decision, ready to be asked."""
    known = services.decisions.get(line.deployment_id)
    if known is None:
        known = _loaded(session, line.deployment_id)
        services.decisions.put(line.deployment_id, known)
    return known[line.key]


def _loaded(session: Session, deployment_id: int) -> dict[str, Decision]:
    statement = select(ResourceRow.content).where(ResourceRow.deployment_id == deployment_id)
    models = list(session.scalars(statement.where(_HOLDS_DECISIONS)))
    found: dict[str, Decision] = {}
    for content in models:
        found.update(load_decisions(content, models))
    return found


def _files(session: Session, services: Services) -> list[tuple[int, str | None, tuple[DrawnFile, ...]]]:
    """The files of decisions by deployment; each deployment is read once, as it never changes."""
    statement = (
        select(DeploymentRow.id, DeploymentRow.tenant_id)
        .where(DeploymentRow.id.in_(select(ResourceRow.deployment_id).where(_HOLDS_DECISIONS)))
        .order_by(DeploymentRow.id)
    )
    found = []
    for deployment_id, tenant_id in session.execute(statement).all():
        files = services.drawn_decisions.get(deployment_id)
        if files is None:
            files = _drawn(session, deployment_id)
            services.drawn_decisions.put(deployment_id, files)
        found.append((deployment_id, tenant_id, files))
    return found


def _drawn(session: Session, deployment_id: int) -> tuple[DrawnFile, ...]:
    rows = session.execute(
        select(ResourceRow.name, ResourceRow.content)
        .where(ResourceRow.deployment_id == deployment_id, _HOLDS_DECISIONS)
        .order_by(ResourceRow.name)
    )
    return tuple(_read(name, content) for name, content in rows)


def _read(name: str, content: bytes) -> DrawnFile:
    root = parse_xml(content)
    drawn = [
        Drawn(
            element.get("id") or "",
            element.get("name") or "",
            _own(element, "versionTag"),
            _own(element, "historyTimeToLive"),
        )
        for element in root.iterchildren("{*}decision")
    ]
    return DrawnFile(name, root.get("id") or name, root.get("name") or name, tuple(drawn))


def _own(element: Any, attribute: str) -> str | None:
    """An attribute of Camunda's."""
    found = [value for name, value in element.attrib.items() if name.endswith(f"}}{attribute}")]
    return found[0] if found else None
