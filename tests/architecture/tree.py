# SPDX-License-Identifier: EUPL-1.2
"""The project's own files, as the rules of this folder look at them."""

from __future__ import annotations

import io
import os
import tokenize
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("engine", "processes", "forms", "connectors", "web", "migrations")
NOT_OURS = {".git", ".venv", "node_modules", "var", "build", "dist", "__pycache__"}


@cache
def our_files() -> tuple[Path, ...]:
    """Every file that people write: nothing installed, built or stored by a run."""
    found: list[Path] = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name not in NOT_OURS and not name.endswith(("_cache", ".egg-info"))]
        below[:] = [name for name in below if name != ".hypothesis"]
        found.extend(Path(folder) / name for name in names)
    return tuple(sorted(found))


def our_text() -> dict[str, str]:
    """Readable files by path; pictures and fonts are left out."""
    binary = {".png", ".jpg", ".pdf", ".woff2", ".ico", ".gz"}
    return {shown(path): path.read_text("utf-8") for path in our_files() if path.suffix not in binary}


def python_files(*packages: str) -> list[Path]:
    """Python files below the given top-level folders; without any, all of ours."""
    ours = [path for path in our_files() if path.suffix == ".py"]
    return [path for path in ours if not packages or path.relative_to(ROOT).parts[0] in packages]


def shown(path: Path) -> str:
    """Path as a person would write it, from the project's root."""
    return path.relative_to(ROOT).as_posix()


def code_of(source: str) -> str:
    """The source without comments and text, so that a rule about code is not met by words about code."""
    words = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NEWLINE:
            words.append("\n")
        elif token.type not in (tokenize.COMMENT, tokenize.STRING):
            words.append(token.string)
    return " ".join(words)
