# SPDX-License-Identifier: EUPL-1.2
"""Forms as KERN markup, complete without script. Decides what is shown; the templates in `forms/` only write it down.

Input names are the dotted paths of the answers, ids are `f-person-vorname`; in a group of inputs the first bears the
id, so that a link in the error summary always lands in something one can type into or tick. Around the fields the page
sets its own `<form method="post" enctype="multipart/form-data" novalidate>`. Buttons inside the fields: `entfernen`
(value: file id) and `hochladen` (value: path); a post without either means "go on".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from engine.clock import Clock
from forms import (
    FieldError,
    Form,
    Step,
    SummaryLine,
    SummarySection,
    Visibility,
    answer_at,
    default_answer,
)
from forms import summary as sections_of
from forms.conditions import value_of
from forms.german import german_number, german_value
from forms.language import say
from forms.model import (
    Component,
    Computed,
    Documents,
    Field,
    Fieldset,
    Image,
    Kind,
    Repeat,
    Rule,
    Separator,
    StaticText,
    Table,
)
from forms.repeating import ADD, REMOVE, step_with_items
from forms.special import SPECIAL_TYPES
from forms.summary import NO_ANSWER, computed_text, shown_value
from forms.uploads import german_size
from forms.validation import is_required
from web.forminputs import inputs_of, typed_text
from web.formparts import (
    ComputedView,
    DocumentsView,
    FieldsetView,
    FieldView,
    FileView,
    ImageView,
    LineView,
    PartView,
    RepeatView,
    SeparatorView,
    TableView,
    TextView,
)
from web.formtext import html_markup, text_markup
from web.languages import speak_in

_TEMPLATES = Path(__file__).parent / "templates"
_ENDINGS = {"pdf": ".pdf", "jpeg": ".jpg,.jpeg", "png": ".png"}
#: A table is for reading; longer lists are a matter for a page of their own.
_MOST_ROWS = 200


FileAddress = Callable[[Mapping[str, Any]], str]


def field_id(path: str) -> str:
    """The id of the first input of the question at that path."""
    return "f-" + path.replace(".", "-")


def anchor_of_button(posted: Mapping[str, str], answers: Mapping[str, Any]) -> str:
    """Where on the page the pressed button has changed something: the new item, the shorter list, the upload."""
    if added := posted.get(ADD):
        items = answer_at(answers, added)
        return f"{field_id(added)}-{len(items) - 1}" if isinstance(items, list) and items else field_id(added)
    if removed := posted.get(REMOVE):
        return field_id(removed.rpartition(".")[0])
    return field_id(posted["hochladen"]) if posted.get("hochladen") else ""


def render_step(
    form: Form,
    step: Step,
    answers: Mapping[str, Any],
    errors: Iterable[FieldError] = (),
    *,
    clock: Clock | None = None,
    context: Mapping[str, Any] | None = None,
    csrf: Markup | str = "",
    file_url: FileAddress | None = None,
    notes: Mapping[str, str] | None = None,
) -> Markup:
    """The questions of a step, filled in. ``context`` are variables of the case that the form's expressions may name,
    ``notes`` what is to be said of single answers, by the path of their question.

    The error summary is not part of it: it stands above the page's heading, see `render_error_summary`.
    """
    form, step = step_with_items(form, step, answers)
    visibility = Visibility(form, answers, clock=clock, context=context)
    view = _StepView(answers, {error.path: error.message for error in errors}, visibility, clock, file_url, notes or {})
    parts = tuple(view.parts(step.components))
    fields = [item for item in step.fields if visibility.shows(item)]
    return _render(
        "step.html",
        csrf=csrf if isinstance(csrf, Markup) else escape(csrf),
        parts=parts,
        shown=" ".join(item.path for item in fields if not item.readonly),
        has_files=any(item.kind is Kind.FILE for item in fields),
        has_lists=bool(step.repeats),
    )


def render_form(
    form: Form,
    answers: Mapping[str, Any],
    errors: Iterable[FieldError] = (),
    *,
    clock: Clock | None = None,
    context: Mapping[str, Any] | None = None,
    file_url: FileAddress | None = None,
) -> Markup:
    """All steps of a form on one page, as a clerk sees the form of a task."""
    about: dict[str, Any] = {"errors": list(errors), "clock": clock, "context": context, "file_url": file_url}
    return Markup("\n").join(render_step(form, step, answers, **about) for step in form.steps)


def render_error_summary(errors: Sequence[FieldError], title: str = "Bitte prüfen Sie Ihre Angaben") -> Markup:
    """What is wrong, with links to the fields; to stand at the top of the page. Nothing when nothing is wrong."""
    return _render("errors.html", title=title, errors=[(field_id(error.path), error) for error in errors])


def render_summary(
    form: Form,
    answers: Mapping[str, Any],
    change_url: Callable[[Step], str] | None = None,
    *,
    file_url: FileAddress | None = None,
    clock: Clock | None = None,
    context: Mapping[str, Any] | None = None,
    heading: int = 2,
) -> Markup:
    """The answers as cards, one a step: with links to change them on the check page, without for the clerk.

    ``file_url`` gives the address of an uploaded file as it lies in the answers, ``heading`` the level of the titles.
    """
    return render_sections(
        sections_of(form, answers, clock=clock, context=context), change_url, file_url=file_url, heading=heading
    )


def render_sections(
    sections: Sequence[SummarySection],
    change_url: Callable[[Step], str] | None = None,
    *,
    file_url: FileAddress | None = None,
    heading: int = 2,
) -> Markup:
    """Like `render_summary`, from sections that have been made before."""
    cards = [
        {
            "title": section.title,
            "anchor": f"angaben-{section.step.key}",
            "change": change_url(section.step) if change_url else "",
            "groups": [
                (item, [_line_view(line, file_url) for line in lines])
                for item, lines in groupby(section.lines, key=lambda line: line.item)
            ],
        }
        for section in sections
    ]
    return _render("summary.html", cards=cards, heading=f"h{heading}", item_heading=f"h{heading + 1}")


def _line_view(line: SummaryLine, file_url: FileAddress | None) -> LineView:
    return LineView(line.label, _broken(line.value), line.answered, _files(line.files, file_url))


class _StepView:
    """Turns the parts of a step into what the templates write down."""

    def __init__(
        self,
        answers: Mapping[str, Any],
        errors: Mapping[str, str],
        visibility: Visibility,
        clock: Clock | None,
        file_url: FileAddress | None,
        notes: Mapping[str, str],
    ) -> None:
        self.answers, self.errors, self.visibility, self.clock = answers, errors, visibility, clock
        self.file_url = file_url
        self.notes = notes

    def parts(self, components: tuple[Component, ...]) -> Iterable[PartView]:
        for component in self.visibility.shown(components):
            match component:
                case Field():
                    yield self.field(component)
                case Fieldset():
                    yield FieldsetView(component.id, component.label, tuple(self.parts(component.components)))
                case Repeat():
                    yield self.repeat(component)
                case StaticText():
                    values = [self.value(rule) for rule in component.places]
                    write = html_markup if component.is_html else text_markup
                    yield TextView(write(component.text, values))
                case Image():
                    yield ImageView(component.source, component.alt)
                case Table():
                    yield self.table(component)
                case Documents():
                    yield self.documents(component)
                case Computed():
                    text = computed_text(component, self.visibility)
                    yield ComputedView(component.label, text or say(NO_ANSWER))
                case Separator():
                    yield SeparatorView(component.is_line)

    def value(self, rule: Rule) -> Any:
        """What an expression comes to, as the answers stand."""
        return value_of(rule, self.visibility.scope, clock=self.clock)

    def table(self, table: Table) -> TableView:
        found = self.value(table.data)
        rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
        cells = (tuple(german_value(answer_at(row, key)) for key, _ in table.columns) for row in rows[:_MOST_ROWS])
        return TableView(table.id, table.label, tuple(heading for _, heading in table.columns), tuple(cells))

    def documents(self, documents: Documents) -> DocumentsView:
        found = self.value(documents.data)
        items = found if isinstance(found, list) else [found]
        return DocumentsView(documents.id, documents.label, _files(items, self.file_url))

    def repeat(self, repeat: Repeat) -> RepeatView:
        ident = field_id(repeat.path)
        items = tuple(
            FieldsetView(f"{ident}-{number}", item.label, tuple(self.parts(item.components)))
            for number, item in enumerate(repeat.items)
        )
        may_shrink = repeat.changeable and len(items) > repeat.minimum
        removals = tuple(f"{repeat.path}.{number}" if may_shrink else "" for number in range(len(items)))
        may_grow = repeat.changeable and len(items) < repeat.maximum
        return RepeatView(repeat, ident, self.errors.get(repeat.path, ""), items, removals, may_grow)

    def field(self, field: Field) -> FieldView:
        answer = answer_at(self.answers, field.path)
        if answer is None:
            answer = default_answer(field, self.visibility.scope, clock=self.clock)
        ident, error = field_id(field.path), self.errors.get(field.path, "")
        hint = f"{_hint(field)} {self.notes.get(field.path, '')}".strip()
        special = SPECIAL_TYPES.get(field.special)
        described = [
            (hint, f"{ident}-hinweis"),
            (field.prefix, f"{ident}-davor"),
            (field.suffix, f"{ident}-danach"),
            (error, f"{ident}-fehler"),
        ]
        files = _files(answer) if field.kind is Kind.FILE and isinstance(answer, list) else ()
        return FieldView(
            field=field,
            id=ident,
            value=shown_value(field, answer) or say(NO_ANSWER) if field.readonly else typed_text(field, answer),
            error=error,
            required=is_required(field, self.visibility.scope, self.clock),
            hint=hint,
            described_by=" ".join(name for condition, name in described if condition),
            inputs=inputs_of(field, ident, answer),
            files=files,
            input_type=special.input_type if special else "text",
            input_mode="decimal" if field.kind is Kind.NUMBER else special.input_mode if special else "",
            accept=",".join(_ENDINGS[kind] for kind in field.files.accept) if field.files else "",
            full=field.files is not None and len(files) >= field.files.max_files,
        )


def _hint(field: Field) -> str:
    if field.kind is Kind.TEXTAREA:
        limit = say("Höchstens %(max_length)s Zeichen.", max_length=german_number(Decimal(field.limits.max_length)))
        return f"{field.hint} {limit}".strip()
    return field.hint


def _broken(text: str) -> Markup:
    return Markup("<br>").join(text.split("\n"))


def _files(items: Iterable[Any], address: FileAddress | None = None) -> tuple[FileView, ...]:
    return tuple(
        FileView(
            id=str(item.get("file_id", "")),
            name=str(item.get("name", "")),
            size=german_size(int(item.get("size") or 0)),
            address=address(item) if address else "",
        )
        for item in items
        if isinstance(item, Mapping)
    )


def _render(template: str, **values: Any) -> Markup:
    html = _templates().get_template(f"forms/{template}").render(**values)
    return Markup(html)  # written by our own templates, with autoescape on


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    speak_in(templates)
    return templates
