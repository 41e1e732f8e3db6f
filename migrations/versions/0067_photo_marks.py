"""what was drawn over a photo of a survey or a test

Revision ID: 0067
Revises: 0066
Create Date: 2026-11-30 21:40:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade():
    for table in ("survey_photo", "test_photo"):
        op.add_column(table, sa.Column("marks", sa.Text(), nullable=False, server_default=""))


def downgrade():
    for table in ("test_photo", "survey_photo"):
        op.drop_column(table, "marks")
