# SPDX-License-Identifier: EUPL-1.2
"""What a form is made of, after it has been read and checked. Nothing here can be in a half-valid state."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeAlias

from engine.feel import Expression

from .language import GERMAN

Answers = dict[str, Any]
"""Answers nested by group key: ``{"person": {"vorname": …}}``; see README.md for the type of each field's answer."""


class Kind(StrEnum):
    """What a field asks for; decides how it is read, checked, shown."""

    TEXT = "textfield"
    TEXTAREA = "textarea"
    NUMBER = "number"
    DATE = "datetime"
    TIME = "time"
    MOMENT = "moment"
    CHECKBOX = "checkbox"
    CONSENT = "consent"
    RADIO = "radio"
    SELECT = "select"
    CHECKLIST = "checklist"
    FILE = "filepicker"


@dataclass(frozen=True)
class Rule:
    """A FEEL expression of the form, and the groups in whose midst it stands (it sees their fields by short name)."""

    text: str
    expression: Expression
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """One choice of a radio group, a select or a checklist."""

    value: str
    label: str


@dataclass(frozen=True)
class Limits:
    """What an answer must keep to. Lengths in characters; ``decimals`` counts digits after the comma."""

    max_length: int
    min_length: int = 0
    pattern: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None


@dataclass(frozen=True)
class FileLimits:
    """Which files are taken: ``accept`` holds names of kinds known to ``forms.uploads``; ``max_bytes`` is per file."""

    accept: tuple[str, ...]
    max_bytes: int
    max_files: int = 1


@dataclass(frozen=True)
class Field:
    """One question. ``path`` is where the answer lies, and the name of the input; ``hide`` includes the groups'."""

    id: str
    path: str
    kind: Kind
    label: str
    limits: Limits
    hint: str = ""
    special: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    required_if: Rule | None = None
    check: Rule | None = None
    check_message: str = ""
    hide: tuple[Rule, ...] = ()
    default: Any = None
    default_rule: Rule | None = None
    readonly: bool = False
    no_past: bool = False
    #: What the time of a moment is called, beside its day.
    time_label: str = ""
    autocomplete: str = ""
    prefix: str = ""
    suffix: str = ""
    consent_version: str = ""
    files: FileLimits | None = None
    #: Whether the answer is asked for twice, since nobody would notice a slip.
    confirm: bool = False
    #: Path of the postcode whose town is put in while this is unanswered.
    town_of: str = ""
    #: Of which item of a repeated group this is the question, such as "2. Hund".
    item: str = ""

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The path, taken apart."""
        return tuple(self.path.split("."))

    @cached_property
    def consent_sha256(self) -> str:
        """Fingerprint of the words that a person agrees to, kept with the consent as evidence."""
        return sha256(f"{self.label}\n{self.hint}".encode()).hexdigest()

    def option_label(self, value: object) -> str | None:
        """The words of a choice, None when it is not offered."""
        return next((option.label for option in self.options if option.value == value), None)


@dataclass(frozen=True)
class StaticText:
    """Words between the questions, in markdown-lite; ``{{ feel }}`` places hold expressions, in order of appearance."""

    id: str
    text: str
    places: tuple[Rule, ...] = ()
    hide: tuple[Rule, ...] = ()
    #: Whether the words are HTML that has been cleaned.
    is_html: bool = False


@dataclass(frozen=True)
class Separator:
    """A line between questions, or some room."""

    id: str
    hide: tuple[Rule, ...] = ()
    is_line: bool = True


@dataclass(frozen=True)
class Image:
    """A picture; ``source`` is a data address."""

    id: str
    source: str
    alt: str
    hide: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows of a list; ``columns`` hold the key in each row, and the heading."""

    id: str
    label: str
    data: Rule
    columns: tuple[tuple[str, str], ...]
    hide: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Documents:
    """Files to be opened."""

    id: str
    label: str
    data: Rule
    hide: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Computed:
    """A value that follows from the answers, and is one of them. It is shown where it has a label."""

    id: str
    path: str
    rule: Rule
    hide: tuple[Rule, ...] = ()
    label: str = ""
    suffix: str = ""
    decimals: int | None = None
    item: str = ""

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The path, taken apart."""
        return tuple(self.path.split("."))


@dataclass(frozen=True)
class Fieldset:
    """Questions that belong together under one legend: a group within a step."""

    id: str
    label: str
    components: tuple["Component", ...]
    hide: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Repeat:
    """Questions that are asked once for each item of a list: a ``dynamiclist``.

    In a form as it was read the questions are a ``template``, their paths hold ``*`` where the number of the item
    stands. `forms.repeating` makes ``items`` of it, one for each that the answers hold.
    """

    id: str
    path: str
    label: str
    item_label: str
    template: tuple["Component", ...]
    minimum: int
    maximum: int
    #: How many are shown before anything has been answered.
    at_first: int
    #: Whether people may add and remove items.
    changeable: bool = True
    hide: tuple[Rule, ...] = ()
    items: tuple[Fieldset, ...] = ()
    #: Of which item of another list this list is part.
    item: str = ""


Component: TypeAlias = Field | StaticText | Separator | Image | Table | Documents | Computed | Fieldset | Repeat


@dataclass(frozen=True)
class Step:
    """One page of a form. ``key`` names it in addresses, ``index`` counts from 0."""

    key: str
    title: str
    index: int
    components: tuple[Component, ...]
    hide: tuple[Rule, ...] = ()

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The questions of this step, those in fieldsets and in items of lists included, in order."""
        return tuple(part for part in walk(self.components) if isinstance(part, Field))

    @cached_property
    def repeats(self) -> tuple[Repeat, ...]:
        """The lists of this step, also those in items of others."""
        return tuple(part for part in walk(self.components) if isinstance(part, Repeat))


@dataclass(frozen=True)
class Form:
    """A form that has been read and checked."""

    id: str
    steps: tuple[Step, ...]
    #: What the button says that sends the form; empty for the usual words.
    submit_label: str = ""
    #: In which language its words are.
    language: str = GERMAN
    _by_path: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_path", {item.path: item for step in self.steps for item in step.fields})

    @property
    def fields(self) -> tuple[Field, ...]:
        """All questions, in order."""
        return tuple(self._by_path.values())

    @cached_property
    def computed(self) -> tuple[Computed, ...]:
        """All values that follow from answers, in order."""
        parts = (part for step in self.steps for part in walk(step.components))
        return tuple(part for part in parts if isinstance(part, Computed))

    def field(self, path: str) -> Field:
        """The question whose answer lies there; KeyError when there is none."""
        return self._by_path[path]

    def step(self, key: str) -> Step:
        """The step of that key; KeyError when there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)


def walk(components: Iterable[Component], *, templates: bool = False) -> Iterator[Component]:
    """Every component, outer before inner, in order; of lists the items, or the questions that make them."""
    for component in components:
        yield component
        if isinstance(component, Fieldset):
            yield from walk(component.components, templates=templates)
        elif isinstance(component, Repeat):
            yield from walk(component.template if templates else component.items, templates=templates)
