"""Articles that fit a ticket, linked in its reply and counted where one was the answer (/admin/article_help/)."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.address_values import row_named
from admin_views.frame.permissions import may
from admin_views.frame.view import person
from admin_views.tickets.workbench.drafts import keep_for, place_of
from admin_views.tickets.workbench.ticket_page import TicketDesk, bench_of
from models.base.db import db, write_transaction
from models.tickets.draft import Draft
from models.tickets.knowledge.article import PublishedArticle, published
from models.tickets.knowledge.found_articles import articles_for
from models.tickets.ticket import Ticket
from procedures.tickets.knowledge.articles import count_helped
from web.row_ids import row_id

MOST = 5
BEGINS = 1_000  # characters of the description


class ArticleHelp(TicketDesk):
    """Asked by the workbench's script for a part of the page; a page of its own without one."""

    name_key = "article_help"
    acts = {"index": "list", "insert": "count", "solved": "count"}

    def __init__(self) -> None:
        super().__init__(name="Panduan yang cocok", endpoint="article_help", url="/admin/article_help")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        pk = row_named("id")
        ticket = self.ticket(pk) if pk is not None and pk > 0 else abort(404)
        words = (ticket.subject, ticket.description[:BEGINS], ticket.category.name if ticket.category else "")
        found = articles_for(*words, language=ticket.language, with_internal=True, most=MOST)
        part = "admin/tickets/article_part.html" if "part" in request.args else "admin/tickets/article_help.html"
        return render_template(
            part,
            view=self,
            ticket=ticket,
            found=found,
            address_of=address_of,
            may_write=may(person(), "article", "create") and ticket.resolved_at is not None,
        )

    @expose("/insert", methods=("POST",))
    def insert(self) -> ResponseReturnValue:
        """The link stands at the end of this person's draft of a reply; the script puts it where the cursor is."""
        ticket, article = self._asked()
        if not article.is_public:
            flash(_("Panduan ini untuk petugas saja, jadi tidak dapat ditautkan dalam balasan."), "error")
            return redirect(bench_of(ticket.id), 303)
        place = place_of(ticket.id, "reply")
        draft = db.session.get(Draft, (person().id, place))
        fields = dict(draft.fields) if draft else {}
        before = (fields.get("text") or [""])[0]
        fields["text"] = [f"{before}\n\n{link_to(article)}".strip()]
        keep_for(person().id, place, fields)
        return redirect(bench_of(ticket.id, "#balas"), 303)

    @expose("/solved", methods=("POST",))
    def solved(self) -> ResponseReturnValue:
        """Counted once a day for one person and article."""
        ticket, article = self._asked()
        with write_transaction():
            is_first = count_helped(article.article_id, f"staff{person().id}", is_staff=True)
        flash(_("Tercatat: panduan ini menolong.") if is_first else _("Hari ini sudah tercatat."), "success")
        return redirect(bench_of(ticket.id), 303)

    def _asked(self) -> tuple[Ticket, PublishedArticle]:
        """The ticket and the article that the form names, or 404."""
        pk, article_id = (request.form.get(name, type=row_id) or 0 for name in ("id", "article"))
        return self.ticket(pk), published(article_id, is_public=False) or abort(404)


def address_of(article_id: int) -> str:
    """Where the public reads it, whole, for a mail."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}/panduan/{article_id}"


def link_to(article: PublishedArticle) -> str:
    return f"{article.title}: {address_of(article.article_id)}"
