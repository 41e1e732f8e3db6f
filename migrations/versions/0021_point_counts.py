"""How many points a RAB pays for, and why the papers of an installation differ in theirs

Revision ID: point_counts
Revises: signatures_and_bank
Create Date: 2026-11-29 21:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "point_counts"
down_revision = "signatures_and_bank"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("rab") as batch:
        batch.add_column(sa.Column("points", sa.Integer(), nullable=True))
    with op.batch_alter_table("quality_test") as batch:
        batch.add_column(sa.Column("points_reason", sa.Text(), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("quality_test") as batch:
        batch.drop_column("points_reason")
    with op.batch_alter_table("rab") as batch:
        batch.drop_column("points")
