"""who has a ticket open, and who is writing on it

Revision ID: presence
Revises: outbox_sent_at
Create Date: 2026-11-30 03:05:00

"""
from alembic import op
import sqlalchemy as sa


revision = "presence"
down_revision = "outbox_sent_at"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "presence",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writing_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_presence_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_presence_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "staff_id", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_staff_id"), "presence", ["staff_id"])


def downgrade():
    op.drop_table("presence")
