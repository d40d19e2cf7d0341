# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with a letter."""


class LetterRefused(Exception):
    """A template is missing, or asks for what it was not given or may not have; trying again does not help."""
