"""lists read no ticket in vain: the index of each sort holds what a list is filtered by, in place of five narrow ones

Revision ID: list_covers
Revises: open_outages
Create Date: 2026-11-26 02:36:00

"""
from alembic import op
import sqlalchemy as sa

revision = "list_covers"
down_revision = "open_outages"
branch_labels = None
depends_on = None

FILTERED = [
    "procedure", "state", "line", "group_id", "assignee_id", "unit_id", "category_id", "channel", "pause",
    "resolved_at", "received_at",
]
WITH_DUE = sa.text("due_at IS NOT NULL")
NEW = {
    "ix_ticket_list_created": (["is_open", "created_at", "id", *FILTERED, "due_at", "updated_at"], None),
    "ix_ticket_list_updated": (["is_open", "updated_at", "id", *FILTERED, "due_at", "created_at"], None),
    "ix_ticket_list_due": (["is_open", "due_at", "id", *FILTERED, "created_at", "updated_at"], WITH_DUE),
}
GONE = {
    "ix_ticket_open_created_id": ["is_open", "created_at", "id"],
    "ix_ticket_open_updated_id": ["is_open", "updated_at", "id"],
    "ix_ticket_due_id": ["is_open", "due_at", "id"],
    "ix_ticket_group_updated_id": ["group_id", "is_open", "updated_at", "id"],
    "ix_ticket_group_due_id": ["group_id", "is_open", "due_at", "id"],
}


def upgrade():
    for name, (columns, where) in NEW.items():
        op.create_index(name, "ticket", columns, sqlite_where=where, postgresql_where=where)
    for name in GONE:
        op.drop_index(name, "ticket")


def downgrade():
    for name, columns in GONE.items():
        op.create_index(name, "ticket", columns)
    for name in NEW:
        op.drop_index(name, "ticket")
