"""When a worker last took up a directory change that was left without result

Revision ID: directory_turns
Revises: outages
"""

import sqlalchemy as sa
from alembic import op

revision = "directory_turns"
down_revision = "outages"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("directory_change") as batch:
        batch.add_column(sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("directory_change") as batch:
        batch.drop_column("tried_at")
