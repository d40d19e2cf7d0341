# SPDX-License-Identifier: EUPL-1.2
"""Splits expression text into tokens."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.limits import MAX_EXPRESSION_LENGTH

Kind = Literal["number", "string", "name", "operator", "end"]

# Words that end a name; they may still be part of a longer known name such as `date and time`.
KEYWORDS = frozenset([
    "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and",
    "or", "between", "instance", "of", "function", "external", "true", "false", "null",
])  # fmt: skip

# What a name may hold beyond the letters and digits of regular expressions: the ranges of the standard's grammar.
_SYMBOLS = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_PARTS = "\u00b7\u0300-\u036f\u203f-\u2040\ufe0e\ufe0f"
_TOKEN = re.compile(
    rf"""
      (?P<space>[\s\u180e\u200b\ufeff]+|//[^\n]*|/\*.*?\*/)
    | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<name>(?:[^\W\d]|[{_SYMBOLS}])[\w{_SYMBOLS}{_PARTS}]*|\?)
    | (?P<operator>\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{{}},:.@'])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression; `text` of a string is its content without quotes and escapes."""

    kind: Kind
    text: str
    start: int
    end: int


def position(source: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1."""
    line = source.count("\n", 0, offset) + 1
    return line, offset - (source.rfind("\n", 0, offset) + 1) + 1


def syntax_error(source: str, offset: int, expected: str) -> FeelSyntaxError:
    """The error for something wrong at `offset`."""
    return FeelSyntaxError(*position(source, offset), expected)


def tokenize(source: str) -> list[Token]:
    """The tokens of `source`, closed by one of kind `end`. Raises FeelSyntaxError, FeelLimitExceeded."""
    if len(source) > MAX_EXPRESSION_LENGTH:
        raise FeelLimitExceeded(f"the expression is longer than {MAX_EXPRESSION_LENGTH} characters")
    tokens: list[Token] = []
    offset = 0
    while offset < len(source):
        match = _TOKEN.match(source, offset)
        if match is None:
            raise syntax_error(source, offset, _hint(source, offset))
        kind = match.lastgroup
        text = match.group()
        if kind == "string":
            tokens.append(Token("string", _unescape(source, offset, text[1:-1]), offset, match.end()))
        elif kind in ("number", "name", "operator"):
            tokens.append(Token(cast(Kind, kind), text, offset, match.end()))
        offset = match.end()
    tokens.append(Token("end", "", len(source), len(source)))
    return tokens


def _hint(source: str, offset: int) -> str:
    character = source[offset]
    if character == '"':
        return 'a closing " for the string that begins here'
    if source.startswith("&&", offset):
        return "`and` instead of `&&`"
    if source.startswith("||", offset):
        return "`or` instead of `||`"
    if character == "!":
        return "`not(...)` instead of `!`"
    return f"no character {character!r} here"


def _unescape(source: str, offset: int, text: str) -> str:
    if "\\" not in text:
        return _whole_characters(source, offset, text)

    def replace(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] in "uU" and len(code) > 1:
            number = int(code[1:], 16)
            if number > 0x10FFFF:
                raise syntax_error(source, offset, "a Unicode character after \\U")
            return chr(number)
        if code not in _ESCAPED:
            # Regular expressions in strings are full of \d and \s; the backslash is kept, as other engines do.
            return match.group()
        return _ESCAPED[code]

    return _whole_characters(source, offset, _ESCAPE.sub(replace, text))


def _whole_characters(source: str, offset: int, text: str) -> str:
    """Joins the halves that `\\uD83D\\uDC0E` writes; a half alone cannot be stored or sent, so it is refused."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise syntax_error(source, offset, "two \\u escapes for a character beyond \\uFFFF") from None
