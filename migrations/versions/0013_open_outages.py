"""The open outages are found by an index: every page of a complaint asks for them

Revision ID: open_outages
Revises: lists
"""

from alembic import op

revision = "open_outages"
down_revision = "lists"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_outage_ended_at", "outage", ["ended_at"])
    op.execute("ANALYZE outage")  # a planner that counted the tickets once must count these too


def downgrade():
    op.drop_index("ix_outage_ended_at", "outage")
