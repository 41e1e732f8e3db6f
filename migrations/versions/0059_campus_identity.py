"""staff sign in through the campus, and some keep the local password for the day it is away

Revision ID: campus_identity
Revises: kept_as_promised
Create Date: 2026-11-30 13:40:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "campus_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=254), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_campus_identity_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campus_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_campus_identity_issuer_subject")),
        sa.UniqueConstraint("staff_id", "issuer", name=op.f("uq_campus_identity_staff_id_issuer")),
    )
    op.create_index(op.f("ix_campus_identity_staff_id"), "campus_identity", ["staff_id"], unique=False)
    op.add_column("staff", sa.Column("is_break_glass", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    with op.batch_alter_table("staff") as batch_op:
        batch_op.drop_column("is_break_glass")
    op.drop_table("campus_identity")
