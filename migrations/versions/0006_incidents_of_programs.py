# SPDX-License-Identifier: EUPL-1.2
"""Where an incident stands that a program has reported, and what the program says of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("token_id", sa.String(length=36), nullable=True))
    op.add_column("incidents", sa.Column("configuration", sa.String(length=300), nullable=True))
