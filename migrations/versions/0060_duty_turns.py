"""who is on duty outside working hours, night by night

Revision ID: 0060
Revises: 0059
Create Date: 2026-11-30 14:05:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "duty_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("division", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_duty_turn_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_turn")),
        sa.UniqueConstraint("division", "day", name=op.f("uq_duty_turn_division_day")),
    )
    op.create_index(op.f("ix_duty_turn_staff_id"), "duty_turn", ["staff_id"])


def downgrade():
    op.drop_table("duty_turn")
