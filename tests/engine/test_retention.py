# SPDX-License-Identifier: EUPL-1.2
"""What has had its time goes, with everything that belongs to it; what is needed stays, and is told."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine.batches import cancel_in_batch
from engine.chores import PORTION, Chore, Housekeeping, chores, do_all, do_chore
from engine.comments import add_comment
from engine.db import Base, unit_of_work
from engine.documents import NewDocument, add_document
from engine.drafts import add_file, new_draft, submit_draft
from engine.identity import SYSTEM
from engine.incidents import open_incident
from engine.jobs import enqueue
from engine.messages import Message, keep
from engine.models import (
    BatchRow,
    CaseRow,
    CommentRow,
    DefinitionRow,
    DocumentContentRow,
    DocumentRow,
    DraftFileRow,
    DraftRow,
    HistoryRow,
    IncidentRow,
    KeptMessageRow,
)
from engine.removal import forget_case
from engine.retention import PORTION as CASES_AT_ONCE
from engine.retention import Retention, resting_columns, retentions
from engine.verify import verify_town
from engine.withdrawal import keep_history_for
from engine.worker import Worker
from processes.anwohnerparkausweis.models import Parkausweis
from tests.engine.story import CITIZEN, Story, deploy_model, rows

CALL = "call_activities/call_task"
#: The conformance models keep history for one day.
A_DAY = timedelta(days=1)


def chore(name: str) -> Chore:
    """One of the chores that everybody does."""
    return next(each for each in chores() if each.name == name)


def done(story: Story, name: str) -> int:
    """How many a chore removes when it is done to its end."""
    return do_chore(story.db, story.services, chore(name))[0]


def ended(story: Story) -> Story:
    """A case that ended a moment ago."""
    return story.starts("one_task", topic="bicycles").completes("Answer", answer="yes")


def shown(story: Story) -> Retention:
    """How it stands with the only process."""
    with story.db.reading() as session:
        (one,) = retentions(session, story.clock)
    return one


# -- cases ----------------------------------------------------------------------------------------------------------


def test_a_case_stays_until_its_time_is_over(story: Story):
    ended(story).clock.advance(A_DAY - timedelta(seconds=1))
    assert (done(story, "cases"), rows(story.db, CaseRow)) == (0, 1)
    story.clock.advance(timedelta(seconds=1))
    assert (done(story, "cases"), rows(story.db, CaseRow)) == (1, 0)


def test_a_case_that_goes_on_stays_however_old_it_is(story: Story):
    story.starts("one_task", topic="bicycles").clock.advance(A_DAY * 100)
    assert (done(story, "cases"), story.open()) == (0, ["Answer"])


def test_a_case_goes_with_everything_that_belongs_to_it(story: Story):
    deployment = deploy_model(story.db, story.services, "one_task")
    with unit_of_work(story.db) as session:
        draft = new_draft(session, story.clock, deployment.definitions[0].id)
        story.case_id = submit_draft(session, story.services, draft.id, {"topic": "x"}, by=CITIZEN).id
        letter = NewDocument("letter.txt", "text/plain", b"Dear Ada")
        add_document(session, story.clock, story.case_id, letter, by="anna")
        add_comment(session, story.clock, story.case_id, "She rang", SYSTEM)
    story.completes("Answer", answer="yes").clock.advance(A_DAY)
    assert done(story, "cases") == 1
    tables = (CaseRow, HistoryRow, DocumentRow, DocumentContentRow, CommentRow, DraftRow)
    assert [rows(story.db, table) for table in tables] == [0] * len(tables)


def test_a_called_case_goes_with_the_one_that_has_called_it(story: Story):
    (inner,) = story.starts(CALL).called()
    inner.completes("Inner")
    story.clock.advance(A_DAY * 2)
    assert done(story, "cases") == 0
    story.completes("After").clock.advance(A_DAY)
    assert (done(story, "cases"), rows(story.db, CaseRow)) == (2, 0)


def test_without_a_time_to_live_cases_stay_for_good(story: Story):
    ended(story)
    with unit_of_work(story.db) as session:
        keep_history_for(session, session.scalars(select(DefinitionRow.id)).one(), None)
    story.clock.advance(A_DAY * 10_000)
    assert done(story, "cases") == 0
    assert (shown(story).days, shown(story).ended, shown(story).due) == (None, 1, 0)


def test_a_time_to_live_may_be_longer_than_the_calendar(story: Story):
    ended(story)
    with unit_of_work(story.db) as session:
        session.execute(update(DefinitionRow).values(history_days=999_999))
    assert done(story, "cases") == 0


def test_what_has_ended_first_goes_first_and_a_few_at_a_time(story: Story):
    ended(story)
    for _ in range(CASES_AT_ONCE):
        story.clock.advance(timedelta(seconds=1))
        story.starts_deployed("one_task", topic="bicycles").completes("Answer", answer="yes")
    last = story.case_id
    story.clock.advance(A_DAY)
    with unit_of_work(story.db) as session:
        assert chore("cases").portion(session, story.services) == CASES_AT_ONCE
    with story.db.reading() as session:
        assert session.scalars(select(CaseRow.id)).all() == [last]


def permit(story: Story) -> None:
    """Something of the town that rests on the case."""
    with unit_of_work(story.db) as session:
        day = story.clock.today()
        about = {"kennzeichen": "ES-A 1", "zone": "A", "gueltig_ab": day, "gueltig_bis": day}
        session.add(
            Parkausweis(nummer="P-1", pruefcode="x", case_id=story.case_id, ausgestellt_am=story.clock.now(), **about)
        )


def test_a_case_on_which_the_town_rests_stays_and_is_told(story: Story):
    permit(ended(story))
    story.clock.advance(A_DAY * 2)
    assert (done(story, "cases"), rows(story.db, CaseRow)) == (0, 1)
    assert (shown(story).due, shown(story).needed) == (0, 1)


def test_a_case_goes_once_nothing_rests_on_it(story: Story):
    permit(ended(story))
    story.clock.advance(timedelta(days=367))
    assert (done(story, "parkausweise"), done(story, "cases")) == (1, 1)


def test_a_case_that_has_something_to_do_still_stays(story: Story):
    ended(story)
    with unit_of_work(story.db) as session:
        enqueue(session, story.services, "probe.ring", {"text": "later"}, case_id=story.case_id)
    story.clock.advance(A_DAY)
    assert (done(story, "cases"), shown(story).needed) == (0, 1)
    assert done(story.works(), "cases") == 1


def test_a_case_with_an_incident_that_nobody_has_resolved_stays(story: Story):
    ended(story)
    with unit_of_work(story.db) as session:
        open_incident(
            session, story.clock, case_id=story.case_id, element_id="x", kind="job_failed", cause=ConnectionError()
        )
    story.clock.advance(A_DAY)
    assert (done(story, "cases"), shown(story).needed) == (0, 1)


def test_whatever_keeps_a_case_names_it_directly():
    """The rule looks at columns that name cases; what named a document of one would stop it without being seen."""
    cases = Base.metadata.tables["cases"]
    gone = {cases}
    for table in Base.metadata.sorted_tables:
        if any(key.column.table in gone and key.ondelete == "CASCADE" for key in table.foreign_keys):
            gone.add(table)
    hidden = [
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table in gone - {cases} and key.ondelete is None
    ]
    assert (hidden, [str(column) for column in resting_columns()]) == ([], ["parkausweise.case_id"])


def test_references_of_cases_that_were_forgotten_are_not_missed(story: Story):
    forgotten = ended(story).case_id
    story.starts_deployed("one_task", topic="x").completes("Answer", answer="yes")
    with unit_of_work(story.db) as session:
        forget_case(session, forgotten)
    story.clock.advance(A_DAY)
    assert done(story, "cases") == 1
    assert list(verify_town(story.db, story.services)) == []


# -- everything else --------------------------------------------------------------------------------------------------


def test_a_draft_goes_with_its_files_when_it_has_expired(story: Story):
    deployment = deploy_model(story.db, story.services, "one_task")
    with unit_of_work(story.db) as session:
        draft = new_draft(session, story.clock, deployment.definitions[0].id)
        add_file(session, story.clock, draft.id, "letter", "letter.txt", "text/plain", b"Dear Ada")
    assert done(story, "drafts") == 0
    story.clock.advance(timedelta(days=31))
    assert (done(story, "drafts"), rows(story.db, DraftRow), rows(story.db, DraftFileRow)) == (1, 0, 0)


def test_a_kept_message_goes_when_its_time_has_run_out(story: Story):
    with unit_of_work(story.db) as session:
        keep(session, story.services, Message("Reply"), timedelta(hours=1))
    story.clock.advance(timedelta(hours=1))
    assert (done(story, "kept_messages"), rows(story.db, KeptMessageRow)) == (1, 0)


def test_a_finished_batch_goes_after_half_a_year_and_one_that_is_not_stays(story: Story):
    story.starts("one_task", topic="x")
    with unit_of_work(story.db) as session:
        cancel_in_batch(session, story.services, "one_task", [story.case_id], "Enough", SYSTEM)
    story.works()
    with unit_of_work(story.db) as session:
        cancel_in_batch(session, story.services, "one_task", ["gone"], "Enough", SYSTEM)
    story.clock.advance(timedelta(days=181))
    assert (done(story, "batches"), rows(story.db, BatchRow)) == (1, 1)


def test_a_resolved_incident_of_no_case_goes_after_half_a_year(story: Story):
    with unit_of_work(story.db) as session:
        open_incident(session, story.clock, case_id=None, element_id="x", kind="job_failed", cause=ConnectionError())
        open_incident(session, story.clock, case_id=None, element_id="y", kind="job_failed", cause=ConnectionError())
        session.execute(update(IncidentRow).where(IncidentRow.element_id == "x").values(resolved_at=story.clock.now()))
    story.clock.advance(timedelta(days=181))
    assert (done(story, "incidents"), rows(story.db, IncidentRow)) == (1, 1)


def test_much_goes_portion_by_portion(story: Story):
    with unit_of_work(story.db) as session:
        for _ in range(PORTION + 1):
            keep(session, story.services, Message("Reply"), timedelta(hours=1))
    story.clock.advance(timedelta(hours=1))
    with unit_of_work(story.db) as session:
        assert chore("kept_messages").portion(session, story.services) == PORTION
    assert [removed for _, removed in do_all(story.db, story.services, [chore("kept_messages")])] == [1]


def test_the_log_counts_and_names_nobody(story: Story, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "engine.chores")
    ended(story).clock.advance(A_DAY)
    done(story, "cases")
    assert [record.getMessage() for record in caplog.records] == ["chore cases: 1 removed"]


# -- whose turn it is -------------------------------------------------------------------------------------------------


class Counted:
    """A chore that counts how often it is done."""

    def __init__(self, portions: list[int] | None = None) -> None:
        self.turns = 0
        self._portions = portions or []
        self.chore = Chore("counted", timedelta(hours=1), self._portion, lambda session, services: 0)

    def _portion(self, session: object, services: object) -> int:
        self.turns += 1
        return self._portions.pop() if self._portions else 0


def test_a_chore_is_done_once_in_its_period_however_many_ask(story: Story):
    counted = Counted()
    houses = [Housekeeping(story.db, story.services, [counted.chore]) for _ in range(3)]
    for minutes in range(0, 59, 10):
        for house in houses:
            house.look()
        story.clock.advance(timedelta(minutes=10))
        assert counted.turns == 1, minutes
    story.clock.advance(timedelta(minutes=1))
    for house in houses:
        house.look()
    assert counted.turns == 2


def test_a_chore_that_takes_too_long_is_gone_on_with_soon(story: Story, monkeypatch: pytest.MonkeyPatch):
    counted = Counted([1, 1, 1])
    monkeypatch.setattr("engine.chores.LONGEST_TURN", timedelta(0))
    house = Housekeeping(story.db, story.services, [counted.chore])
    for _ in range(4):
        house.look()
        story.clock.advance(timedelta(minutes=1, seconds=2))
    assert counted.turns == 4


def test_what_there_was_no_time_for_is_done_at_the_next_look(story: Story, monkeypatch: pytest.MonkeyPatch):
    first, second = Counted(), Counted()
    monkeypatch.setattr("engine.chores.LONGEST_TURN", timedelta(0))
    house = Housekeeping(story.db, story.services, [first.chore, replace(second.chore, name="second")])
    house.look()
    assert (first.turns, second.turns) == (1, 0)
    house.look()
    assert (first.turns, second.turns) == (1, 1)


def test_a_chore_that_fails_holds_up_no_other(story: Story, caplog: pytest.LogCaptureFixture):
    counted = Counted()

    def fails(session: object, services: object) -> int:
        raise ConnectionError

    broken = replace(counted.chore, name="broken", portion=fails)
    Housekeeping(story.db, story.services, [broken, counted.chore]).look()
    assert counted.turns == 1
    assert "chore broken failed" in caplog.text


def test_the_database_is_asked_once_a_minute(story: Story, zaehlt_statements):
    house = Housekeeping(story.db, story.services, chores())
    house.look()
    zaehlt_statements()
    house.look()
    assert zaehlt_statements() == 0


def test_the_embedded_worker_does_the_chores(story: Story):
    ended(story).clock.advance(A_DAY)
    Worker(story.db, story.services, chores()).look()
    assert rows(story.db, CaseRow) == 0
