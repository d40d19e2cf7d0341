# SPDX-License-Identifier: EUPL-1.2
"""Regular expressions for `matches`, `replace` and `split`, bounded in length and shape."""

import re
from dataclasses import dataclass
from functools import lru_cache

from engine.feel.errors import Failure
from engine.feel.limits import MAX_MATCHED_LENGTH, MAX_PATTERN_LENGTH

_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
# A repeated group that itself repeats something is what makes matching explode.
_NESTED_REPETITION = re.compile(r"\((?:[^()\\]|\\.)*[*+}](?:[^()\\]|\\.)*\)[*+{]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that is safe to run."""

    regex: re.Pattern[str]

    def found_in(self, text: str) -> bool:
        """Whether some part of the text matches."""
        return self.regex.search(_bounded(text)) is not None

    def replaced(self, text: str, replacement: str) -> str:
        """The text with every match replaced; `$1` stands for the first group."""
        parts = re.split(r"\$(\d)", replacement)
        groups = self.regex.groups

        def fill(match: re.Match[str]) -> str:
            filled = [
                part if index % 2 == 0 else (match.group(int(part)) or "" if int(part) <= groups else "")
                for index, part in enumerate(parts)
            ]
            return "".join(filled)

        return self.regex.sub(fill, _bounded(text))

    def parts_of(self, text: str) -> list[str]:
        """The text cut at every match."""
        parts: list[str] = []
        begin = 0
        for match in self.regex.finditer(_bounded(text)):
            if match.end() > match.start():
                parts.append(text[begin : match.start()])
                begin = match.end()
        return [*parts, text[begin:]]


def _bounded(text: str) -> str:
    if len(text) > MAX_MATCHED_LENGTH:
        raise Failure(f"only strings of up to {MAX_MATCHED_LENGTH} characters can be matched")
    return text


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> Pattern:
    """The pattern, ready to match; raises Failure when it is wrong or not safe."""
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise Failure(f"a regular expression has at most {MAX_PATTERN_LENGTH} characters")
    if _NESTED_REPETITION.search(pattern):
        raise Failure("a repetition inside a repeated group is not allowed in a regular expression")
    combined = re.RegexFlag(0)
    for flag in flags:
        if flag not in _FLAGS:
            raise Failure(f"there is no flag {flag!r} for regular expressions")
        combined |= _FLAGS[flag]
    try:
        return Pattern(re.compile(pattern, combined))
    except (re.error, OverflowError, RecursionError):
        raise Failure(f"{pattern[:60]!r} is not a regular expression") from None
