# SPDX-License-Identifier: EUPL-1.2
"""Sets of characters: classes, escapes and categories of Unicode."""

import unicodedata
from collections.abc import Callable

from engine.feel.errors import Failure

Matches = Callable[[str], bool]

_SINGLE = {"n": "\n", "r": "\r", "t": "\t"}
_PLAIN = frozenset("\\|.-^?*+{}()[]$")
_CATEGORIES = frozenset(
    ["L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe",
     "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn"]
)  # fmt: skip


def exactly(character: str) -> Matches:
    """That character alone."""
    return lambda found: found == character


def between(first: str, last: str) -> Matches:
    """The characters from `first` to `last`; raises Failure when they stand in the wrong order."""
    if first > last:
        raise Failure(f"the range {first}-{last} of the regular expression runs backwards")
    return lambda found: first <= found <= last


def either(sets: list[Matches]) -> Matches:
    """Any character of one of the sets."""
    if len(sets) == 1:
        return sets[0]
    return lambda found: any(matches(found) for matches in sets)


def without(matches: Matches, excluded: Matches) -> Matches:
    """The characters of the first set that are not in the second."""
    return lambda found: matches(found) and not excluded(found)


def opposite(matches: Matches) -> Matches:
    """All other characters."""
    return lambda found: not matches(found)


def in_any_case(matches: Matches) -> Matches:
    """The set, with upper and lower case letters taken as the same."""
    return lambda found: matches(found) or matches(found.lower()) or matches(found.upper())


def anything(found: str) -> bool:
    """Every character."""
    return True


def anything_in_line(found: str) -> bool:
    """Every character but the end of a line."""
    return found not in "\n\r"


def category(name: str) -> Matches:
    """`L`, `Lu`, `Nd` and so on, or `IsBasicLatin`; raises Failure for names that are not known."""
    if name == "IsBasicLatin":
        return lambda found: found <= "\x7f"
    if name not in _CATEGORIES:
        raise Failure(f"there is no category {name!r} in regular expressions")
    return lambda found: unicodedata.category(found).startswith(name)


def escaped(letter: str) -> Matches:
    """What a backslash and this letter stand for; raises Failure for letters without a meaning."""
    single = escaped_character(letter)
    if single is not None:
        return exactly(single)
    known = _CLASSES.get(letter.lower())
    if known is None:
        raise Failure(f"\\{letter} has no meaning in a regular expression")
    return known if letter.islower() else opposite(known)


def escaped_character(letter: str) -> str | None:
    """The one character that a backslash and this letter stand for, if it is one."""
    return letter if letter in _PLAIN else _SINGLE.get(letter)


def _is_word(found: str) -> bool:
    return unicodedata.category(found)[0] not in "PZC"


def _is_name_start(found: str) -> bool:
    return found in "_:" or unicodedata.category(found)[0] == "L"


def _is_name(found: str) -> bool:
    return found in "_:.-·" or unicodedata.category(found)[0] in "LMN"


_CLASSES: dict[str, Matches] = {
    "d": lambda found: unicodedata.category(found) == "Nd",
    "s": lambda found: found in " \t\n\r",
    "w": _is_word,
    "i": _is_name_start,
    "c": _is_name,
}
