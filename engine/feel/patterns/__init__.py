# SPDX-License-Identifier: EUPL-1.2
"""Regular expressions for `matches`, `replace` and `split`, in the notation of XPath.

They are run by an automaton of our own whose work grows with the length of the text times that of the pattern, never
faster: no pattern of a designer and no text of a citizen can hold up the server.
"""

from engine.feel.patterns.matching import Pattern, compiled

__all__ = ["Pattern", "compiled"]
