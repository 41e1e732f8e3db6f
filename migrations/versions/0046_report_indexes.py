"""a period's report reads the tickets that came and that ended in it by an index

Revision ID: report_indexes
Revises: payment_reversal
Create Date: 2026-11-30 04:00:00

"""
from alembic import op
import sqlalchemy as sa


revision = "report_indexes"
down_revision = "payment_reversal"
branch_labels = None
depends_on = None

CLOSED = sa.text("closed_at IS NOT NULL")


def upgrade():
    op.create_index("ix_ticket_received_at", "ticket", ["received_at"])
    op.create_index("ix_ticket_closed_at", "ticket", ["closed_at"], sqlite_where=CLOSED, postgresql_where=CLOSED)


def downgrade():
    op.drop_index("ix_ticket_closed_at", table_name="ticket")
    op.drop_index("ix_ticket_received_at", table_name="ticket")
