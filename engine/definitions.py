# SPDX-License-Identifier: EUPL-1.2
"""Deploying process definitions, and finding them again.

The unit of deployment is a bundle: the models, decisions and forms of one slice, which belong together. When any file
changes, the whole bundle becomes a new version; a running case keeps the bundle it began with.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn import Process, form_of, read_processes, read_processes_with_findings
from engine.bpmn.checking import check_references
from engine.bpmn.lint import lint
from engine.counters import unused_id
from engine.deployed import Definition, DefinitionInfo
from engine.dmn import Decision, DmnRefused, load_decisions
from engine.dmn.analysis import analyse
from engine.errors import DefinitionNotFound, Finding, ModelRefused
from engine.models import DefinitionRow, DeploymentRow, ResourceRow
from engine.services import Services
from engine.spiff.build import build_spec
from engine.starts import register_starts

#: Checks one form file and returns what is wrong with it (the form language lives above the engine).
FormCheck = Callable[[bytes], Sequence[str]]

SUFFIXES = (".bpmn", ".dmn", ".form")
_OTHER_ENDINGS = {".bpmn": (".bpmn20.xml",), ".dmn": (".dmn11.xml",)}

_NAMESPACE = re.compile(rb"""<[^!?][^>]*?\stargetNamespace\s*=\s*["']([^"'<>]*)["']""")


@dataclass(frozen=True)
class Bundle:
    """Files that are deployed together, by their names."""

    name: str
    resources: Mapping[str, bytes]

    @classmethod
    def from_folder(cls, folder: Path) -> "Bundle":
        """The models, decisions and forms that lie in a folder."""
        files = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and path.is_file())
        return cls(folder.name, {path.name: path.read_bytes() for path in files})

    @classmethod
    def from_file(cls, file: Path) -> "Bundle":
        """A single model with the decisions and forms beside it."""
        beside = [path for path in file.parent.iterdir() if path.suffix in (".dmn", ".form")]
        return cls(file.stem, {path.name: path.read_bytes() for path in sorted([file, *beside])})

    @cached_property
    def checksum(self) -> str:
        """Changes whenever any file does."""
        digest = hashlib.sha256()
        for name, content in sorted(self.resources.items()):
            digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        return digest.hexdigest()

    def of_kind(self, suffix: str) -> dict[str, bytes]:
        """The files of a kind, by the ending that we give it; other programs have others."""
        endings = (suffix, *_OTHER_ENDINGS.get(suffix, ()))
        return {name: content for name, content in self.resources.items() if name.endswith(endings)}


@dataclass(frozen=True)
class Deployment:
    """The outcome of deploying a bundle."""

    id: int
    name: str
    #: False when exactly these files were deployed before.
    is_new: bool
    definitions: tuple[DefinitionInfo, ...]
    #: What may be meant, but is worth a look; only of a new version.
    warnings: tuple[Finding, ...] = ()


def check_bundle(bundle: Bundle, *, form_check: FormCheck) -> list[Finding]:
    """Everything that would keep the bundle from running."""
    findings: list[Finding] = []
    forms = _Keys("form")
    decisions = _Keys("decision")
    for name, content in bundle.of_kind(".form").items():
        findings += [Finding(name, "", "", reason) for reason in form_check(content)]
        findings += forms.add(name, _form_keys(content))
    models = bundle.of_kind(".dmn")
    for name, content in models.items():
        try:
            loaded = load_decisions(content, models.values())
            findings += decisions.add(name, loaded)
            findings += [_dmn_finding(name, found) for found in analyse(loaded.values())]
        except DmnRefused as refused:
            findings += [_dmn_finding(name, found) for found in refused.findings]
    return findings + _check_models(bundle, set(forms.where), set(decisions.where), form_check)


def _check_models(bundle: Bundle, forms: set[str], decisions: set[str], form_check: FormCheck) -> list[Finding]:
    findings: list[Finding] = []
    processes = _Keys("process")
    read: dict[str, list[Process]] = {}
    for name, content in bundle.of_kind(".bpmn").items():
        drawn, found = read_processes_with_findings(content, name)
        findings += found
        findings += processes.add(name, [process.id for process in drawn])
        # What could not be read would only seem to be missing.
        read[name] = [] if any(one.severity == "error" for one in found) else drawn
    called = {process.id: process for found_in in read.values() for process in found_in}
    for name, found_in in read.items():
        for process in found_in:
            findings += lint(process, name)
            findings += check_references(process, name, forms, decisions, called=called)
            findings += _check_fields(process, name, form_check)
    return findings


def _check_fields(process: Process, resource: str, form_check: FormCheck) -> list[Finding]:
    """What is wrong with the forms that fields in the model itself make."""
    return [
        Finding(resource, node.id, node.name, reason, "Correct the field.", "warning", node.line)
        for node in process.nodes.values()
        if node.form_fields
        for reason in form_check(json.dumps(form_of(node)).encode())
    ]


class _Keys:
    """Where each form, decision or process of a bundle was found: nobody may wonder which of two is meant."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.where: dict[str, str] = {}

    def add(self, resource: str, keys: Iterable[str]) -> list[Finding]:
        """Take note of the keys of a file; says which are there already."""
        found = []
        for key in keys:
            other = self.where.setdefault(key, resource)
            if other != resource:
                reason = f"The {self._kind} {key} is in {other} already."
                found.append(Finding(resource, key, "", reason, "Give one of them another id."))
        return found


def deploy(
    session: Session,
    services: Services,
    bundle: Bundle,
    *,
    form_check: FormCheck,
    source: str | None = None,
    tenant_id: str | None = None,
    unless_unchanged: bool = True,
) -> Deployment:
    """Store a bundle as a new version, unless nothing has changed. Raises `ModelRefused` with all findings.

    `source` says which program brought it, `tenant_id` for whom.
    """
    latest = session.scalars(
        select(DeploymentRow).where(DeploymentRow.name == bundle.name).order_by(DeploymentRow.id.desc()).limit(1)
    ).one_or_none()
    if unless_unchanged and latest is not None and latest.checksum == bundle.checksum:
        return _described(session, services, latest, is_new=False)
    findings = check_bundle(bundle, form_check=form_check)
    errors = [found for found in findings if found.severity == "error"]
    if errors:
        raise ModelRefused(errors)
    row = DeploymentRow(
        name=bundle.name,
        checksum=bundle.checksum,
        deployed_at=services.clock.now(),
        source=source,
        tenant_id=tenant_id,
    )
    session.add(row)
    session.flush()
    for name, content in bundle.resources.items():
        session.add(ResourceRow(deployment_id=row.id, name=name, content=content))
    for name, content in bundle.of_kind(".bpmn").items():
        for process in read_processes(content, name):
            definition = _definition_row(session, row.id, name, content, process)
            session.add(definition)
            session.flush()
            register_starts(session, services, definition.id, process)
    return replace(_described(session, services, row, is_new=True), warnings=tuple(findings))


def _definition_row(session: Session, deployment_id: int, name: str, content: bytes, process: Process) -> DefinitionRow:
    namespace = _NAMESPACE.search(content)
    return DefinitionRow(
        id=unused_id(session, DefinitionRow),
        deployment_id=deployment_id,
        key=process.id,
        version=_latest_version(session, process.id) + 1,
        name=process.name[:200],
        resource_name=name,
        version_tag=process.version_tag,
        suspended=False,
        history_days=_days(process.history_time_to_live),
        category=namespace[1].decode(errors="replace")[:300] if namespace else None,
        description=process.documentation or None,
        startable=process.startable_in_tasklist,
    )


def latest_definition(session: Session, services: Services, key: str) -> Definition:
    """The newest version of a process, or `DefinitionNotFound`."""
    found = session.scalar(
        select(DefinitionRow.id).where(DefinitionRow.key == key).order_by(DefinitionRow.version.desc()).limit(1)
    )
    if found is None:
        raise DefinitionNotFound(f"No process {key} is deployed.")
    return load_definition(session, services, found)


def find_definition(
    session: Session,
    services: Services,
    key: str,
    *,
    version: int | None = None,
    version_tag: str | None = None,
    deployment_id: int | None = None,
) -> Definition:
    """A version of a process: that of a number, a tag or a deployment, else the newest. Or `DefinitionNotFound`."""
    wanted = select(DefinitionRow.id).where(DefinitionRow.key == key)
    if version is not None:
        wanted = wanted.where(DefinitionRow.version == version)
    if version_tag is not None:
        wanted = wanted.where(DefinitionRow.version_tag == version_tag)
    if deployment_id is not None:
        wanted = wanted.where(DefinitionRow.deployment_id == deployment_id)
    found = session.scalar(wanted.order_by(DefinitionRow.version.desc()).limit(1))
    if found is None:
        raise DefinitionNotFound(f"No such version of the process {key} is deployed.")
    return load_definition(session, services, found)


def load_definition(session: Session, services: Services, definition_id: int) -> Definition:
    """A definition by its id; parsed once a process."""
    definition = services.definitions.get(definition_id)
    if definition is None:
        definition = _parse(session, definition_id)
        services.definitions.put(definition_id, definition)
    return definition


def is_suspended(session: Session, definition_id: int) -> bool:
    """Whether no case of this version begins at present."""
    return bool(session.scalar(select(DefinitionRow.suspended).where(DefinitionRow.id == definition_id)))


def form_source(session: Session, services: Services, definition_id: int, form_key: str) -> dict[str, Any]:
    """The form that a definition version was deployed with."""
    return load_definition(session, services, definition_id).form(form_key)


def _parse(session: Session, definition_id: int) -> Definition:
    row = session.get(DefinitionRow, definition_id)
    if row is None:
        raise DefinitionNotFound
    resources = {
        resource.name: resource.content
        for resource in session.scalars(select(ResourceRow).where(ResourceRow.deployment_id == row.deployment_id))
    }
    read = read_processes(resources[row.resource_name], row.resource_name)
    process = next(found for found in read if found.id == row.key)
    forms: dict[str, dict[str, Any]] = {
        node.form_key: form_of(node) for node in process.nodes.values() if node.form_fields and node.form_key
    }
    decisions: dict[str, Decision] = {}
    bundle = Bundle("", resources)
    for content in bundle.of_kind(".form").values():
        source = json.loads(content)
        forms[source["id"]] = source
    models = list(bundle.of_kind(".dmn").values())
    for content in models:
        decisions.update(load_decisions(content, models))
    return Definition(
        row.id,
        row.key,
        row.version,
        row.name,
        process,
        build_spec(process),
        forms,
        decisions,
        row.deployment_id,
        row.resource_name,
        session.get_one(DeploymentRow, row.deployment_id).tenant_id,
    )


def _latest_version(session: Session, key: str) -> int:
    return session.scalar(select(func.max(DefinitionRow.version)).where(DefinitionRow.key == key)) or 0


def _described(session: Session, services: Services, row: DeploymentRow, *, is_new: bool) -> Deployment:
    ids = session.scalars(select(DefinitionRow.id).where(DefinitionRow.deployment_id == row.id)).all()
    definitions = tuple(load_definition(session, services, definition_id).info() for definition_id in ids)
    return Deployment(row.id, row.name, is_new, definitions)


def _days(written: str | None) -> int | None:
    """The days in `P30D` or `30`."""
    found = re.fullmatch(r"P?(\d{1,6})D?", written or "")
    return int(found[1]) if found else None


def _form_keys(content: bytes) -> set[str]:
    try:
        return {json.loads(content)["id"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return set()


def _dmn_finding(resource: str, found: Any) -> Finding:
    severity = getattr(found, "severity", "error")
    return Finding(resource, found.element_id, found.element_name, found.reason, found.cure, severity)
