"""Changes of contacts, which password links wait for, and who confirmed an import of people

Revision ID: contact_changes
Revises: group_asks_why
Create Date: 2026-11-29 21:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "contact_changes"
down_revision = "group_asks_why"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "contact_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("also_by_id", sa.Integer(), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_contact_change_made_by_id_staff")),
        sa.ForeignKeyConstraint(["also_by_id"], ["staff.id"], name=op.f("fk_contact_change_also_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_change")),
    )
    op.create_index("ix_contact_change_holder", "contact_change", ["holder", "holder_id"])
    with op.batch_alter_table("people_import", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_people_import_confirmed_by_id_staff"), "staff", ["confirmed_by_id"], ["id"]
        )


def downgrade():
    with op.batch_alter_table("people_import", schema=None) as batch_op:
        batch_op.drop_constraint("fk_people_import_confirmed_by_id_staff", type_="foreignkey")
        batch_op.drop_column("confirmed_by_id")
    op.drop_table("contact_change")
