"""tickets are found by keys in one spelling; the worker writes those of the tickets that exist

Revision ID: search_keys
Revises: priority
Create Date: 2026-11-30 03:10:00

"""
from alembic import op
import sqlalchemy as sa


revision = "search_keys"
down_revision = "priority"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "search_fill",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("left_to", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_search_fill")),
    )
    op.execute("INSERT INTO search_fill (name, left_to) SELECT 'tickets', max(ticket_id) FROM ticket_text HAVING max(ticket_id) IS NOT NULL")


def downgrade():
    op.drop_table("search_fill")
