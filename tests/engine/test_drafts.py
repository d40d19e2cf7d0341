# SPDX-License-Identifier: EUPL-1.2
"""Unfinished applications: kept while they are written, sent once, forgotten in time."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.cases import CaseInfo
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy, latest_definition
from engine.documents import load_document
from engine.drafts import (
    LIFETIME,
    Draft,
    DraftFile,
    add_file,
    delete_expired,
    file_content,
    load_draft,
    new_draft,
    remove_file,
    save_answers,
    submit_draft,
)
from engine.errors import DocumentNotFound, DraftNotFound
from engine.models import CaseRow, DocumentRow, DraftFileRow, DraftRow
from tests.engine.story import CITIZEN, MODELS, Story, deploy_model, no_findings, rows
from tests.engine.together import Racers


@pytest.fixture
def town(story: Story) -> Story:
    """A town with one process to apply for."""
    deploy_model(story.db, story.services, "one_task")
    return story


def begun(town: Story) -> Draft:
    """A new draft."""
    with unit_of_work(town.db) as session:
        definition = latest_definition(session, town.services, "one_task")
        return new_draft(session, town.clock, definition.id)


def uploaded(town: Story, draft: Draft, content: bytes = b"content") -> DraftFile:
    """A file in a draft."""
    with unit_of_work(town.db) as session:
        return add_file(session, town.clock, draft.id, "person.proof", "proof.pdf", "application/pdf", content)


def submitted(town: Story, draft: Draft, **answers: Any) -> CaseInfo:
    """A draft sent off."""
    with unit_of_work(town.db) as session:
        return submit_draft(session, town.services, draft.id, {"topic": "bicycles", **answers}, by=CITIZEN)


def loaded(town: Story, draft_id: str) -> Draft:
    with town.db.reading() as session:
        return load_draft(session, town.clock, draft_id)


def as_answer(file: DraftFile) -> dict[str, Any]:
    """How a form's answers name an upload."""
    return {"file_id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size}


def test_what_was_typed_is_kept(town: Story):
    draft = begun(town)
    with unit_of_work(town.db) as session:
        save_answers(session, town.clock, draft.id, {"person": {"name": "Ada", "born": "32.13.1815"}})
    assert loaded(town, draft.id).answers == {"person": {"name": "Ada", "born": "32.13.1815"}}


def test_only_the_hash_of_the_secret_is_stored(town: Story):
    draft = begun(town)
    with town.db.reading() as session:
        (stored,) = session.scalars(select(DraftRow.id_hash))
    assert draft.id not in stored
    assert len(draft.id) >= 32


def test_an_unknown_draft_is_not_found(town: Story):
    with pytest.raises(DraftNotFound):
        loaded(town, "guessed")


def test_sending_begins_a_case_with_the_answers(town: Story):
    town.case_id = submitted(town, begun(town), colour="red").id
    assert town.variables == {"topic": "bicycles", "colour": "red"}


def test_sending_twice_gives_one_case(town: Story):
    draft = begun(town)
    assert submitted(town, draft).id == submitted(town, draft, topic="other").id
    assert rows(town.db, CaseRow) == 1


def test_sending_twice_at_once_gives_one_case(town: Story, racers: Racers):
    draft = begun(town)
    assert racers.run(lambda: submitted(town, draft), lambda: submitted(town, draft)) == [None, None]
    assert rows(town.db, CaseRow) == 1


def test_whoever_writes_while_it_is_being_sent_learns_that_it_was_sent(town: Story, racers: Racers):
    draft = begun(town)

    def written() -> None:
        with unit_of_work(town.db) as session:
            found = load_draft(session, town.clock, draft.id, to_change=True)
            if found.submitted_case_id is None:
                add_file(session, town.clock, draft.id, "person.proof", "proof.pdf", "application/pdf", b"content")
                save_answers(session, town.clock, draft.id, {"person": {"name": "Ada"}})

    assert racers.run(lambda: submitted(town, draft), written) == [None, None]
    assert (loaded(town, draft.id).answers, loaded(town, draft.id).files) == ({}, ())


def test_a_sent_draft_knows_its_case_and_no_answers(town: Story):
    draft = begun(town)
    case = submitted(town, draft)
    assert (loaded(town, draft.id).submitted_case_id, loaded(town, draft.id).answers) == (case.id, {})


def test_uploads_become_documents_of_the_case(town: Story):
    draft = begun(town)
    file = uploaded(town, draft, b"proof")
    town.case_id = submitted(town, draft, person={"proof": [as_answer(file)]}).id
    (reference,) = town.variables["person"]["proof"]
    with town.db.reading() as session:
        document = load_document(session, reference["document_id"])
    assert (document.case_id, document.content, document.name) == (town.case_id, b"proof", "proof.pdf")


def test_uploads_leave_the_draft_when_it_is_sent(town: Story):
    draft = begun(town)
    submitted(town, draft, proof=as_answer(uploaded(town, draft)))
    assert rows(town.db, DraftFileRow) == 0


def test_an_upload_that_no_answer_names_does_not_become_a_document(town: Story):
    draft = begun(town)
    uploaded(town, draft)
    submitted(town, draft)
    assert rows(town.db, DocumentRow) == 0


def test_a_failed_submission_leaves_the_draft_as_it_was(town: Story):
    draft = begun(town)
    file = uploaded(town, draft)
    with pytest.raises(ZeroDivisionError), unit_of_work(town.db) as session:
        submit_draft(session, town.services, draft.id, {"topic": "x", "proof": as_answer(file)}, by=CITIZEN)
        raise ZeroDivisionError
    assert loaded(town, draft.id).submitted_case_id is None
    assert [kept.id for kept in loaded(town, draft.id).files] == [file.id]


def test_a_file_can_be_read_and_thrown_away(town: Story):
    draft = begun(town)
    file = uploaded(town, draft, b"proof")
    with unit_of_work(town.db) as session:
        assert file_content(session, draft.id, file.id) == b"proof"
        remove_file(session, draft.id, file.id)
        with pytest.raises(DocumentNotFound):
            file_content(session, draft.id, file.id)


def test_a_file_of_another_draft_cannot_be_read(town: Story):
    file = uploaded(town, begun(town))
    other = begun(town)
    with pytest.raises(DocumentNotFound), town.db.reading() as session:
        file_content(session, other.id, file.id)


def test_a_file_of_another_draft_cannot_be_thrown_away(town: Story):
    mine, other = begun(town), begun(town)
    file = uploaded(town, mine)
    with unit_of_work(town.db) as session:
        remove_file(session, other.id, file.id)
        assert file_content(session, mine.id, file.id) == b"content"


def test_a_file_of_another_draft_cannot_be_sent(town: Story):
    file = uploaded(town, begun(town))
    town.case_id = submitted(town, begun(town), proof=as_answer(file)).id
    assert rows(town.db, DocumentRow) == 0
    assert "document_id" not in town.variables["proof"]


def test_a_draft_is_forgotten_in_time(town: Story):
    draft = begun(town)
    town.clock.advance(LIFETIME + timedelta(seconds=1))
    with pytest.raises(DraftNotFound):
        loaded(town, draft.id)


def test_a_draft_may_be_sent_until_its_last_moment(town: Story):
    draft = begun(town)
    town.clock.advance(LIFETIME)
    assert submitted(town, draft).state == "active"


def test_an_expired_draft_cannot_be_sent(town: Story):
    draft = begun(town)
    town.clock.advance(LIFETIME + timedelta(seconds=1))
    with pytest.raises(DraftNotFound):
        submitted(town, draft)


def test_expired_drafts_are_deleted_with_their_files(town: Story):
    draft = begun(town)
    uploaded(town, draft)
    town.clock.advance(LIFETIME + timedelta(seconds=1))
    with unit_of_work(town.db) as session:
        delete_expired(session, town.clock)
    assert (rows(town.db, DraftRow), rows(town.db, DraftFileRow)) == (0, 0)


def test_a_case_outlives_its_draft(town: Story, db: Database):
    town.case_id = submitted(town, begun(town)).id
    town.clock.advance(LIFETIME + timedelta(seconds=1))
    with unit_of_work(db) as session:
        delete_expired(session, town.clock)
    assert town.open() == ["Answer"]


def test_a_draft_keeps_the_version_that_it_began_with(town: Story):
    draft = begun(town)
    newer = Bundle.from_file(MODELS / "one_task.bpmn")
    with unit_of_work(town.db) as session:
        changed = {**newer.resources, "more.form": b'{"id": "more", "components": []}'}
        deploy(session, town.services, Bundle(newer.name, changed), form_check=no_findings)
        assert latest_definition(session, town.services, "one_task").id != draft.definition_id
    assert submitted(town, draft).definition_id == draft.definition_id
