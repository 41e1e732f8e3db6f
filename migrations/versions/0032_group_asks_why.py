"""a group says whether it wants a reason with what others hand over to it

Revision ID: group_asks_why
Revises: installed_points
Create Date: 2026-11-29 20:40:00

"""
from alembic import op
import sqlalchemy as sa


revision = "group_asks_why"
down_revision = "installed_points"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("helpdesk_group") as table:
        table.add_column(sa.Column("asks_why", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    with op.batch_alter_table("helpdesk_group") as table:
        table.drop_column("asks_why")
