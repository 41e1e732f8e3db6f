"""Alerts of other monitors are kept and judged by rules

Revision ID: alert_rules
Revises: overpayments
Create Date: 2026-11-29 12:30:00

"""

from alembic import op
import sqlalchemy as sa


revision = "alert_rules"
down_revision = "overpayments"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("alert_source") as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=20), nullable=False, server_default="alertmanager")
        )
    with op.batch_alter_table("alert_source") as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(length=20), existing_nullable=False, server_default=None)
    op.create_table(
        "alert_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("severities", sa.String(length=200), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["alert_source.id"], name=op.f("fk_alert_rule_source_id_alert_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_rule")),
    )
    op.create_index(op.f("ix_alert_rule_source_id"), "alert_rule", ["source_id"])
    op.create_table(
        "received_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("severity", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("fate", sa.String(length=12), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["alert_source.id"], name=op.f("fk_received_alert_source_id_alert_source")
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["node.id"], name=op.f("fk_received_alert_node_id_node"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["web_service.id"],
            name=op.f("fk_received_alert_service_id_web_service"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_received_alert_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_alert")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_received_alert_source_id_key")),
    )
    for column in ("source_id", "node_id", "service_id", "ticket_id"):
        op.create_index(op.f(f"ix_received_alert_{column}"), "received_alert", [column])
    op.create_index("ix_received_alert_last", "received_alert", ["last_at", "id"])
    op.create_index("ix_received_alert_act_resolved", "received_alert", ["act", "resolved_at"])


def downgrade():
    op.drop_table("received_alert")
    op.drop_table("alert_rule")
    with op.batch_alter_table("alert_source") as batch_op:
        batch_op.drop_column("kind")
