"""Who was told of outages and planned work; changed and cancelled work

Revision ID: outage_told
Revises: directory_turns
"""

import sqlalchemy as sa
from alembic import op


revision = "outage_told"
down_revision = "directory_turns"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "outage_told",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["outage.ticket_id"], name=op.f("fk_outage_told_ticket_id_outage"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "email", name=op.f("pk_outage_told")),
    )
    op.create_table(
        "planned_work_told",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_id"], ["planned_work.id"], name=op.f("fk_planned_work_told_work_id_planned_work"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("work_id", "email", name=op.f("pk_planned_work_told")),
    )
    with op.batch_alter_table("planned_work", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("cancel_reason", sa.String(length=500), nullable=False, server_default="")
        )


def downgrade():
    with op.batch_alter_table("planned_work", schema=None) as batch_op:
        batch_op.drop_column("cancel_reason")
        batch_op.drop_column("changed_at")
    op.drop_table("planned_work_told")
    op.drop_table("outage_told")
