# SPDX-License-Identifier: EUPL-1.2
"""What the whole BPMN runtime keeps: called cases, suspension, all kinds of events and jobs, data stores."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns are only added, never changed: SQLite would make the table anew, and its rows would take others with them.
    _cases_and_definitions()
    _jobs_and_tasks()
    _subscriptions()
    op.create_table(
        "data_stores",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_data_stores")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_token", sa.String(length=36), nullable=True))


def _cases_and_definitions() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("business_key", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("parent_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("parent_token", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("root_id", sa.String(length=36), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("depth", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Every case so far was called by nobody.
    op.execute("UPDATE cases SET root_id = id")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for column in ("business_key", "parent_id", "root_id"):
            batch_op.create_index(batch_op.f(f"ix_cases_{column}"), [column], unique=False)
    with op.batch_alter_table("definitions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version_tag", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false()))


def _jobs_and_tasks() -> None:
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("exclusive", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("pauses", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("retries", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("error", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("error_details", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("definition_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_topic_state"), ["topic", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_definition_id"), ["definition_id"], unique=False)
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("description", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("owner", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("delegation", sa.String(length=20), nullable=True))
    op.create_table(
        "task_candidate_users",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_task_candidate_users_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "username", name=op.f("pk_task_candidate_users")),
    )
    with op.batch_alter_table("task_candidate_users", schema=None) as batch_op:
        batch_op.create_index("ix_task_candidate_users_username_task_id", ["username", "task_id"], unique=False)


def _subscriptions() -> None:
    op.create_table(
        "event_subscriptions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("definition_id", sa.Integer(), nullable=True),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("correlation_key", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gathered", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_event_subscriptions_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["definitions.id"],
            name=op.f("fk_event_subscriptions_definition_id_definitions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_subscriptions")),
    )
    with op.batch_alter_table("event_subscriptions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_event_subscriptions_kind_name_correlation_key", ["kind", "name", "correlation_key"], unique=False
        )
        batch_op.create_index("ix_event_subscriptions_definition_id", ["definition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_subscriptions_case_id"), ["case_id"], unique=False)
    op.execute(
        "INSERT INTO event_subscriptions (id, kind, case_id, element_id, name, correlation_key, created_at)"
        " SELECT token_id, 'message', case_id, element_id, name, correlation_key, created_at FROM message_subscriptions"
    )
    op.drop_table("message_subscriptions")
    op.create_table(
        "kept_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("correlation_key", sa.String(length=300), nullable=True),
        sa.Column("business_key", sa.String(length=300), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_messages")),
    )
    with op.batch_alter_table("kept_messages", schema=None) as batch_op:
        batch_op.create_index("ix_kept_messages_name_correlation_key", ["name", "correlation_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_kept_messages_expires_at"), ["expires_at"], unique=False)
