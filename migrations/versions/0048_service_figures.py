"""what a service really took, counted at night for its public page

Revision ID: service_figures
Revises: sender_rule
Create Date: 2026-11-30 04:10:00

"""
from alembic import op
import sqlalchemy as sa


revision = "service_figures"
down_revision = "sender_rule"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "service_figure",
        sa.Column("procedure", sa.String(length=30), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("median_hours", sa.Float(), nullable=True),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("on_time", sa.Float(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("procedure", name=op.f("pk_service_figure")),
    )


def downgrade():
    op.drop_table("service_figure")
