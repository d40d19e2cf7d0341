# SPDX-License-Identifier: EUPL-1.2
"""Whether every expression and script of a model is understood."""

from collections.abc import Iterator

from engine.bpmn.lint.complaints import Complaint
from engine.bpmn.lint.places import Place, places
from engine.bpmn.lint.variables import written_names
from engine.bpmn.model import Process
from engine.feel import FeelError, parse, strip_marker
from engine.feel.calls import unknown_functions
from engine.feel.juel import NotTranslatable
from engine.feel.names import long_names
from engine.scripting import check_script


def check_expressions(process: Process) -> Iterator[Complaint]:
    """Expressions that no evaluation could make sense of."""
    names = long_names(written_names(process))
    for place in places(process):
        if isinstance(place.written, str):
            yield from _text(place, place.written, names)
        elif place.written.language == "feel":
            yield from _text(place, place.written.text, names)
        elif (reason := check_script(place.written)) is not None:
            yield Complaint(place.element_id, f"The script at {place.name} is not understood: {reason}", "Correct it.")


def _text(place: Place, text: str, names: frozenset[str]) -> Iterator[Complaint]:
    what = f"The expression at {place.name}"
    try:
        expression = strip_marker(text)
        if expression is None and place.is_expression:
            expression = text
        unknown = unknown_functions(parse(expression, names).root) if expression is not None else []
    except NotTranslatable as error:
        yield Complaint(place.element_id, f"{what} is not understood: {error}.", error.expected)
        return
    except FeelError as error:
        yield Complaint(place.element_id, f"{what} is not understood: {error}.", "Correct it.")
        return
    for name in unknown:
        yield Complaint(place.element_id, f"{what} calls {name}, which is no function.", "Use a FEEL function.")
