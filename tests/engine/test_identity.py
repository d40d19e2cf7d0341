# SPDX-License-Identifier: EUPL-1.2
"""Who people are: logins, groups, and what is kept of a password."""

import pytest
from sqlalchemy import update

from engine.db import Database, unit_of_work
from engine.errors import AmtsflussError
from engine.identity import Actor, UserExists, add_user, applicant, authenticate, list_users, load_actor
from engine.models import UserRow
from engine.services import Services


@pytest.fixture
def anna(db: Database, services: Services) -> Actor:
    """A clerk with a login."""
    with unit_of_work(db) as session:
        return add_user(session, services.clock, "anna", "Anna Berger", "demo-anna", ["clerks", "finance"])


def deactivate(db: Database) -> None:
    with unit_of_work(db) as session:
        session.execute(update(UserRow).values(active=False))


def test_the_right_password_gives_the_actor_with_groups(db: Database, anna: Actor):
    with db.reading() as session:
        actor = authenticate(session, "anna", "demo-anna")
    assert actor == Actor("anna", "Anna Berger", frozenset({"clerks", "finance"}))


@pytest.mark.parametrize(
    ("username", "password"), [("anna", "wrong"), ("anna", ""), ("nobody", "demo-anna"), ("nobody", "nobody"), ("", "")]
)
def test_anything_else_gives_nobody(db: Database, anna: Actor, username: str, password: str):
    with db.reading() as session:
        assert authenticate(session, username, password) is None


def test_a_deactivated_user_gets_in_no_more(db: Database, anna: Actor):
    deactivate(db)
    with db.reading() as session:
        assert authenticate(session, "anna", "demo-anna") is None


def test_a_deactivated_user_is_no_actor_any_more(db: Database, anna: Actor):
    deactivate(db)
    with db.reading() as session:
        assert load_actor(session, "anna") is None


def test_an_unknown_user_is_no_actor(db: Database):
    with db.reading() as session:
        assert load_actor(session, "nobody") is None


def test_a_password_is_kept_as_an_argon2id_hash_only(db: Database, anna: Actor):
    with db.reading() as session:
        user = session.get(UserRow, "anna")
    assert user is not None
    assert user.password_hash.startswith("$argon2id$")
    assert "demo-anna" not in user.password_hash


def test_a_user_name_is_given_once(db: Database, services: Services, anna: Actor):
    with pytest.raises(UserExists), unit_of_work(db) as session:
        add_user(session, services.clock, "anna", "Another Anna", "x", [])


def test_nobody_is_added_to_the_group_of_applicants(db: Database, services: Services):
    with pytest.raises(AmtsflussError), unit_of_work(db) as session:
        add_user(session, services.clock, "eve", "Eve", "x", ["antragsteller"])


def test_a_user_may_have_no_group(db: Database, services: Services):
    with unit_of_work(db) as session:
        add_user(session, services.clock, "ben", "Ben", "x", [])
        assert load_actor(session, "ben") == Actor("ben", "Ben")


def test_users_are_listed_by_name_with_their_groups(db: Database, services: Services, anna: Actor):
    with unit_of_work(db) as session:
        add_user(session, services.clock, "adam", "Adam", "x", ["clerks"])
        listed = [(user.username, user.groups, user.active) for user in list_users(session)]
    assert listed == [("adam", ("clerks",), True), ("anna", ("clerks", "finance"), True)]


def test_an_applicant_belongs_to_one_case():
    assert applicant("case-1").case_id == "case-1"
    assert applicant("case-1").groups == {"antragsteller"}
