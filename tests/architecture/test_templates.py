# SPDX-License-Identifier: EUPL-1.2
"""Rules on pages before anyone asks for them: they parse, carry tokens, contain nothing inline, use known classes."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import pytest

from tests.architecture.tree import ROOT, our_files, shown

TEMPLATES = [path for path in our_files() if path.suffix == ".html" and "templates" in path.parts]
PAGES = [path for path in TEMPLATES if path.is_relative_to(ROOT / "web")]
# A bank plays itself in the simulator: a machine of its own that knows neither our session nor our tokens.
OURS = [path for path in PAGES if "simulator" not in path.parts]
JINJA = re.compile(r"{[{%#].*?[}%#]}", re.S)
INLINE = re.compile(r"<style|<[^>]*\s(?:style|on[a-z]+)=|<script(?![^>]*\ssrc=)|javascript:", re.I)
POST_FORM = re.compile(r"<form[^>]*method=[\"']post[\"'].*?</form>", re.I | re.S)
STYLES = "".join(path.read_text() for path in (ROOT / "web/frontend/src").glob("*.css"))


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_template_parses(path: Path):
    extensions = ["jinja2.ext.do", "jinja2.ext.i18n", "jinja2.ext.loopcontrols"]
    jinja2.Environment(extensions=extensions).parse(path.read_text("utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_page_has_nothing_inline(path: Path):
    assert not INLINE.findall(JINJA.sub("", path.read_text("utf-8")))


@pytest.mark.parametrize("path", OURS, ids=shown)
def test_every_post_carries_a_token(path: Path):
    assert all("csrf_field()" in form for form in POST_FORM.findall(path.read_text("utf-8")))


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_every_own_class_has_a_style(path: Path):
    used = set(re.findall(r"\bamt-[a-z0-9_-]*[a-z0-9]", path.read_text("utf-8")))
    assert not {name for name in used if f".{name}" not in STYLES}


def test_rules_can_be_broken():
    assert INLINE.search('<p style="color: red">')
    assert INLINE.search("<script>")
    assert INLINE.search('<a onclick="x()">')
    assert not INLINE.search(JINJA.sub("", '{{ button(text, style="primary") }}'))
    assert not INLINE.search('<script src="/app.js" defer>')
    assert POST_FORM.findall('<form method="post"><button>Absenden</button></form>')
