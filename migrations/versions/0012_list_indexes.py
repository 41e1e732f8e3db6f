"""lists of a million: an index for each sort, participants know the group where the ticket lies, saved filters

Revision ID: lists
Revises: outages
Create Date: 2026-11-25 23:10:00

"""
from alembic import op
import sqlalchemy as sa

revision = "lists"
down_revision = "account_reviews"
branch_labels = None
depends_on = None

GONE = {
    "ix_ticket_created_id": ["created_at", "id"],
    "ix_ticket_updated_id": ["updated_at", "id"],
    "ix_ticket_unit_created_id": ["unit_id", "created_at", "id"],
    "ix_ticket_category_created_id": ["category_id", "created_at", "id"],
}
NEW = {
    "ix_ticket_open_updated_id": ["is_open", "updated_at", "id"],
    "ix_ticket_group_updated_id": ["group_id", "is_open", "updated_at", "id"],
    "ix_ticket_group_due_id": ["group_id", "is_open", "due_at", "id"],
    "ix_ticket_unit_open_created_id": ["unit_id", "is_open", "created_at", "id"],
    "ix_ticket_category_open_created_id": ["category_id", "is_open", "created_at", "id"],
    "ix_ticket_procedure_open_created_id": ["procedure", "is_open", "created_at", "id"],
}


def upgrade():
    for name in GONE:
        op.drop_index(name, "ticket")
    for name, columns in NEW.items():
        op.create_index(name, "ticket", columns)
    paused = sa.text("pause IS NOT NULL")
    columns = ["group_id", "created_at", "id"]
    op.create_index("ix_ticket_paused", "ticket", columns, sqlite_where=paused, postgresql_where=paused)
    with op.batch_alter_table("participant") as batch:
        batch.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE participant SET group_id = (SELECT group_id FROM ticket WHERE ticket.id = participant.ticket_id)"
    )
    with op.batch_alter_table("participant") as batch:
        batch.alter_column("group_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(
            op.f("fk_participant_group_id_helpdesk_group"), "helpdesk_group", ["group_id"], ["id"]
        )
        batch.drop_index("ix_participant_staff_id")
        batch.create_index("ix_participant_staff_group_ticket", ["staff_id", "group_id", "ticket_id"])
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_saved_filter_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_saved_filter_staff_id_name")),
    )


def downgrade():
    op.drop_table("saved_filter")
    with op.batch_alter_table("participant") as batch:
        batch.drop_index("ix_participant_staff_group_ticket")
        batch.create_index("ix_participant_staff_id", ["staff_id"])
        batch.drop_constraint(op.f("fk_participant_group_id_helpdesk_group"), type_="foreignkey")
        batch.drop_column("group_id")
    for name in [*NEW, "ix_ticket_paused"]:
        op.drop_index(name, "ticket")
    for name, columns in GONE.items():
        op.create_index(name, "ticket", columns)
