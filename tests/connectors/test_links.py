# SPDX-License-Identifier: EUPL-1.2
"""Links open what they were made for, and nothing else."""

import pytest

from connectors.links import FakeLinks, Links
from engine.errors import ConnectorUnavailable

CASE = "5b0f3b0e-6f1e-4c37-9f5c-1d2f3a4b5c6d"


@pytest.fixture(params=[FakeLinks(), Links("https://parken.stadt.example/", "geheim")], ids=["fake", "real"])
def links(request: pytest.FixtureRequest) -> Links:
    made: Links = request.param
    made.check()
    return made


def token(address: str) -> str:
    return address.rsplit("/", 1)[1]


def test_links_are_read_back(links):
    assert links.verify_status(token(links.status(CASE))) == CASE
    assert links.verify_zahlung(token(links.zahlung("RF57KT2026000123"))) == "RF57KT2026000123"


def test_addresses_have_one_slash_and_name_their_page(links):
    assert "//" not in links.status(CASE).removeprefix("https://")
    assert "/status/" in links.status(CASE)
    assert "/zahlung/" in links.zahlung("RF741")
    assert links.ausweis("K7QF").endswith("/ausweis/K7QF")


def test_a_code_cannot_leave_its_place_in_the_address(links):
    assert links.ausweis("../status?x=1").endswith("/ausweis/..%2Fstatus%3Fx%3D1")


def test_a_link_opens_one_kind_of_page(links):
    assert links.verify_zahlung(token(links.status(CASE))) is None
    assert links.verify_status(token(links.zahlung("RF741"))) is None


@pytest.mark.parametrize("forge", [str.swapcase, lambda text: text[:-1], lambda text: "", lambda text: "ä" + text])
def test_forged_links_open_nothing(links, forge):
    assert links.verify_status(forge(token(links.status(CASE)))) is None


def test_another_town_s_links_open_nothing(links):
    stranger = Links("https://parken.stadt.example", "ein anderes Geheimnis")
    assert links.verify_status(token(stranger.status(CASE))) is None


@pytest.mark.parametrize("base", ["", "ftp://stadt.example", "stadt.example"])
def test_check_names_a_wrong_address(base):
    with pytest.raises(ConnectorUnavailable, match="AMT_BASE_URL"):
        Links(base, "geheim").check()
