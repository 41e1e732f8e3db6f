"""a ticket has a checklist

Revision ID: checklist
Revises: service_figures
Create Date: 2026-11-30 04:00:00

"""
from alembic import op
import sqlalchemy as sa


revision = "checklist"
down_revision = "service_figures"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "checklist_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["staff.id"], name=op.f("fk_checklist_item_added_by_id_staff")),
        sa.ForeignKeyConstraint(["done_by_id"], ["staff.id"], name=op.f("fk_checklist_item_done_by_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_checklist_item_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_item")),
    )
    for column in ("ticket_id", "added_by_id", "done_by_id"):
        op.create_index(op.f(f"ix_checklist_item_{column}"), "checklist_item", [column])


def downgrade():
    op.drop_table("checklist_item")
