# SPDX-License-Identifier: EUPL-1.2
"""A deployed process, ready to run: its model, its executable specs, the forms and decisions of its bundle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn import Process
from engine.dmn import Decision
from engine.errors import DefinitionNotFound


@dataclass(frozen=True)
class DefinitionInfo:
    """What lists show of a definition."""

    id: int
    key: str
    version: int
    name: str
    start_form: str | None
    deployment_id: int = 0
    version_tag: str | None = None


@dataclass(frozen=True)
class Definition:
    """One version of a process, ready to run, with the forms and decisions of its bundle."""

    id: int
    key: str
    version: int
    name: str
    process: Process
    spec: Any
    forms: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    deployment_id: int = 0
    resource_name: str = ""
    tenant_id: str | None = None

    def info(self) -> DefinitionInfo:
        """The short form."""
        return DefinitionInfo(
            self.id,
            self.key,
            self.version,
            self.name,
            self.process.start.form_key,
            self.deployment_id,
            self.process.version_tag,
        )

    def form(self, key: str) -> dict[str, Any]:
        """The source of a form, or `DefinitionNotFound`."""
        try:
            return self.forms[key]
        except KeyError:
            raise DefinitionNotFound(f"Form {key} is not deployed with {self.key}.") from None
