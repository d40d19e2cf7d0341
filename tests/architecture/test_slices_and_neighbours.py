# SPDX-License-Identifier: EUPL-1.2
"""Every slice and every connector is complete: learn one, know all."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import connectors
import processes
from engine.operations import Connector
from tests.architecture.tree import ROOT, our_files, shown

#: Most services have Python of their own; what the shared operations do needs none.
SLICES = sorted(
    {path.parent for found in ("operations.py", "*.bpmn") for path in (ROOT / "processes").glob(f"*/{found}")}
)
SCENARIOS = [path for path in our_files() if path.name.startswith("test_") and "processes" in path.parts]


def ports() -> list[type[Connector]]:
    """What the product can be connected to: the direct children of Connector in connectors."""
    for module in pkgutil.walk_packages(connectors.__path__, "connectors."):
        importlib.import_module(module.name)
    found = [port for port in Connector.__subclasses__() if port.__module__.startswith("connectors.")]
    return sorted(found, key=lambda port: port.__name__)


def all_below(kind: type[Connector]) -> list[type[Connector]]:
    return [deeper for below in kind.__subclasses__() for deeper in (below, *all_below(below))]


def test_every_folder_with_a_model_is_a_slice():
    models = {path.parent for path in (ROOT / "processes").glob("*/*.bpmn")}
    assert models
    assert models <= {found.folder for found in processes.slices()}


@pytest.mark.parametrize("folder", SLICES, ids=shown)
def test_slice_is_complete(folder: Path):
    assert (folder / "README.md").is_file()
    assert (folder / "__init__.py").is_file()
    assert any(folder.name in shown(scenario) for scenario in SCENARIOS), "no test names this slice"


@pytest.mark.parametrize("port", ports(), ids=lambda port: port.__name__)
def test_neighbour_has_a_fake_and_a_check(port: type[Connector]):
    adapters = [kind for kind in (port, *all_below(port)) if not inspect.isabstract(kind)]
    assert adapters
    assert [kind for kind in all_below(port) if kind.__name__.startswith("Fake")], "no fake stands beside the port"
    assert not [kind for kind in adapters if kind.check is Connector.check], "an adapter does not check its neighbour"


def test_there_are_ports():
    assert {"Mailer"} <= {port.__name__ for port in ports()}
