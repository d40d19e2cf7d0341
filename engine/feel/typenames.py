# SPDX-License-Identifier: EUPL-1.2
"""Parses the names of types: `number`, `list<string>`, `context<a: number>`, `function<date> -> boolean`."""

from engine.feel.nodes import Entry, TypeName
from engine.feel.reader import Reader
from engine.feel.types import TYPE_NAMES

_GENERIC = ("list", "range", "context", "function")
_LONGEST = 5


class TypeNames(Reader):
    """The part of the parser that reads types."""

    def type_name(self) -> TypeName:
        """A type of FEEL, or the name of one that the host knows."""
        begin = self.index
        with self.nested():
            name = self._type_word()
            if name not in _GENERIC or self.accept("<") is None:
                return TypeName(name, span=self.span(begin))
            arguments: list[TypeName] = []
            entries: list[Entry] = []
            while not self.sees(">"):
                if name == "context":
                    entries.append(self._typed_entry())
                else:
                    arguments.append(self.type_name())
                if self.accept(",") is None:
                    break
            self.expect(">", "after the type")
            if name == "function":
                self.expect("->", "before the type of the result")
                arguments.append(self.type_name())
            return TypeName(name, tuple(arguments), tuple(entries), span=self.span(begin))

    def _typed_entry(self) -> Entry:
        begin = self.index
        key = self.name_before(":", remember=False)
        if key is None:
            raise self.error("the name of an entry")
        self.expect(":", "after the name")
        return Entry(key, self.type_name(), span=self.span(begin))

    def _type_word(self) -> str:
        words = [self.text_at(ahead) for ahead in range(_LONGEST)]
        for length in range(_LONGEST, 0, -1):
            name = " ".join(words[:length])
            if name in TYPE_NAMES:
                self.index += length
                return name
        return self._foreign_type()

    def _foreign_type(self) -> str:
        """`tPerson`, `Monthly Salary` or `imported.tPerson`."""
        known = self.known.longest_at(self.tokens, self.index)
        if known is not None:
            self.index += known[1]
            return known[0]
        parts: list[str] = []
        while True:
            words = self.plain_words()
            if not words:
                raise self.error("a type")
            parts.append(" ".join(words))
            if self.accept(".") is None:
                return ".".join(parts)
