# SPDX-License-Identifier: EUPL-1.2
"""Tells expressions from literals in the attributes of a model."""

from engine.feel.juel import to_feel


def strip_marker(text: str) -> str | None:
    """The FEEL text of `=expr` or `${expr}`; None for anything else, which is a literal.

    `${...}` is the notation of Camunda 7 and is translated. Raises FeelSyntaxError for what has no translation.
    """
    trimmed = text.strip()
    if trimmed.startswith("="):
        return trimmed[1:].strip()
    if trimmed.startswith("${") and trimmed.endswith("}"):
        return to_feel(trimmed[2:-1])
    return None
