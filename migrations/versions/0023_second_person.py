"""Changes that need a second person, and delegations that wait for one

Revision ID: second_person
Revises: people_import_tally
Create Date: 2026-11-29 13:30:00

"""

from alembic import op
import sqlalchemy as sa


revision = "second_person"
down_revision = "people_import_tally"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "pending_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_pending_change_staff_id_staff")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_pending_change_made_by_id_staff")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_pending_change_decided_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_change")),
    )
    op.create_index("ix_pending_change_decided_at", "pending_change", ["decided_at", "id"])
    op.create_index(op.f("ix_pending_change_staff_id"), "pending_change", ["staff_id"])
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_waiting", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("confirmed_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_delegation_confirmed_by_id_staff"), "staff", ["confirmed_by_id"], ["id"]
        )


def downgrade():
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.drop_column("confirmed_by_id")
        batch_op.drop_column("is_waiting")
    op.drop_table("pending_change")
