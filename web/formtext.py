# SPDX-License-Identifier: EUPL-1.2
"""The words between the questions of a form: a little markdown, and values of the case set in safely."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from forms.german import german_value

_LINK = re.compile(r"(https?://|mailto:|tel:|/(?!/)|#)", re.IGNORECASE)
_PLACE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_OPENING = re.compile(r"<(p|a|ul|ol|h3|h4|table)(?=[\s>])")
_HTML_CLASSES = {
    "p": "kern-body",
    "a": "kern-link",
    "ul": "kern-list kern-list--bullet",
    "ol": "kern-list kern-list--number",
    "h3": "kern-heading-small",
    "h4": "kern-heading-small",
    "table": "kern-table",
}
_CLASSES = {
    "paragraph_open": "kern-body",
    "link_open": "kern-link",
    "bullet_list_open": "kern-list kern-list--bullet",
    "ordered_list_open": "kern-list kern-list--number",
}


def text_markup(text: str, values: Sequence[Any] = ()) -> Markup:
    """Markdown-lite: paragraphs, bold, italic, lists, links; everything else is shown as it was typed.

    ``values`` fill the ``{{…}}`` places in order. They are set in after the formatting, so what a person has typed is
    never read as markup or as a link.
    """
    numbers = iter(range(len(values)))
    marked = _PLACE.sub(lambda _: f"\ue000{next(numbers)}\ue001", text)
    html = _markdown().render(marked)
    for number, value in enumerate(values):
        html = html.replace(f"\ue000{number}\ue001", _shown(value))
    return Markup(html)  # markdown-it escapes all text, raw HTML is off, values are escaped above


def html_markup(clean: str, values: Sequence[Any] = ()) -> Markup:
    """HTML of a designer that was cleaned when the form was read, dressed as ours; ``values`` fill the ``{{…}}``."""
    shown = iter([_shown(value) for value in values])
    html = _PLACE.sub(lambda _: next(shown, ""), _OPENING.sub(_dressed, clean))
    return Markup(html)  # cleaned by forms.elements.read_html, values are escaped


def _shown(value: Any) -> str:
    return str(escape(german_value(value))).replace("\n", "<br>")


def _dressed(tag: re.Match[str]) -> str:
    css = _HTML_CLASSES.get(tag[1])
    return f'<{tag[1]} class="{css}"' if css else tag[0]


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True})
    parser.enable(["emphasis", "link", "list", "newline", "escape"])
    parser.validateLink = lambda url: bool(_LINK.match(url))  # type: ignore[method-assign]  # its documented hook
    for rule, css in _CLASSES.items():
        parser.add_render_rule(rule, _with_class(css))
    return parser


def _with_class(css: str) -> Callable[..., str]:
    def render(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
        tokens[index].attrSet("class", css)
        return str(renderer.renderToken(tokens, index, options, env))

    return render
