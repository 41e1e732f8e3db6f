"""routine work: schedules, and the ticket of each of their days

Revision ID: 0068
Revises: 0067
Create Date: 2026-11-30 21:20:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "routine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("checklist", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        *_rule(),
        sa.ForeignKeyConstraint(["group_id"], ["helpdesk_group.id"], name=op.f("fk_routine_group_id_helpdesk_group")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["staff.id"], name=op.f("fk_routine_assignee_id_staff"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routine")),
    )
    for column in ("group_id", "assignee_id"):
        op.create_index(op.f(f"ix_routine_{column}"), "routine", [column])
    op.create_table(
        "routine_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("routine_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["routine_id"], ["routine.id"], name=op.f("fk_routine_ticket_routine_id_routine"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_routine_ticket_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routine_ticket")),
        sa.UniqueConstraint("routine_id", "due_on", name=op.f("uq_routine_ticket_routine_id_due_on")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_routine_ticket_ticket_id")),
    )


def _rule():
    return [
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=5), nullable=False),
        sa.Column("weekdays", sa.String(length=20), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("skips_closed", sa.Boolean(), server_default=sa.false(), nullable=False),
    ]


def downgrade():
    op.drop_table("routine_ticket")
    op.drop_table("routine")
