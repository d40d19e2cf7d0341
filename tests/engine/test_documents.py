# SPDX-License-Identifier: EUPL-1.2
"""Documents of cases: made by jobs, read by jobs, never those of another case."""

import hashlib

import pytest

from engine import documents as documents_module
from engine.db import unit_of_work
from engine.documents import NewDocument, StoredDocument, add_document, load_document
from engine.errors import DocumentNotFound, DocumentTooLarge
from engine.identity import SYSTEM
from engine.models import IncidentRow
from engine.movement import moving
from engine.queries.cases import documents
from tests.engine.probes import Bell
from tests.engine.story import Story, rows

LETTER = NewDocument("letter.txt", "text/plain", b"Dear Ada", title="A letter")


def stored(story: Story) -> StoredDocument:
    """A document of the story's case."""
    with unit_of_work(story.db) as session:
        return add_document(session, story.clock, story.case_id, LETTER, by="anna")


def test_a_document_that_a_job_makes_is_stored_and_referred_to(story: Story):
    story.starts("letter", text="Dear Ada").works()
    with story.db.reading() as session:
        (document,) = documents(session, story.case_id)
    assert story.variables["letter"] == document.reference()
    assert (document.name, document.title, document.size) == ("letter.txt", "A letter", 8)


def test_a_stored_document_is_handed_to_the_operation_that_asks_for_one(story: Story):
    assert story.starts("letter", text="Dear Ada").works().variables["read"] == "Dear Ada"


def test_a_document_is_remembered_in_the_history(story: Story):
    story.starts("letter", text="Dear Ada").works()
    (added,) = [line.details for line in story.history if line.kind == "document_added"]
    assert added["title"] == "A letter"


def test_a_document_of_another_case_is_not_handed_out(story: Story, bell: Bell):
    foreign = stored(story.starts("one_task", topic="bicycles")).reference()
    story.starts("read_given", letter=foreign).works()
    for _ in range(5):
        story.waits(hours=2)
    assert bell.rings == []
    assert story.ended_with is None
    assert rows(story.db, IncidentRow) == 1


def test_a_document_that_is_gone_is_not_found(story: Story):
    with pytest.raises(DocumentNotFound), story.db.reading() as session:
        load_document(session, "00000000-0000-0000-0000-000000000000")


def test_content_comes_with_its_checksum(story: Story):
    document_id = stored(story.starts("one_task", topic="bicycles")).id
    with story.db.reading() as session:
        document = load_document(session, document_id)
    assert document.content == b"Dear Ada"
    assert document.sha256 == hashlib.sha256(b"Dear Ada").hexdigest()


def test_lists_carry_no_content(story: Story):
    stored(story.starts("one_task", topic="bicycles"))
    with story.db.reading() as session:
        assert [document.content for document in documents(session, story.case_id)] == [None]


def test_applicants_see_only_what_is_for_them(story: Story):
    story.starts("letter", text="Dear Ada").works()
    stored(story)
    with story.db.reading() as session:
        assert len(documents(session, story.case_id)) == 2
        assert [document.for_applicant for document in documents(session, story.case_id, for_applicant=True)] == [True]


def test_a_document_beyond_the_bound_is_refused(story: Story, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(documents_module, "MAX_DOCUMENT_BYTES", 7)
    story.starts("one_task", topic="bicycles")
    with pytest.raises(DocumentTooLarge):
        stored(story)


def test_documents_within_a_list_become_references(story: Story):
    story.starts("one_task", topic="bicycles")
    with unit_of_work(story.db) as session, moving(session, story.services, story.case_id, SYSTEM) as movement:
        kept = movement.keep({"letters": [LETTER]})
    assert set(kept["letters"][0]) == {"document_id", "name", "media_type", "size"}
