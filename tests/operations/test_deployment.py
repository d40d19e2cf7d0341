# SPDX-License-Identifier: EUPL-1.2
"""What `deploy/` says is so: settings and commands exist, services name each other, versions are pinned."""

from __future__ import annotations

import configparser
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from tests.architecture.tree import ROOT
from web.cli import main
from web.settings import SettingRefused, settings_from_environment, unknown_settings

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = [path for path in FILES if path.suffix == ".service"]
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
GUNICORN = ["gunicorn", "-c", "web/gunicorn.conf.py", "web.wsgi:application"]


class Unit(configparser.RawConfigParser):
    """A systemd unit; a name may stand in it more than once, the last one counts here."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, comment_prefixes=("#",), delimiters=("=",))
        self.read(path, "utf-8")

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def check_command(words: list[str]) -> None:
    """Whether this can be typed: `amt` with a command and options that there are, or the server as it is started."""
    program, *rest = words
    if Path(program).name == "gunicorn":
        assert [Path(program).name, *rest] == GUNICORN
        assert (ROOT / "web/gunicorn.conf.py").is_file()
        return
    assert Path(program).name == "amt", words
    command = main.commands[rest[0]]
    known = {name for option in command.params if isinstance(option, click.Option) for name in option.opts}
    assert {word for word in rest[1:] if word.startswith("--")} <= known, words


def typed(command: list[str]) -> Iterator[list[str]]:
    """The commands within one of a container."""
    if command[:2] == ["sh", "-c"]:
        yield from (shlex.split(part) for part in command[2].split("&&"))
    else:
        yield command


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_exists(path: Path):
    named = set(re.findall(r"\bAMT_[A-Z_]*[A-Z]\b", path.read_text("utf-8")))
    assert not unknown_settings(dict.fromkeys(named, ""))


def test_example_of_settings_can_be_used(tmp_path: Path):
    lines = (DEPLOY / "amtsfluss.env.example").read_text("utf-8").splitlines()
    pairs = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    environment = {name: shlex.split(value)[0] if value else "" for name, value in pairs.items()}
    try:
        settings_from_environment({**environment, "AMT_DATA_DIR": str(tmp_path)})
    except SettingRefused as refused:
        pytest.fail(str(refused))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_unit_starts_what_there_is_and_may_do_little(path: Path):
    service = Unit(path)["Service"]
    check_command(shlex.split(service["ExecStart"]))
    assert service["User"] == "amtsfluss"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"


def test_there_is_a_unit_for_each_process():
    assert {path.name for path in UNITS} == {
        "amtsfluss-web.service", "amtsfluss-worker@.service", "amtsfluss-beat.service", "amtsfluss-backup@.service",
    }  # fmt: skip


def test_folders_of_the_units_are_made():
    lines = (DEPLOY / "systemd/amtsfluss.tmpfiles.conf").read_text("utf-8").splitlines()
    made = {line.split()[1] for line in lines if line.startswith("d ")}
    example = (DEPLOY / "amtsfluss.env.example").read_text("utf-8")
    assert {"/srv/amtsfluss/documents", "/srv/amtsfluss/backups"} <= made
    assert "AMT_DOCUMENTS=folder:/srv/amtsfluss/documents" in example


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_container_is_pinned_and_knows_whom_it_waits_for(name: str):
    service = COMPOSE["services"][name]
    image, _, version = service["image"].partition(":")
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?(-[a-z]+)?", version)
    assert "." not in image.partition("/")[0], "the host of a registry is nobody's business here"
    for other, condition in service.get("depends_on", {}).items():
        assert other in COMPOSE["services"]
        if condition["condition"] == "service_healthy":
            assert "healthcheck" in COMPOSE["services"][other]
    for volume in service.get("volumes", ()):
        assert volume.split(":")[0] in COMPOSE["volumes"]
    if image == "amtsfluss":
        for command in typed(service.get("command", GUNICORN)):
            check_command(command)


def test_addresses_in_containers_name_services():
    settings = COMPOSE["x-amtsfluss"]["environment"]
    for name in ("AMT_DATABASE_URL", "AMT_BROKER_URL"):
        assert re.search(r"@(\w+):\d+", settings[name])[1] in COMPOSE["services"]  # type: ignore[index]  # a missing match fails, too


def test_image_is_made_of_what_there_is():
    assert set(re.findall(r"^FROM (\S+)", CONTAINERFILE, re.M)) == {"python:3.11.14-slim-trixie"}
    for line in re.findall(r"^COPY (?!--from)(.+)", CONTAINERFILE, re.M):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    assert re.search(r"^USER amtsfluss$", CONTAINERFILE, re.M)
    assert yaml.safe_load(re.findall(r"^CMD (.+)", CONTAINERFILE, re.M)[0]) == GUNICORN


def test_image_can_save_the_database_beside_it():
    client = re.search(r"postgresql-client-(\d+)", CONTAINERFILE)
    server = COMPOSE["services"]["database"]["image"].partition(":")[2]
    assert client and int(client[1]) >= int(server.partition(".")[0])


def test_image_has_every_system_package_that_running_needs():
    wanted = (ROOT / "tools/system.sh").read_text("utf-8")
    run = wanted[wanted.index("\nrun)") : wanted.index("\ntest)")]
    needed = set(re.findall(r"^    need (\S+)", run, re.M)) - {"python3-venv"}
    assert needed
    for stage in CONTAINERFILE.split("\nFROM ")[1:]:
        assert needed <= set(stage.split())


def test_proxy_hands_on_who_asks_and_hides_measures():
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert text.count("{") == text.count("}")
    assert "server 127.0.0.1:8000;" in text
    assert re.search(r"location = /metrics \{\s+return 403;", text)
    assert {"X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme", "Host $host"} <= set(
        re.findall(r"proxy_set_header (.+);", text)
    )
    assert "access_log off;" in text
