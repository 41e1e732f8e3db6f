"""a ticket has a priority, by which lists are filtered and sorted

Revision ID: priority
Revises: estimate_branch
Create Date: 2026-11-29 21:10:00

"""
from alembic import op
import sqlalchemy as sa


revision = "priority"
down_revision = "estimate_branch"
branch_labels = None
depends_on = None

OLD = [
    "procedure", "state", "line", "group_id", "assignee_id", "unit_id", "category_id", "channel", "pause",
    "resolved_at", "received_at",
]
HAS_DUE = sa.text("due_at IS NOT NULL")
HEADS = {
    "ix_ticket_list_created": (["is_open", "created_at", "id"], ["due_at", "updated_at"]),
    "ix_ticket_list_updated": (["is_open", "updated_at", "id"], ["due_at", "created_at"]),
    "ix_ticket_list_due": (["is_open", "due_at", "id"], ["created_at", "updated_at"]),
}


def _index(filtered):
    for name, (head, tail) in HEADS.items():
        op.drop_index(name, table_name="ticket")
        partial = {"sqlite_where": HAS_DUE, "postgresql_where": HAS_DUE} if name.endswith("_due") else {}
        op.create_index(name, "ticket", [*head, *filtered, *tail], **partial)


def upgrade():
    op.add_column("ticket", sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("priority_reason", sa.String(length=300), nullable=False, server_default=""))
    _index([*OLD, "priority"])
    op.create_index("ix_ticket_list_priority", "ticket", ["is_open", "priority", "id", *OLD])


def downgrade():
    op.drop_index("ix_ticket_list_priority", table_name="ticket")
    _index(OLD)
    op.drop_column("ticket", "priority_reason")
    op.drop_column("ticket", "priority")
