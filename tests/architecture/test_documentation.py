# SPDX-License-Identifier: EUPL-1.2
"""What can be set, called, installed and said is written down."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

import processes
from engine.db import Base
from tests.architecture.tree import ROOT, our_text
from web.cli import main
from web.settings import Town

OPERATIONS = (ROOT / "docs/betrieb.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs/glossar.md").read_text("utf-8")
NOTICE = (ROOT / "NOTICE").read_text("utf-8")
WORDS = {
    "case": "Vorgang",
    "task": "Aufgabe",
    "definition": "Prozessmodell",
    "incident": "Störung",
    "claim": "übernehmen",
    "deputy": "Vertretung",
}


def settings() -> set[str]:
    read = set(re.findall(r'"(AMT_[A-Z_]*[A-Z])"', (ROOT / "web/settings.py").read_text("utf-8")))
    return read | {f"AMT_TOWN_{name.upper()}" for name in Town.__dataclass_fields__}


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, f"{path} {name}")


@pytest.mark.parametrize("name", sorted(settings()))
def test_setting_is_documented(name: str):
    assert f"`{name}`" in OPERATIONS


@pytest.mark.parametrize("path", [path for path, _ in commands(main, "amt")])
def test_command_is_documented_and_teaches(path: str):
    assert f"`{path}" in OPERATIONS
    assert dict(commands(main, "amt"))[path].help


@pytest.mark.parametrize(("english", "german"), WORDS.items())
def test_agreed_word_stands_in_the_glossary(english: str, german: str):
    assert re.search(rf"^\| {english}\b.*\| {german}\b", GLOSSARY, re.M)


def test_every_table_is_explained():
    processes.load()
    assert Base.metadata.tables
    assert not {name for name in Base.metadata.tables if f"`{name}`" not in GLOSSARY}


@pytest.mark.parametrize("lock", ["base.txt", "dev.txt", "node.txt"])
def test_every_package_is_named_with_its_licence(lock: str):
    pins = re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / lock).read_text(), re.M)
    assert pins
    assert not [name for name in pins if not re.search(rf"^{re.escape(name)} +\S", NOTICE, re.M | re.I)]


def test_links_between_documents_lead_somewhere():
    dead = []
    for name, text in our_text().items():
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text) if name.endswith(".md") else []:
            dead += [] if ((ROOT / name).parent / target).exists() else [f"{name}: {target}"]
    assert not dead


def test_it_is_written_down_how_long_each_table_keeps_its_rows():
    processes.load()
    told = OPERATIONS.partition("## Aufbewahren und löschen")[2].partition("\n## ")[0]
    assert not {name for name in Base.metadata.tables if f"`{name}`" not in told}
