# SPDX-License-Identifier: EUPL-1.2
"""The bounds that keep one expression from holding up the server."""

from engine.feel.errors import FeelLimitExceeded

MAX_EXPRESSION_LENGTH = 20_000
MAX_NESTING = 60
MAX_CALL_DEPTH = 100
MAX_STEPS = 200_000
MAX_SECONDS = 5
MAX_LIST_SIZE = 20_000
MAX_STRING_LENGTH = 200_000
MAX_PATTERN_LENGTH = 500
MAX_MATCHED_LENGTH = 10_000


def check_list_size(size: int) -> None:
    """Raises FeelLimitExceeded when a list of this size must not be built."""
    if size > MAX_LIST_SIZE:
        raise FeelLimitExceeded(f"a list of {size} entries is larger than the allowed {MAX_LIST_SIZE}")


def check_string_length(length: int) -> None:
    """Raises FeelLimitExceeded when a string of this length must not be built."""
    if length > MAX_STRING_LENGTH:
        raise FeelLimitExceeded(f"a string of {length} characters is longer than the allowed {MAX_STRING_LENGTH}")
