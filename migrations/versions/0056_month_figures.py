"""how the month goes, counted once a day for every head's first screen

Revision ID: 0056
Revises: kept_as_promised
Create Date: 2026-11-30 13:30:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0056"
down_revision = "kept_as_promised"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "month_figure",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(length=250), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_month_figure_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_month_figure")),
    )


def downgrade():
    op.drop_table("month_figure")
