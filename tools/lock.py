# SPDX-License-Identifier: EUPL-1.2
"""Writes requirements/base.txt and dev.txt: every version, direct or not, found in a fresh environment."""

from __future__ import annotations

import subprocess
import tempfile
import venv
from pathlib import Path

REQUIREMENTS = Path(__file__).parent.parent / "requirements"
WRITTEN_BY = "# Every version that {}. Written by `make lock`; do not edit.\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        base = install_and_freeze(folder, "base.in")
        dev = [line for line in install_and_freeze(folder, "dev.in", constraint=base) if line not in base]
    write("base.txt", WRITTEN_BY.format("base.in needs"), base)
    write("dev.txt", WRITTEN_BY.format("dev.in adds to base.txt"), dev)


def install_and_freeze(folder: str, source: str, constraint: list[str] | None = None) -> list[str]:
    """Installs one .in file into the environment and returns all versions that are in it then."""
    pip = [f"{folder}/bin/python", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    pins = Path(folder) / "constraint.txt"
    pins.write_text("\n".join(constraint or []))
    subprocess.run([*pip, "install", "--quiet", "-r", str(REQUIREMENTS / source), "-c", str(pins)], check=True)
    return subprocess.run([*pip, "freeze"], capture_output=True, text=True, check=True).stdout.splitlines()


def write(name: str, head: str, lines: list[str]) -> None:
    (REQUIREMENTS / name).write_text(head + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
