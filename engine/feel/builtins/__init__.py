# SPDX-License-Identifier: EUPL-1.2
"""The built-in functions, one module per topic. Importing this package fills the registry."""

from engine.feel.builtins import contexts, conversion, lists, numbers, ranges, strings, temporal
from engine.feel.builtins.registry import BUILTINS

# Evaluated by the evaluator itself, because they look at how an argument came to be null.
SPECIAL_FORMS = frozenset({"is defined"})

BUILTIN_NAMES = frozenset(BUILTINS) | SPECIAL_FORMS

__all__ = [
    "BUILTINS",
    "BUILTIN_NAMES",
    "SPECIAL_FORMS",
    "contexts",
    "conversion",
    "lists",
    "numbers",
    "ranges",
    "strings",
    "temporal",
]
