# SPDX-License-Identifier: EUPL-1.2
"""Letters of the town as tagged PDF, and the plain text of its mails, from templates."""

from connectors.pdf.errors import LetterRefused
from connectors.pdf.letters import PDF_ARCHIVE, PDF_VARIANT, FakeLetters, Letterhead, Letters, PdfLetters

__all__ = ["PDF_ARCHIVE", "PDF_VARIANT", "FakeLetters", "LetterRefused", "Letterhead", "Letters", "PdfLetters"]
