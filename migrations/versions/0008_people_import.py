"""people files on their way into the register

Revision ID: people_import
Revises: outage_told
Create Date: 2026-11-25 23:05:00

"""
from alembic import op
import sqlalchemy as sa


revision = "people_import"
down_revision = "outage_told"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "people_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("lines", "read", "new", "changed", "same", "refused", "warned")
        ),
        sa.Column("samples", sa.JSON(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name="fk_people_import_made_by_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_people_import"),
    )
    op.create_index("ix_people_import_state", "people_import", ["state", "id"])
    op.create_index("ix_people_import_made_by_id", "people_import", ["made_by_id"])
    op.create_table(
        "people_import_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["people_import.id"],
            name="fk_people_import_line_import_id_people_import",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_people_import_line"),
    )
    op.create_index("ix_people_import_line_kind", "people_import_line", ["import_id", "is_refused", "id"])


def downgrade():
    op.drop_table("people_import_line")
    op.drop_table("people_import")
