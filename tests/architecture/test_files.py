# SPDX-License-Identifier: EUPL-1.2
"""Rules on files as they lie in the repository: licence headers, size, nothing unfinished, nothing of one machine."""

from __future__ import annotations

import ast
import re

from tests.architecture.tree import PRODUCT, ROOT, our_text, python_files, shown

HEADER = "# SPDX-License-Identifier: EUPL-1.2"
LONGEST_MODULE = 400  # prefer 350; the rest is room for one more case before a module is split
LONGEST_VIEW = 15
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
SILENCED = re.compile(r"# (?:type: ignore\[[\w\-, ]+\]|noqa: [A-Z0-9, ]+)(?P<reason>.*)")
ONE_MACHINE = re.compile(r"/wo" r"rk/|/ro" r"ot/|/ho" r"me/|index-" r"url|pyp" r"i\.org|registry\.np" r"m")


def test_every_module_names_its_licence():
    missing = [shown(path) for path in python_files() if not path.read_text("utf-8").startswith(HEADER)]
    assert not [name for name in missing if (ROOT / name).stat().st_size]


def test_nothing_is_marked_as_unfinished():
    assert not [name for name, text in our_text().items() if UNFINISHED.search(text)]


def test_every_silenced_warning_says_why():
    silent = []
    for path in python_files():
        for line in path.read_text("utf-8").splitlines():
            match = SILENCED.search(line)
            if "# type: ignore" in line or "# noqa" in line:
                silent += (
                    [] if match and len(match["reason"].strip(" #-–:")) > 8 else [f"{shown(path)}: {line.strip()}"]
                )
    assert not [line for line in silent if not line.startswith("tests/architecture/")]


def test_no_file_knows_one_machine_or_one_registry():
    assert not [name for name, text in our_text().items() if ONE_MACHINE.search(text)]


def test_modules_stay_readable_in_one_sitting():
    sizes = {shown(path): len(path.read_text("utf-8").splitlines()) for path in python_files(*PRODUCT)}
    sizes = {name: lines for name, lines in sizes.items() if "/versions/" not in name}  # migrations only ever grow
    assert not {name: lines for name, lines in sizes.items() if lines > LONGEST_MODULE}


def test_views_only_read_call_choose_and_redirect():
    long = []
    for path in python_files("web"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(is_route(decorator) for decorator in node.decorator_list):
                long += [f"{shown(path)}: {node.name}"] if body_lines(node) > LONGEST_VIEW else []
    assert not long


def is_route(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in {"get", "post", "route"}


def body_lines(view: ast.FunctionDef) -> int:
    first = view.body[1] if ast.get_docstring(view) and len(view.body) > 1 else view.body[0]
    return (view.end_lineno or 0) - first.lineno + 1


def test_rules_can_be_broken():
    assert UNFINISHED.search("# TO" + "DO later")
    assert ONE_MACHINE.search("cd /wo" + "rk/main")
    assert not SILENCED.search("# type: ignore")
    view = ast.parse("@page.get('/')\ndef x():\n    '''Doc.'''\n" + "    a = 1\n" * 16).body[0]
    assert isinstance(view, ast.FunctionDef)
    assert is_route(view.decorator_list[0])
    assert body_lines(view) == 16
