# SPDX-License-Identifier: EUPL-1.2
"""Promises that the whole product keeps, one line each. A rule names its exceptions; there are no others."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.architecture.tree import PRODUCT, code_of, python_files, shown


@dataclass(frozen=True)
class Rule:
    promise: str
    pattern: str  # on code whose tokens stand apart by one blank
    broken_by: str
    allowed: frozenset[str] = frozenset()

    def is_broken_by(self, source: str) -> bool:
        return re.search(self.pattern, code_of(source)) is not None


def rule(promise: str, pattern: str, broken_by: str, *allowed: str) -> Rule:
    return Rule(promise, pattern, broken_by, frozenset(allowed))


RULES = [
    rule(
        "a transaction ends in one of two places",
        r"\. commit \(",
        "session.commit()",
        "engine/db.py",
        "web/transaction.py",
    ),
    rule(
        "the environment is read once",
        r"\benviron\b|\bgetenv\b",
        "os.environ['AMT_X']",
        "web/settings.py",
    ),
    rule(
        "time comes from the clock, so that tests can stop it",
        r"\bdatetime \. (now|utcnow|today)\b|\bdate \. today\b|\btime \. time \(|\bfunc \. (now|current_timestamp)\b",
        "datetime.now(UTC)",
        "engine/clock.py",
    ),
    rule("no text is ever run as Python", r"(?<![\w.] )\b(eval|exec|compile) \(", "eval(text)"),
    rule("no stored bytes are ever run", r"\b(pickle|marshal|shelve)\b", "import pickle"),
    rule(
        "no shell, and two places that start a process",
        r"\b(import subprocess|from subprocess|os \. system|popen)\b",
        "import subprocess",
        "engine/javascript/process.py",
        "web/backups/tools.py",
    ),
    rule(
        "SQL is built by SQLAlchemy, not from strings",
        r"\bexec_driver_sql\b|(?<![\w.] )\btext \(",
        "session.execute(text('SELECT 1'))",
        "engine/db.py",
    ),
    rule("the product logs, it does not print", r"(?<![\w.] )\bprint \(", "print('x')"),
    rule("nothing waits blindly", r"\btime \. sleep\b", "time.sleep(1)"),
    rule("nothing is left unbuilt", r"\bNotImplementedError\b", "raise NotImplementedError"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.promise)
def test_rule_holds(rule):
    files = python_files(*PRODUCT)
    assert files
    broken = {shown(path) for path in files if rule.is_broken_by(path.read_text("utf-8"))} - rule.allowed
    assert not broken, f"{rule.promise}: {', '.join(sorted(broken))}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.promise)
def test_rule_can_be_broken(rule):
    assert rule.is_broken_by(rule.broken_by)
    assert not rule.is_broken_by(f"# {rule.broken_by}\nanswer = 42\n")
