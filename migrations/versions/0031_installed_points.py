"""the installers' count of points stands beside what was asked for

Revision ID: installed_points
Revises: duties
Create Date: 2026-11-29 20:50:00

"""

import json

from alembic import op
import sqlalchemy as sa


revision = "installed_points"
down_revision = "duties"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("installation_request") as batch_op:
        batch_op.add_column(sa.Column("installed_points", sa.Integer(), nullable=True))
    _fill_from_reports()


def _fill_from_reports():
    """The last report of each installation, in the order of its events."""
    bind = op.get_bind()
    event = sa.table("event", sa.column("id"), sa.column("ticket_id"), sa.column("step"), sa.column("data"))
    asked = sa.table("installation_request", sa.column("ticket_id"), sa.column("installed_points"))
    reports = sa.select(event.c.ticket_id, event.c.data).where(event.c.step == "report_installed").order_by(event.c.id)
    for ticket_id, data in bind.execute(reports).all():
        told = json.loads(data) if isinstance(data, str) else data
        points = (told or {}).get("points")
        if points is not None:
            bind.execute(asked.update().where(asked.c.ticket_id == ticket_id).values(installed_points=points))


def downgrade():
    with op.batch_alter_table("installation_request") as batch_op:
        batch_op.drop_column("installed_points")
