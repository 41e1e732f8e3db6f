"""when a mail was last sent is found without reading the whole outbox

Revision ID: outbox_sent_at
Revises: spans
Create Date: 2026-11-30 03:35:00

"""
from alembic import op


revision = "outbox_sent_at"
down_revision = "spans"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"])


def downgrade():
    op.drop_index("ix_outbox_sent_at", table_name="outbox")
