# SPDX-License-Identifier: EUPL-1.2
"""Names that are longer than one word, and the names that an expression reads."""

from collections import deque
from collections.abc import Iterable, Mapping

from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.nodes import Call, ContextOf, Filter, For, FunctionOf, Iterator, Name, Node, Quantified, children
from engine.feel.tokens import Token, tokenize

_MOST_LOOKED_AT = 2000


class KnownNames:
    """The names of several words that the parser recognises, longest first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first_word: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Makes the parser recognise `name`; names of one word and unreadable ones need no help."""
        words = words_of(name)
        if len(words) < 2:
            return
        entries = self._by_first_word.setdefault(words[0], [])
        if (words, name) not in entries:
            entries.append((words, name))
            entries.sort(key=lambda entry: -len(entry[0]))

    def longest_at(self, tokens: list[Token], index: int) -> tuple[str, int] | None:
        """The longest known name that starts at `index`, and how many tokens it covers."""
        for words, name in self._by_first_word.get(tokens[index].text, ()):
            found = tokens[index : index + len(words)]
            if len(found) == len(words) and all(
                token.text == word and token.kind != "string" for token, word in zip(found, words, strict=True)
            ):
                return name, len(words)
        return None


def words_of(name: str) -> tuple[str, ...]:
    """The tokens that a name consists of; empty when it cannot be written in an expression."""
    try:
        tokens = tokenize(name)
    except (FeelSyntaxError, FeelLimitExceeded):
        return ()
    return tuple(token.text for token in tokens[:-1])


def long_names(names: Iterable[object]) -> frozenset[str]:
    """Those of `names` that the parser has to be told about."""
    return frozenset(name for name in names if isinstance(name, str) and not name.isidentifier())


def inner_names(scope: Mapping[str, object]) -> frozenset[str]:
    """The long names of entries inside the variables; of very large variables only the first are looked through."""
    found: set[str] = set()
    pending: deque[object] = deque(scope.values())
    for _ in range(_MOST_LOOKED_AT):
        if not pending:
            break
        value = pending.popleft()
        if isinstance(value, Mapping):
            found |= long_names(value)
            pending.extend(value.values())
        elif isinstance(value, list | tuple):
            pending.extend(value[:_MOST_LOOKED_AT])
    return frozenset(found)


def free_names(node: Node) -> set[str]:
    """The names read from the scope; those bound by iterators, parameters, contexts and filters are left out."""
    found: set[str] = set()
    _collect(node, frozenset({"?"}), found)
    return found


def _collect(node: Node, bound: frozenset[str], found: set[str]) -> None:
    if isinstance(node, Name):
        if node.name not in bound:
            found.add(node.name)
    elif isinstance(node, For | Quantified):
        inner = _collect_iterators(node.iterators, bound, found)
        if isinstance(node, For):
            _collect(node.body, inner | {"partial"}, found)
        else:
            _collect(node.condition, inner, found)
    elif isinstance(node, FunctionOf):
        _collect(node.body, bound | set(node.parameters), found)
    elif isinstance(node, ContextOf):
        for entry in node.entries:
            _collect(entry.value, bound, found)
            bound = bound | {entry.key}
    elif isinstance(node, Filter):
        _collect(node.base, bound, found)
        _collect(node.condition, bound | {"item"}, found)
    elif isinstance(node, Call) and isinstance(node.callee, Name):
        # The name of a function is no variable, unless the scope holds a function of that name.
        for argument in (*node.positional, *node.named):
            _collect(argument, bound, found)
    else:
        for child in children(node):
            _collect(child, bound, found)


def _collect_iterators(iterators: tuple[Iterator, ...], bound: frozenset[str], found: set[str]) -> frozenset[str]:
    for iterator in iterators:
        _collect(iterator.source, bound, found)
        if iterator.end is not None:
            _collect(iterator.end, bound, found)
        bound = bound | {iterator.name}
    return bound
