# SPDX-License-Identifier: EUPL-1.2
"""Starts the process that a script runs in, and waits for it. The only place of the product that starts one.

What is started is always the same file, without a shell; text of a model goes nowhere but into its standard input.
"""

import subprocess
import sys
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL, SIGXCPU

_CHILD = Path(__file__).with_name("child.py")
#: How long we wait when the machine is busy; the computing time is limited in the process itself.
_PATIENCE = 20


def run_alone(program: str, zone: str) -> str:
    """What a program of JavaScript gives, or in two words why it gives nothing (see `child.py`)."""
    # Isolated and without site-packages: a bare Python starts in a hundredth of a second and sees nothing of ours.
    command = [sys.executable, "-I", "-S", str(_CHILD), _folder_of_interpreter()]
    try:
        done = subprocess.run(
            command,
            input=program.encode(),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            cwd="/",
            env={"TZ": _rule_of(zone)},
        )
    except subprocess.TimeoutExpired:
        return "too long"
    if done.returncode in (-SIGXCPU, -SIGKILL):
        return "too long"
    return "broken" if done.returncode else done.stdout.decode()


@cache
def _folder_of_interpreter() -> str:
    """Where the package quickjs-ng has put it; our own process does not load it."""
    spec = find_spec("_quickjs")
    assert spec is not None and spec.origin is not None
    return str(Path(spec.origin).parent)


@cache
def _rule_of(zone: str) -> str:
    """When the clocks change there, as the C library reads it: the last line of the zone's file in tzdata."""
    content = files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
    return content.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")
