"""Labels, canned replies, merges

Revision ID: workbench
Revises: exports
"""

import sqlalchemy as sa
from alembic import op

revision = "workbench"
down_revision = "exports"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("tone", sa.String(length=10), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label")),
        sa.UniqueConstraint("name", name=op.f("uq_label_name")),
    )
    op.create_table(
        "ticket_label",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["label_id"], ["label.id"], name=op.f("fk_ticket_label_label_id_label")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_label_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", "label_id", name=op.f("pk_ticket_label")),
    )
    op.create_index(op.f("ix_ticket_label_label_id"), "ticket_label", ["label_id"])
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("procedure", sa.String(length=30), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_canned_reply_category_id_category")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["helpdesk_group.id"], name=op.f("fk_canned_reply_group_id_helpdesk_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
        sa.UniqueConstraint("title", name=op.f("uq_canned_reply_title")),
    )
    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_merge_staff_id_staff")),
        sa.ForeignKeyConstraint(["target_id"], ["ticket.id"], name=op.f("fk_merge_target_id_ticket")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_merge_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index("ix_merge_ticket_id_undone_at", "merge", ["ticket_id", "undone_at"])
    op.create_index("ix_merge_target_id_undone_at", "merge", ["target_id", "undone_at"])
    op.create_index(op.f("ix_merge_staff_id"), "merge", ["staff_id"])


def downgrade():
    op.drop_table("merge")
    op.drop_table("canned_reply")
    op.drop_table("ticket_label")
    op.drop_table("label")
