"""versions of the privacy notice, and which of them a form was sent under

Revision ID: 0069
Revises: 0068
Create Date: 2026-11-30 20:50:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "privacy_notice",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_privacy_notice")),
    )
    op.add_column("ticket", sa.Column("notice_version", sa.Integer(), nullable=True))


def downgrade():
    op.drop_column("ticket", "notice_version")
    op.drop_table("privacy_notice")
