"""Photos of a quality test

Revision ID: test_photos
Revises: letter_days
Create Date: 2026-11-29 13:50:00

"""

from alembic import op
import sqlalchemy as sa


revision = "test_photos"
down_revision = "letter_days"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "test_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("test_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("caption", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_test_photo_attachment_id_attachment")),
        sa.ForeignKeyConstraint(["test_id"], ["quality_test.id"], name=op.f("fk_test_photo_test_id_quality_test")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_photo")),
    )
    with op.batch_alter_table("test_photo") as batch_op:
        batch_op.create_index(batch_op.f("ix_test_photo_test_id"), ["test_id"], unique=False)


def downgrade():
    op.drop_table("test_photo")
