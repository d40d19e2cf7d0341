# SPDX-License-Identifier: EUPL-1.2
"""What is written plainly can be judged before any case runs: times, numbers, patterns of references."""

import re
from collections.abc import Iterator

from engine.bpmn.lint.complaints import Complaint
from engine.bpmn.model import REFERENCE_FIELD, Node, Process
from engine.errors import AmtsflussError
from engine.feel import FeelSyntaxError, strip_marker
from engine.timetable import check_timer, duration_of, is_due_date, retry_pauses

_WHOLE = re.compile(r"-?\d{1,9}")
_COUNT = re.compile(r"\d{1,6}")
_TIME_TO_LIVE = re.compile(r"\d{1,6}|P\d{1,6}D")


def check_literals(process: Process) -> Iterator[Complaint]:
    """Plain texts that mean nothing at their place."""
    yield from _reference(process)
    if process.history_time_to_live and not _TIME_TO_LIVE.fullmatch(process.history_time_to_live):
        reason = f"{process.history_time_to_live} at historyTimeToLive is not a number of days."
        yield Complaint(process.id, reason, "Write it as in P180D.")
    yield from _number(process.id, "jobPriority", process.job_priority)
    for node in process.nodes.values():
        yield from _times(node)
        yield from _numbers(node)


def is_literal(written: str | None) -> bool:
    """Whether something is written without `=` or `${…}`; a broken expression counts as one."""
    try:
        return bool(written) and strip_marker(written or "") is None
    except FeelSyntaxError:
        return False


def _times(node: Node) -> Iterator[Complaint]:
    timers = [event.timer for event in node.events] + [listener.timer for listener in node.listeners]
    for timer in timers:
        if timer is not None and (reason := check_timer(timer)) is not None:
            yield Complaint(node.id, reason, "Write a duration such as P14D, a moment such as 2026-12-24T12:00:00.")
    for name, written in (("dueDate", node.due), ("followUpDate", node.follow_up)):
        if is_literal(written) and not is_due_date(written or ""):
            reason = f"{written} at {name} is not a moment."
            yield Complaint(node.id, reason, "Write a duration such as P5D, a moment such as 2026-12-24T12:00:00.")
    for retry in (node.retry, node.loop.retry if node.loop else None):
        if retry and is_literal(retry) and not _reads(retry_pauses, retry):
            reason = f"{retry} does not say how often and when to try again."
            yield Complaint(node.id, reason, "Write it as in R3/PT10M.")
    keep_for = node.properties.get("keepFor")
    if keep_for is not None and not _reads(duration_of, keep_for):
        yield Complaint(node.id, f"{keep_for} at keepFor is not a duration of fixed length.", "Write it as in P14D.")


def _reads(read: object, written: str) -> bool:
    assert callable(read)
    try:
        read(written)
    except AmtsflussError:
        return False
    return True


def _numbers(node: Node) -> Iterator[Complaint]:
    yield from _number(node.id, "priority", node.priority)
    yield from _number(node.id, "jobPriority", node.job_priority)
    yield from _number(node.id, "taskPriority", node.topic_priority)
    if node.loop is not None:
        for name, written in (("loopCardinality", node.loop.cardinality), ("loopMaximum", node.loop.maximum)):
            if is_literal(written) and not _COUNT.fullmatch(written or ""):
                yield Complaint(node.id, f"{written} at {name} is not a number of times.", "Write a number such as 3.")


def _number(element_id: str, name: str, written: str | None) -> Iterator[Complaint]:
    if written and is_literal(written) and not _WHOLE.fullmatch(written):
        yield Complaint(element_id, f"{written} at {name} is not a number.", "Write a number such as 50.")


def _reference(process: Process) -> Iterator[Complaint]:
    """References of one process may never be the same, and their numbers begin anew each year."""
    pattern = process.properties.get("referencePattern")
    if pattern is None:
        return
    fields = {match[1] for match in REFERENCE_FIELD.finditer(pattern)}
    if fields != {"year", "number"} or set(REFERENCE_FIELD.sub("", pattern)) & set("{}") or len(pattern) > 60:
        reason = f"The referencePattern {pattern} cannot be used."
        yield Complaint(process.id, reason, "Write it as in APA-{year}-{number:05}.")
