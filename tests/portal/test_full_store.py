# SPDX-License-Identifier: EUPL-1.2
"""The store of documents is full or away: nothing is half stored, and nobody has to type anything again."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest

from connectors.documents import FakeContents
from engine.contents import CONTENTS
from engine.queries.cases import case_by_reference, documents
from tests.portal.citizen import Citizen, picture
from tests.portal.test_status import answers, asked, status  # noqa: F401 # fixtures of the question
from web.bootstrap import Platform


@pytest.fixture
def store(town: Platform) -> Iterator[FakeContents]:
    held = town.db.info[CONTENTS] = FakeContents(town.clock)
    yield held


def test_application_is_refused_in_plain_words_and_sent_later(citizen: Citizen, town: Platform, store: FakeContents):
    citizen.begins().fills_everything()
    store.trouble = "No space left on device."
    response = citizen.sends()
    assert response.status_code == 503
    assert "Der Speicher für Dokumente ist voll oder gerade nicht erreichbar" in response.text
    assert "ES-AB 123" in response.text
    with town.db.reading() as session:
        assert case_by_reference(session, "APA-2026-00001") is None
    store.trouble = ""
    assert citizen.sends().location == citizen.address("fertig")
    with town.db.reading() as session:
        case = case_by_reference(session, "APA-2026-00001")
        assert case is not None
        (document,) = documents(session, case.id)
    assert document.sha256 in store.held


def test_answer_with_a_file_is_refused_and_its_text_kept(citizen: Citizen, asked: str, store: FakeContents):  # noqa: F811 # it is the fixture
    store.trouble = "No space left on device."
    response = answers(citizen, asked, antwort="Hier ist sie.", nachweis=(BytesIO(picture()), "rueckseite.png"))
    assert response.status_code == 503
    assert "Hier ist sie." in response.text
    assert "voll oder gerade nicht erreichbar" in response.text
