"""The letters of one day are found by an index: the same letter on two tickets

Revision ID: letter_days
Revises: link_keys
Create Date: 2026-11-29 22:00:00

"""

from alembic import op

revision = "letter_days"
down_revision = "link_keys"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_request_letter_dated_on", "request_letter", ["dated_on"])


def downgrade():
    op.drop_index("ix_request_letter_dated_on", "request_letter")
