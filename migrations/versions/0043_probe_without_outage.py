"""a ping may be asked for on a device's page, outside any outage

Revision ID: probe_without_outage
Revises: presence
Create Date: 2026-11-30 03:10:00

"""
from alembic import op
import sqlalchemy as sa


revision = "probe_without_outage"
down_revision = "presence"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("asked_probe") as batch_op:
        batch_op.alter_column("ticket_id", existing_type=sa.Integer(), nullable=True)


def downgrade():
    op.execute("DELETE FROM asked_probe WHERE ticket_id IS NULL")
    with op.batch_alter_table("asked_probe") as batch_op:
        batch_op.alter_column("ticket_id", existing_type=sa.Integer(), nullable=False)
