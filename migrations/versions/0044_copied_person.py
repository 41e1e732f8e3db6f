"""colleagues of the requester are told too, after they confirmed

Revision ID: copied_person
Revises: probe_without_outage
Create Date: 2026-11-30 03:30:00

"""
from alembic import op
import sqlalchemy as sa


revision = "copied_person"
down_revision = "probe_without_outage"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "copied_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["staff.id"], name=op.f("fk_copied_person_added_by_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_copied_person_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copied_person")),
    )
    for column in ("ticket_id", "email", "added_by_id"):
        op.create_index(op.f(f"ix_copied_person_{column}"), "copied_person", [column])


def downgrade():
    op.drop_table("copied_person")
