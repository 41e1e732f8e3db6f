"""who held a ticket's folder, from when to when; made once for the history that exists, from its events

Revision ID: spans
Revises: file_text
Create Date: 2026-11-30 03:20:00

"""
from itertools import groupby

from alembic import op
import sqlalchemy as sa


revision = "spans"
down_revision = "file_text"
branch_labels = None
depends_on = None

AT_ONCE = 2_000  # tickets
# For whom everybody waited in a state, as the procedures declared it on the day of this migration; else for us.
HOLDERS = {
    ("network_installation", "completion"): "unit",
    ("network_installation", "unit_agreement"): "unit",
    ("network_installation", "payment"): "unit",
    ("unit_email", "unit_answer"): "unit",
    ("server_outage", "with_manager"): "outside",
    ("complaint", "resolved"): "requester",
}
FINAL = {
    "closed", "refused", "not_feasible", "declined", "cancelled", "merged", "done", "ended", "not_confirmed", "joined",
    "false_alarm", "discarded",
}
PAUSES = {"ask_requester": "requester", "hold": "hold"}
GOES_ON = {"answer", "carry_on", "hear_answer"}
MOMENT = sa.DateTime(timezone=True)
ticket = sa.table(
    "ticket",
    *(sa.column(name) for name in ("id", "procedure", "state", "pause", "group_id", "assignee_id", "is_open")),
    *(sa.column(name, MOMENT) for name in ("received_at", "created_at", "since_at", "paused_at", "closed_at")),
)
event = sa.table(
    "event",
    *(sa.column(name) for name in ("id", "ticket_id", "step", "from_state", "to_state", "staff_id")),
    sa.column("at", MOMENT),
    sa.column("data", sa.JSON()),
)
group = sa.table("helpdesk_group", sa.column("id"), sa.column("name"))
staff = sa.table("staff", sa.column("id"), sa.column("name"))
span = sa.table(
    "ticket_span",
    *(sa.column(n) for n in ("ticket_id", "state", "holder", "pause", "group_id", "assignee_id")),
    sa.column("began_at", MOMENT),
    sa.column("ended_at", MOMENT),
)


def upgrade():
    op.create_table(
        "ticket_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("holder", sa.String(length=10), nullable=False),
        sa.Column("pause", sa.String(length=10), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["staff.id"], name=op.f("fk_ticket_span_assignee_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["helpdesk_group.id"], name=op.f("fk_ticket_span_group_id_helpdesk_group")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_span_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_span")),
    )
    _from_events(op.get_bind())
    op.create_index("ix_ticket_span_ticket_id", "ticket_span", ["ticket_id", "id"])
    op.create_index("ix_ticket_span_ended_at", "ticket_span", ["ended_at"])


def downgrade():
    op.drop_table("ticket_span")


def _from_events(connection):
    """A few thousand tickets at a time, so that a million need no more memory than ten."""
    groups = {name: ident for ident, name in connection.execute(sa.select(group.c.id, group.c.name))}
    people = {name: ident for ident, name in connection.execute(sa.select(staff.c.id, staff.c.name))}
    last = 0
    while tickets := connection.execute(
        sa.select(ticket).where(ticket.c.id > last).order_by(ticket.c.id).limit(AT_ONCE)
    ).all():
        first, last = tickets[0].id, tickets[-1].id
        moves = connection.execute(
            sa.select(event).where(event.c.ticket_id.between(first, last)).order_by(event.c.ticket_id, event.c.id)
        )
        of_ticket = {ident: list(rows) for ident, rows in groupby(moves, lambda row: row.ticket_id)}
        made = [one for row in tickets for one in spans_of(row, of_ticket.get(row.id, []), groups, people)]
        if made:
            connection.execute(sa.insert(span), made)


def spans_of(row, events, groups, people):
    """The spans of one ticket: what its events say, and at the end what the ticket itself says."""
    made, group_id = [], _first_group(row, events, groups)
    since = min(row.received_at, row.created_at)
    now = [events[0].to_state if events else row.state, "", group_id, None]
    for one in events:
        after = _after(now, one, groups, people)
        if after != now:
            _add(made, row, now, since, one.at)
            since, now = max(since, one.at), after
    last = [row.state, row.pause or "", row.group_id, row.assignee_id]
    if not row.is_open:
        _add(made, row, now, since, row.closed_at or since)
    elif now == last:
        _add(made, row, now, since, None)
    else:  # what its events don't tell
        turned = max(since, row.paused_at or row.since_at)
        _add(made, row, now, since, turned)
        _add(made, row, last, turned, None)
    return made


def _first_group(row, events, groups):
    names = (one.data["from_group"] for one in events if isinstance(one.data, dict) and one.data.get("from_group"))
    return groups.get(next(names, None), row.group_id)


def _after(now, one, groups, people):
    state, pause, group_id, assignee_id = now
    data = one.data if isinstance(one.data, dict) else {}
    if one.to_state and one.to_state != state:
        state, pause = one.to_state, ""
    pause = PAUSES.get(one.step, "" if one.step in GOES_ON else pause)
    if data.get("to_group"):
        group_id, assignee_id = groups.get(data["to_group"], group_id), None
    if one.step == "take":
        assignee_id = one.staff_id
    elif one.step == "assign":
        assignee_id = people.get(data.get("assignee"), assignee_id)
    return [state, pause, group_id, assignee_id]


def _add(made, row, standing, began, ended):
    state, pause, group_id, assignee_id = standing
    if state in FINAL or (ended is not None and ended <= began):
        return
    holder = "requester" if pause == "requester" else HOLDERS.get((row.procedure, state), "us")
    made.append({
        "ticket_id": row.id, "state": state, "holder": holder, "pause": pause, "group_id": group_id,
        "assignee_id": assignee_id, "began_at": began, "ended_at": ended,
    })  # fmt: skip
