# SPDX-License-Identifier: EUPL-1.2
"""Whether this process lives, and whether it can serve: for whoever starts, stops and balances processes."""

from dataclasses import dataclass, field
from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from migrations import configuration
from web.bootstrap import Platform, platform
from web.remembered import Remembered
from web.security import public

blueprint = Blueprint("health", __name__)
# What they say is no secret: one word a part. Whoever balances load has no account.
blueprint.before_request(public)

#: Nobody has the database asked more often than once in so many seconds.
_SECONDS = 2.0
_KEPT = "amtsfluss.readiness"


@dataclass
class _Kept:
    """What was found last, of the town that it was found of: tests give one application another town."""

    town: Platform
    readiness: Remembered[dict[str, str]] = field(default_factory=lambda: Remembered(_SECONDS))


@blueprint.get("/healthz")
def alive() -> Response:
    """This process answers. Asks nobody else: a database that is away is no reason to kill it."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Whether requests can be served, and if not, which part is missing."""
    town = platform()
    kept: _Kept | None = current_app.extensions.get(_KEPT)
    if kept is None or kept.town is not town:
        kept = current_app.extensions[_KEPT] = _Kept(town)
    parts = kept.readiness.get(lambda: readiness(town))
    is_ready = set(parts.values()) == {"ok"}
    return jsonify(ready=is_ready, **parts), 200 if is_ready else 503


def readiness(town: Platform) -> dict[str, str]:
    """Part by part: ok, or one word that says what is wrong. Addresses and passwords are not among these words."""
    parts = _database(town)
    if town.settings.broker_url:
        from web.cluster.reaching import can_be_reached  # takes a while to load, which only a cluster has to wait for

        parts["broker"] = "ok" if can_be_reached(town.settings.broker_url) else "unreachable"
    return parts


def _database(town: Platform) -> dict[str, str]:
    try:
        with town.db.reading() as session:
            found = MigrationContext.configure(session.connection()).get_current_revision()
    except SQLAlchemyError:
        return {"database": "unreachable", "migration": "unknown"}
    head, known = _revisions()
    # A revision of a later release only adds to ours: that one is rolled out while this process still serves.
    is_enough = found == head or (found is not None and found not in known)
    return {"database": "ok", "migration": "ok" if is_enough else "missing"}


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The newest revision that this release brings along, and all of them."""
    scripts = ScriptDirectory.from_config(configuration())
    return scripts.get_current_head(), frozenset(each.revision for each in scripts.walk_revisions())
