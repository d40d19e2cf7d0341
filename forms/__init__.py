# SPDX-License-Identifier: EUPL-1.2
"""The form language: read ``.form`` files, read what was posted, check it, put it in words. Knows no HTML."""

from .answers import DATE_PARTS, TIME_PART, read_step
from .conditions import Visibility, default_answer, settled, visible_steps
from .loading import FormRefused, check_form, load_form
from .model import Answers, Field, Form, Kind, Step
from .posting import StepOutcome, appeared, take_step
from .repeating import changes_items, with_items
from .summary import SummaryLine, SummarySection, summary
from .validation import FieldError, validate
from .values import answer_at, drop_answer, put_answer

__all__ = [
    "DATE_PARTS",
    "TIME_PART",
    "Answers",
    "Field",
    "FieldError",
    "Form",
    "FormRefused",
    "Kind",
    "Step",
    "StepOutcome",
    "SummaryLine",
    "SummarySection",
    "Visibility",
    "answer_at",
    "appeared",
    "changes_items",
    "check_form",
    "default_answer",
    "drop_answer",
    "load_form",
    "put_answer",
    "read_step",
    "settled",
    "summary",
    "take_step",
    "validate",
    "visible_steps",
    "with_items",
]
