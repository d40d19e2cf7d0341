# SPDX-License-Identifier: EUPL-1.2
"""Uploads in a town that has a scanner: what it finds is not kept, and nothing is kept while it cannot look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from connectors.scanner import FakeScanner, Scanner
from engine.clock import FrozenClock
from tests.portal.citizen import Citizen, picture
from tests.portal.conftest import NOW, fakes, new_browser
from tests.towns import town_served
from tests.web.browser import Browser
from web.settings import Settings


@pytest.fixture
def scanner() -> FakeScanner:
    return FakeScanner()


@pytest.fixture
def applicant(settings: Settings, scanner: FakeScanner) -> Iterator[Citizen]:
    neighbours = {**fakes(), Scanner: scanner}
    with town_served(settings, clock=FrozenClock(NOW), connectors=neighbours, client=Browser) as app:
        yield Citizen(new_browser(app)).begins()


def test_clean_file_is_taken(applicant: Citizen, scanner: FakeScanner):
    assert applicant.uploads().status_code == 302
    assert scanner.looked_at == 1


def test_file_with_malware_is_not_kept(applicant: Citizen):
    answer = applicant.uploads(content=picture() + b"MALWARE")
    assert "Virenscanner etwas gefunden" in answer.text
    assert "schein.png" not in applicant.looks_at("unterlagen").text


def test_nothing_is_taken_while_nobody_can_look(applicant: Citizen, scanner: FakeScanner):
    scanner.unreachable = True
    assert "gerade nicht auf Viren prüfen" in applicant.uploads().text
    scanner.unreachable = False
    assert applicant.uploads().status_code == 302


def test_town_without_a_scanner_takes_files(citizen: Citizen, app: Flask):
    assert citizen.begins().uploads(content=picture("blue")).status_code == 302
