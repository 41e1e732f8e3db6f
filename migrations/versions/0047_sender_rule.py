"""rules for known senders of incoming mail

Revision ID: sender_rule
Revises: report_indexes
Create Date: 2026-11-30 03:55:00

"""
from alembic import op
import sqlalchemy as sa


revision = "sender_rule"
down_revision = "report_indexes"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sender_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_sender_rule_category_id_category")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_sender_rule_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_rule")),
        sa.UniqueConstraint("sender", name=op.f("uq_sender_rule_sender")),
    )


def downgrade():
    op.drop_table("sender_rule")
