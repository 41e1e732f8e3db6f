"""A validity date of a RAB that was typed goes on into the next version

Revision ID: rab_validity
Revises: setup_points
Create Date: 2026-11-29 13:10:00

"""

from alembic import op
import sqlalchemy as sa


revision = "rab_validity"
down_revision = "setup_points"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("rab", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_validity_typed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    with op.batch_alter_table("rab", schema=None) as batch_op:
        batch_op.drop_column("is_validity_typed")
