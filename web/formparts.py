# SPDX-License-Identifier: EUPL-1.2
"""The parts of a form as the templates write them down; all that is decided has been decided before."""

from dataclasses import dataclass

from markupsafe import Markup

from forms.model import Field, Repeat


@dataclass(frozen=True)
class InputView:
    """One input of a field: the only one, a part of a date, or a choice of a group."""

    id: str
    name: str
    value: str
    label: str
    checked: bool = False
    autocomplete: str = ""
    width: int = 0


@dataclass(frozen=True)
class FileView:
    """An uploaded file; ``id`` is what the button that removes it sends, empty when it cannot be removed any more."""

    id: str
    name: str
    size: str
    address: str = ""


@dataclass(frozen=True)
class FieldView:
    """A question, ready to be written down."""

    field: Field
    id: str
    value: str
    error: str
    required: bool
    hint: str
    described_by: str
    inputs: tuple[InputView, ...] = ()
    files: tuple[FileView, ...] = ()
    input_type: str = "text"
    input_mode: str = ""
    accept: str = ""
    full: bool = False


@dataclass(frozen=True)
class TextView:
    """Words between the questions."""

    markup: Markup


@dataclass(frozen=True)
class ImageView:
    """A picture that lies in the form."""

    source: str
    alt: str


@dataclass(frozen=True)
class TableView:
    """Rows of a list."""

    id: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class DocumentsView:
    """Files to be opened."""

    id: str
    label: str
    documents: tuple["FileView", ...]


@dataclass(frozen=True)
class ComputedView:
    """A value that follows from the answers."""

    label: str
    result: str


@dataclass(frozen=True)
class FieldsetView:
    """Questions under one legend."""

    id: str
    label: str
    parts: tuple["PartView", ...]


@dataclass(frozen=True)
class SeparatorView:
    """A line, or some room."""

    is_line: bool


@dataclass(frozen=True)
class RepeatView:
    """A list: its items, and what the buttons that add and remove them send."""

    repeat: Repeat
    id: str
    error: str
    items: tuple[FieldsetView, ...]
    #: By item the value of the button that removes it; empty where none may be removed.
    removals: tuple[str, ...]
    may_grow: bool


PartView = (
    FieldView
    | TextView
    | ImageView
    | TableView
    | DocumentsView
    | ComputedView
    | FieldsetView
    | RepeatView
    | SeparatorView
)


@dataclass(frozen=True)
class LineView:
    """A question and its answer, to be read only."""

    label: str
    value: Markup
    answered: bool
    files: tuple[FileView, ...]
