# SPDX-License-Identifier: EUPL-1.2
"""Who people are: logins, groups, and what is kept of a password."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from engine.db import Database, unit_of_work
from engine.errors import AmtsflussError
from engine.identity import (
    Actor,
    UserExists,
    UserNotFound,
    activate_user,
    add_user,
    applicant,
    authenticate,
    change_password,
    deactivate_user,
    end_logins,
    find_user,
    list_users,
    load_actor,
    resume_login,
    set_groups,
)
from engine.models import UserRow
from engine.services import Services


@pytest.fixture
def anna(db: Database, services: Services) -> Actor:
    """A clerk with a login."""
    with unit_of_work(db) as session:
        return add_user(session, services.clock, "anna", "Anna Berger", "demo-anna", ["clerks", "finance"])


def deactivate(db: Database) -> None:
    with unit_of_work(db) as session:
        deactivate_user(session, "anna")


def ticket(db: Database, password: str = "demo-anna") -> str:
    """What anna's browser keeps after a login."""
    with db.reading() as session:
        login = authenticate(session, "anna", password)
    assert login is not None
    return login.ticket


def resumed(db: Database, ticket: str) -> Actor | None:
    with db.reading() as session:
        return resume_login(session, ticket)


def test_the_right_password_gives_the_actor_with_groups(db: Database, anna: Actor):
    with db.reading() as session:
        login = authenticate(session, "anna", "demo-anna")
    assert login is not None
    assert login.actor == Actor("anna", "Anna Berger", frozenset({"clerks", "finance"}))


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


def test_a_login_goes_on_with_its_ticket_in_one_statement(
    db: Database, anna: Actor, zaehlt_statements: Callable[[], int]
):
    kept = ticket(db)
    zaehlt_statements()
    assert resumed(db, kept) == anna
    assert zaehlt_statements() == 1 + db.is_sqlite, "SQLite is told to begin besides"


ENDS: dict[str, Callable[[Session], None]] = {
    "logout": lambda session: end_logins(session, "anna"),
    "password": lambda session: change_password(session, "anna", "another one"),
    "deactivation": lambda session: deactivate_user(session, "anna"),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_ticket_does_not_outlive(db: Database, services: Services, anna: Actor, end: str):
    kept = ticket(db)
    with unit_of_work(db) as session:
        add_user(session, services.clock, "ben", "Ben", "demo-ben", [])
        login = authenticate(session, "ben", "demo-ben")
        assert login is not None
        ENDS[end](session)
        activate_user(session, "anna")
    assert resumed(db, kept) is None
    assert resumed(db, login.ticket) == login.actor, "others stay logged in"


@pytest.mark.parametrize("forged", ["", ":", "anna", "anna:", ":anna", "anna:ä", "nobody:x", "anna:x:y"])
def test_a_ticket_cannot_be_made_up(db: Database, anna: Actor, forged: str):
    assert resumed(db, forged) is None


def test_a_ticket_is_not_shown(db: Database, anna: Actor):
    with db.reading() as session:
        login = authenticate(session, "anna", "demo-anna")
    assert login is not None
    assert login.ticket not in repr(login)


def test_a_new_password_replaces_the_old_one(db: Database, anna: Actor):
    with unit_of_work(db) as session:
        change_password(session, "Anna", "another one")
    with db.reading() as session:
        assert authenticate(session, "anna", "demo-anna") is None
    assert resumed(db, ticket(db, "another one")) == anna


def test_whoever_is_activated_gets_in_again(db: Database, anna: Actor):
    deactivate(db)
    with unit_of_work(db) as session:
        activate_user(session, "ANNA")
    assert resumed(db, ticket(db)) == anna


def test_groups_are_replaced_for_logins_that_go_on(db: Database, anna: Actor):
    kept = ticket(db)
    with unit_of_work(db) as session:
        set_groups(session, "ANNA", ["finance", "mayors"])
    actor = resumed(db, kept)
    assert actor is not None
    assert actor.groups == {"finance", "mayors"}


def test_nobody_is_moved_to_the_group_of_applicants(db: Database, anna: Actor):
    with pytest.raises(AmtsflussError), unit_of_work(db) as session:
        set_groups(session, "anna", ["antragsteller"])
    assert resumed(db, ticket(db)) == anna


@pytest.mark.parametrize("change", [activate_user, deactivate_user, end_logins])
def test_nothing_is_changed_about_an_unknown_user(db: Database, change: Callable[[Session, str], None]):
    with pytest.raises(UserNotFound), unit_of_work(db) as session:
        change(session, "nobody")


def test_case_makes_no_difference_in_a_name(db: Database, services: Services):
    with unit_of_work(db) as session:
        add_user(session, services.clock, "Jürgen.Weiß", "Jürgen Weiß", "demo-x", [])
        for written in ("jürgen.weiß", "JÜRGEN.WEISS"):
            login = authenticate(session, written, "demo-x")
            assert login is not None
            assert login.actor.name == "Jürgen.Weiß", "it is kept as it was given"
            found = find_user(session, written)
            assert found is not None
            assert found.username == "Jürgen.Weiß"
            with pytest.raises(UserExists):
                add_user(session, services.clock, written, "Another", "x", [])


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
