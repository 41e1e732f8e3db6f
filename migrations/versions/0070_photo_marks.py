"""what was drawn over a photo of a survey or a test

Revision ID: 0070
Revises: 0069
Create Date: 2026-11-30 21:40:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade():
    for table in ("survey_photo", "test_photo"):
        op.add_column(table, sa.Column("marks", sa.Text(), nullable=False, server_default=""))


def downgrade():
    for table in ("test_photo", "survey_photo"):
        op.drop_column(table, "marks")
