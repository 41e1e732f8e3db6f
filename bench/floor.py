"""The floor: bare pages over the same rows. No login, no layout, no rights; what Flask and the database cost alone.

Run by gunicorn as `bench.floor:floor()`; reads DATABASE_URL.
"""

import os

from flask import Flask, redirect, render_template_string, request
from sqlalchemy import func, literal_column, select, text

from models.base.db import begin_write, db, init_db, utcnow
from models.tickets.category import Category
from models.tickets.ticket import Event, Ticket, TicketText
from models.tickets.ticket_number import new_number

FOLDER = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{{ ticket.number }}</title></head><body>
<h1>{{ ticket.subject }}</h1><p>{{ ticket.number }} · {{ ticket.state }} · {{ ticket.created_at }}</p>
<p>{{ ticket.description }}</p><ol>{% for event in events %}
<li><b>{{ event.actor_name }}</b> {{ event.at }} {{ event.step }}<p>{{ event.text }}</p></li>{% endfor %}
</ol></body></html>"""
LIST = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Tiket</title></head><body><table>
{% for row in rows %}<tr><td><a href="/ticket/{{ row.id }}">{{ row.subject }}</a></td><td>{{ row.number }}</td>
<td>{{ row.requester_name }}</td><td>{{ row.state }}</td><td>{{ row.created_at }}</td></tr>{% endfor %}
</table></body></html>"""
COLUMNS = (Ticket.id, Ticket.number, Ticket.subject, Ticket.requester_name, Ticket.state, Ticket.created_at)


def floor() -> Flask:
    """The bare application."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    init_db(app)

    def folder(*conditions):
        ticket = db.session.scalars(select(Ticket).where(*conditions)).unique().one()
        events = db.session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)).all()
        return render_template_string(FOLDER, ticket=ticket, events=events)

    @app.get("/tiket/<number>")
    def status(number):
        return folder(Ticket.number == number)

    @app.get("/ticket/<int:ticket_id>")
    def ticket(ticket_id):
        return folder(Ticket.id == ticket_id)

    @app.get("/list")
    def newest():
        query = select(*COLUMNS).where(Ticket.is_open).order_by(Ticket.created_at.desc(), Ticket.id.desc()).limit(50)
        return render_template_string(LIST, rows=db.session.execute(query).all())

    @app.get("/search")
    def search():
        word = request.args["word"]
        if db.engine.dialect.name == "postgresql":
            found = literal_column("ticket_text.tsv").op("@@")(func.to_tsquery("simple", word))
            hits = select(TicketText.ticket_id).where(found).limit(10_000).cte("hits")
            ids = select(hits.c.ticket_id)
        else:
            ids = text("SELECT rowid FROM ticket_fts WHERE ticket_fts MATCH :word LIMIT 10000").bindparams(word=word)
        query = select(*COLUMNS).where(Ticket.id.in_(ids)).order_by(Ticket.created_at.desc()).limit(50)
        return render_template_string(LIST, rows=db.session.execute(query).all())

    @app.post("/submit")
    def submit():
        form = request.form
        category = db.session.get(Category, int(form["category"]))
        begin_write()
        ticket = Ticket(number=new_number(), procedure="complaint", state="with_group", subject=form["subject"],
                        description=form["description"], requester_name=form["name"], requester_email=form["email"],
                        group_id=category.group_id, category_id=category.id, line="C5")  # fmt: skip
        db.session.add(ticket)
        db.session.flush()
        db.session.add(
            Event(ticket_id=ticket.id, at=utcnow(), kind="step", step="file_complaint", actor_kind="requester")
        )
        db.session.add(TicketText(ticket_id=ticket.id, words=f"{form['subject']} {form['description']}"))
        db.session.commit()
        return redirect(f"/tiket/{ticket.number}", 303)

    return app
