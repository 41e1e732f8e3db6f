"""what each lane of a worker is at, who is at a recurring job, and mails of which nobody knows whether they arrived

Revision ID: worker_lanes
Revises: alert_rules
Create Date: 2026-11-29 12:20:00

"""
from alembic import op
import sqlalchemy as sa


revision = "worker_lanes"
down_revision = "alert_rules"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("heartbeat", sa.Column("at_work", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("heartbeat", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sweep", sa.Column("worker", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("sweep", sa.Column("deaths", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("unsure", sa.Integer(), nullable=False, server_default="0"))


def downgrade():
    with op.batch_alter_table("outbox") as table:
        table.drop_column("unsure")
    with op.batch_alter_table("sweep") as table:
        table.drop_column("deaths")
        table.drop_column("worker")
    with op.batch_alter_table("heartbeat") as table:
        table.drop_column("ended_at")
        table.drop_column("at_work")
