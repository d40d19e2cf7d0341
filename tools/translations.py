# SPDX-License-Identifier: EUPL-1.2
"""Which German sentences for citizens a catalogue lacks: `python tools/translations.py en` prints them.

Sentences are found where templates and code mark them, `_("…")`, `{% trans %}` and `say("…")`, and where code of the
citizens' pages holds a whole sentence that reaches a page by the filter `say`.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file

sys.path.insert(0, str(Path(__file__).parent.parent))

from forms.language import add_translations, catalogue
from processes import HEADINGS, ServicePage
from processes.konto.angaben import FELDER, QUELLEN

ROOT = Path(__file__).parent.parent
#: How Babel reads each kind of file.
_METHODS = {
    ".py": ("python", {}),
    ".html": ("jinja2", {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}),
}
_KEYWORDS = {"_": None, "gettext": None, "say": None}
#: Code whose sentences citizens read without a mark in the code.
_CITIZENS = ("web/portal", "web/konto", "forms/validation.py", "forms/special.py", "forms/uploads.py", "web/errors.py")
_MORE = ("web/kept.py", "web/receiving.py")
#: Errors whose words are shown.
_TOLD = ("Refused", "Unreadable")
#: How German sentences begin that have no letter by which one knows them.
_BEGINNINGS = ("Bitte ", "Das ", "Dort ", "Die ", "Der ", "Es ", "Ihr", "Sie ", "Warten ", "Hier ", "Diese ", "Dieser ")
#: Single words that code hands on.
_WORDS = ("Ihre Angaben", "Uhrzeit", "Tag", "Monat", "Jahr", "Keine Angabe", "heute", "morgen", "gestern")


def sentences() -> dict[str, str]:
    """German sentence → where it stands."""
    found: dict[str, str] = {}
    for path in sorted([*(ROOT / "forms").rglob("*.py"), *(ROOT / "web").glob("*.py"), *_templates(), *_audiences()]):
        method, options = _METHODS[path.suffix]
        for line, message, _comments, _context in extract_from_file(method, path, _KEYWORDS, options=options):
            if isinstance(message, str):
                found.setdefault(message, f"{path.relative_to(ROOT)}:{line}")
    for path in (each for name in (*_CITIZENS, *_MORE) for each in _modules(ROOT / name)):
        for text, line in _whole_sentences(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(text, f"{path.relative_to(ROOT)}:{line}")
    return found | dict.fromkeys(
        (*HEADINGS.values(), *FELDER.values(), *QUELLEN.values(), ServicePage.begin, *_WORDS), "by name"
    )


def missing(code: str) -> dict[str, str]:
    """The sentences that the catalogue of a language lacks."""
    add_translations(ROOT / "web" / "translations")
    known = catalogue(code)
    return {text: place for text, place in sentences().items() if text not in known}


def _templates() -> Iterator[Path]:
    return (ROOT / "web" / "templates").rglob("*.html")


def _audiences() -> Iterator[Path]:
    return (path for name in ("portal", "konto") for path in (ROOT / "web" / name).glob("*.py"))


def _modules(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _whole_sentences(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Constants that end as a sentence does, and the words of error pages; no docstrings, nothing for programmers."""
    skipped: set[ast.AST] = set()
    titles: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)
        if isinstance(node, ast.JoinedStr):
            skipped |= set(ast.walk(node))
        if isinstance(node, ast.Raise) and not any(name in ast.unparse(node) for name in _TOLD):
            skipped |= set(ast.walk(node))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ErrorText":
            titles |= set(node.args)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node in skipped:
            continue
        text = node.value
        is_sentence = " " in text.strip() and text.rstrip().endswith((".", "?", "!"))
        if node in titles or (is_sentence and (not text.isascii() or text.lstrip().startswith(_BEGINNINGS))):
            yield text, node.lineno


if __name__ == "__main__":
    for text, place in missing(sys.argv[1]).items():
        quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        print(f'#: {place}\nmsgid "{quoted}"\nmsgstr ""\n')
