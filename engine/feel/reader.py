# SPDX-License-Identifier: EUPL-1.2
"""The parser's hands: looking at tokens, taking them, names of several words, the nesting bound."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.limits import MAX_NESTING
from engine.feel.names import KnownNames
from engine.feel.tokens import KEYWORDS, Token, syntax_error, tokenize

# Properties of several words that values have by themselves.
PROPERTIES = KnownNames(["time offset", "start included", "end included"])


class Reader:
    """A position in the tokens of one expression."""

    def __init__(self, source: str, names: Iterable[str], functions: KnownNames) -> None:
        self.source = source
        self.tokens = tokenize(source)
        self.index = 0
        self.known = KnownNames(names)
        # Built-ins of several words are recognised only as `name(`, so that `date and time` may also mean
        # two variables joined by `and`.
        self.functions = functions
        self._depth = 0

    def span(self, start: int) -> tuple[int, int]:
        """Where the part lies that begins with token number `start` and ends before the next token."""
        last = self.tokens[max(self.index - 1, start)]
        return self.tokens[start].start, last.end

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.index]

    def text_at(self, ahead: int) -> str:
        """The text of an operator or word some tokens ahead; strings and the end have none."""
        index = min(self.index + ahead, len(self.tokens) - 1)
        token = self.tokens[index]
        return token.text if token.kind in ("operator", "name") else ""

    def sees(self, *texts: str) -> bool:
        """Whether one of these operators or words comes next."""
        return self.text_at(0) in texts

    def accept(self, *texts: str) -> str | None:
        """Takes the next token if it is one of these operators or words."""
        if not self.sees(*texts):
            return None
        text = self.token.text
        self.index += 1
        return text

    def expect(self, text: str, where: str) -> None:
        """Takes `text` or raises FeelSyntaxError that says where it is missing."""
        if self.accept(text) is None:
            raise self.error(f"`{text}` {where}")

    def error(self, expected: str) -> FeelSyntaxError:
        """The error for the next token."""
        found = self.token
        shown = "the end" if found.kind == "end" else f"`{self.source[found.start : found.end][:40]}`"
        return syntax_error(self.source, found.start, f"{expected}, found {shown}")

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper; raises FeelLimitExceeded beyond the bound."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise FeelLimitExceeded(f"the expression is nested deeper than {MAX_NESTING} levels")
        try:
            yield
        finally:
            self._depth -= 1

    def name(self) -> str | None:
        """Takes a name if one comes next: a known one of several words, or a single word."""
        found = self.known.longest_at(self.tokens, self.index)
        if found is None:
            function = self.functions.longest_at(self.tokens, self.index)
            if function is not None and self.text_at(function[1]) == "(":
                found = function
        if found is not None:
            self.index += found[1]
            return found[0]
        if self.token.kind == "name" and self.token.text not in KEYWORDS:
            self.index += 1
            return self.tokens[self.index - 1].text
        return None

    def entry_name(self) -> str | None:
        """Takes a name after a dot, where a keyword may begin a name and all words that follow belong to it."""
        known = self.known.longest_at(self.tokens, self.index) or PROPERTIES.longest_at(self.tokens, self.index)
        if known is not None:
            self.index += known[1]
            return known[0]
        if self.token.kind != "name":
            return None
        first = self.token.text
        self.index += 1
        return " ".join([first, *self.plain_words()])

    def plain_words(self) -> list[str]:
        """Takes the words up to the next keyword or sign."""
        words: list[str] = []
        while self.token.kind == "name" and self.token.text not in KEYWORDS:
            words.append(self.token.text)
            self.index += 1
        return words

    def name_before(self, *ends: str, remember: bool = True) -> str | None:
        """Takes the words up to one of `ends` as one name, and remembers it; None (and no move) if that is no name."""
        index = self.index
        if self.tokens[index].kind != "name":
            return None
        while self.tokens[index].kind in ("name", "number", "operator") and self.tokens[index].text not in ends:
            if self.tokens[index].text in '()[]{},:"@':
                return None
            index += 1
        if self.tokens[index].text not in ends or self.tokens[index].kind not in ("name", "operator"):
            return None
        start, end = self.tokens[self.index].start, self.tokens[index - 1].end
        self.index = index
        name = " ".join(self.source[start:end].split())
        if remember:
            self.known.add(name)
        return name
