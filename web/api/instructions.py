# SPDX-License-Identifier: EUPL-1.2
"""Instructions by which tokens are put and taken off: at a start, or by a modification."""

from collections.abc import Mapping
from typing import Any

from engine.modification import CancelAll, CancelToken, Instruction, StartAfter, StartBefore, StartFlow
from web.api.asked import Question
from web.api.ids import BODY, token_of_instance
from web.api.problems import Refused
from web.api.values import read_value

#: More than this no person and no tool writes.
_MOST = 1000
_STARTS: dict[Any, type[StartBefore] | type[StartAfter]] = {
    "startBeforeActivity": StartBefore,
    "startAfterActivity": StartAfter,
}


def read_instructions(written: Any) -> list[Instruction]:
    """The instructions of a request; None are none."""
    if written is None:
        return []
    if not isinstance(written, list) or len(written) > _MOST:
        raise Refused(f"Instructions are given as a list of at most {_MOST}.")
    return [_read(each) for each in written]


def _read(written: Any) -> Instruction:
    if not isinstance(written, dict):
        raise Refused("An instruction is given as an object.")
    kind = written.get("type")
    if kind == "cancel":
        return _cancel(written)
    variables, local = _variables(written.get("variables"))
    ancestor = _text(written, "ancestorActivityInstanceId")
    about: dict[str, Any] = {"variables": variables, "local": local}
    about["ancestor"] = token_of_instance(ancestor) if ancestor else None
    if kind == "startTransition":
        return StartFlow(_needed(written, "transitionId"), one_round=True, **about)
    if kind in _STARTS:
        # An activity is one of its rounds; the whole has a name of its own.
        element = _needed(written, "activityId")
        return _STARTS[kind](element.removesuffix(BODY), one_round=not element.endswith(BODY), **about)
    raise Refused("For instruction type 'null': 'type' must be set" if kind is None else "Unknown instruction type.")


def _cancel(written: Mapping[str, Any]) -> Instruction:
    places = [_text(written, name) for name in ("activityInstanceId", "transitionInstanceId")]
    place, element = places[0] or places[1], _text(written, "activityId")
    if place:
        return CancelToken(token_of_instance(place))
    if not element:
        raise Refused(
            "For instruction type 'cancel': exactly one, 'activityId', 'activityInstanceId', "
            "or 'transitionInstanceId', is required"
        )
    return CancelAll(element.removesuffix(BODY))


def _variables(written: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Those of the scope around, and the local ones."""
    if written is None:
        return {}, {}
    if not isinstance(written, dict):
        raise Refused("Variables are given as a JSON object of name and typed value.")
    around: dict[str, Any] = {}
    local: dict[str, Any] = {}
    for name, typed in written.items():
        is_local = isinstance(typed, dict) and typed.get("local") is True
        (local if is_local else around)[name] = read_value(name, typed)
    return around, local


def _needed(written: Mapping[str, Any], name: str) -> str:
    found = _text(written, name)
    if not found:
        raise Refused(f"For instruction type '{written.get('type')}': '{name}' must be set")
    return found


def _text(written: Mapping[str, Any], name: str) -> str | None:
    value = written.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(f"{name} must be a text.")
    return value


def refuse_skipping(question: Question) -> None:
    """Listeners and mappings belong to the model; nobody may count on their being left out here."""
    for name in ("skipCustomListeners", "skipIoMappings"):
        if question.flag(name):
            raise Refused(f"{name} is not known here: listeners and mappings of the model always run.")
