"""how each check of the installation last ended, and whether the administrators were told

Revision ID: watched
Revises: test_photos
Create Date: 2026-11-29 14:00:00

"""
from alembic import op
import sqlalchemy as sa


revision = "watched"
down_revision = "test_photos"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "health_check",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("is_well", sa.Boolean(), nullable=False),
        sa.Column("sentence", sa.String(length=400), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_health_check")),
    )


def downgrade():
    op.drop_table("health_check")
