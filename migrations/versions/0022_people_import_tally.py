"""Every line of a people file, counted once: headings, blank lines, continued cells, columns that were not read

Revision ID: people_import_tally
Revises: point_counts
Create Date: 2026-11-29 21:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "people_import_tally"
down_revision = "point_counts"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("people_import") as batch:
        batch.add_column(sa.Column("tally", sa.JSON(), nullable=False, server_default="{}"))


def downgrade():
    with op.batch_alter_table("people_import") as batch:
        batch.drop_column("tally")
