"""The operator's inbox: mails that wait with what is proposed, one press each; quarantine; what was decided."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.address_values import row_named
from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, person
from admin_views.tickets.inbox.mails_listed import TABS, known, listed, whole
from admin_views.tickets.inbox.words import ACTS, SHORT, fault_of, reason_of, remarks_of
from gateways.files.file_store import FileDamaged, FileMissing
from gateways.files.uploads import store
from gateways.mailbox.clean_html import clean_html
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.tickets.incoming_mail import DONE, IncomingFile, IncomingMail, MailFate
from models.tickets.ticket import Event, Ticket
from models.tickets.ticket_number import LONGEST_PASTED, Number, read_number
from procedures.engine.take_step import StepRefused
from procedures.tickets.forms import ComplaintForm
from procedures.tickets.inbox import decide
from procedures.tickets.inbox.decide import MailNotDecided
from procedures.tickets.inbox.read_stored import read_some
from procedures.tickets.inbox.reply_parts import parts_of
from procedures.tickets.inbox.step_proposals import StepProposal
from web.headers import policy

UNDO_WITHIN = timedelta(hours=1)
MOST_PICTURE = 2 * 1024 * 1024
FRAME_POLICY = "sandbox; default-src 'none'; img-src data:; frame-ancestors 'self'"


class InboxView(ClosedView):
    """/admin/inbox/"""

    name_key = "inbox"
    acts = {
        "index": "list",
        "html": "list",
        "raw": "list",
        "file": "list",
        "open_new": "decide",
        "join": "decide",
        "discard": "decide",
        "undo": "decide",
        "again": "decide",
    }

    def __init__(self) -> None:
        super().__init__(name="Kotak masuk", endpoint="inbox", url="/admin/inbox")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """A tab's mails, and one of them; without a choice the first."""
        return self._page()

    @expose("/open/<int:pk>", methods=("POST",))
    def open_new(self, pk: int) -> ResponseReturnValue:
        """C1 by mail: a new complaint in the chosen category and unit."""
        category, unit = request.form.get("category", type=int), request.form.get("unit", type=int)
        if not category:
            return self._page(pk, _("Pilih jenis masalahnya dulu."))
        return self._decided(pk, lambda: decide.open_complaint(pk, category, unit or None, person(), address()))

    @expose("/join/<int:pk>", methods=("POST",))
    def join(self, pk: int) -> ResponseReturnValue:
        """Part of the ticket of the number that was proposed or typed."""
        number = read_number(request.form.get("into", "")[:LONGEST_PASTED])
        query = db.select(Ticket.id).where(Ticket.number == (number.text if isinstance(number, Number) else ""))
        ticket_id = db.session.scalar(query)
        if ticket_id is None:
            return self._page(pk, _("Tidak ada tiket dengan nomor itu. Periksa nomornya."))
        return self._decided(pk, lambda: decide.join(pk, ticket_id, person(), address()))

    @expose("/discard/<int:pk>", methods=("POST",))
    def discard(self, pk: int) -> ResponseReturnValue:
        return self._decided(pk, lambda: decide.discard(pk, person(), address()))

    @expose("/undo/<int:pk>", methods=("POST",))
    def undo(self, pk: int) -> ResponseReturnValue:
        """The mail waits again."""
        try:
            decide.bring_back(pk, person(), address())
        except MailNotDecided as refused:
            return self._page(pk, str(refused))
        flash(_("Surat kembali menunggu."), "success")
        return redirect(f"/admin/inbox/?mail={pk}", 303)

    @expose("/again/<int:pk>", methods=("POST",))
    def again(self, pk: int) -> ResponseReturnValue:
        """Read one from quarantine once more: the reader may have learned since."""
        with write_transaction():
            mail = db.session.get(IncomingMail, pk) or abort(404)
            if mail.state != MailFate.QUARANTINE or mail.sha256 is None:
                abort(409)
            mail.state, mail.fault, mail.tries = MailFate.STORED.value, "", 0
            audit.record("mail_read_again", "IncomingMail", pk, staff=person(), ip=address())
        read_some([pk])
        return redirect(f"/admin/inbox/?mail={pk}", 303)

    @expose("/html/<int:pk>")
    def html(self, pk: int) -> ResponseReturnValue:
        """The cleaned HTML, for the frame alone: it can run nothing, fetch nothing and lead nowhere."""
        mail = whole(pk) or abort(404)
        pictures = {file.content_id: file for file in mail.files if file.content_id and file.is_inline}
        body = clean_html(mail.html, lambda content_id: _as_data(pictures.get(content_id)))
        answer: Response = make_response(render_template("admin/tickets/mail_frame.html", body=body))
        answer.headers["Content-Security-Policy"] = FRAME_POLICY
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
        return answer

    @expose("/raw/<int:pk>")
    def raw(self, pk: int) -> ResponseReturnValue:
        """The mail as it came, as a file."""
        mail = db.session.get(IncomingMail, pk) or abort(404)
        return _sent(mail.sha256, "message/rfc822", f"surat-{pk}.eml")

    @expose("/file/<int:pk>")
    def file(self, pk: int) -> ResponseReturnValue:
        """A checked file of a mail."""
        row = db.session.get(IncomingFile, pk) or abort(404)
        return _sent(row.sha256, row.content_type, row.name, is_inline=row.is_inline)

    def _decided(self, pk: int, do: Any) -> ResponseReturnValue:
        """Do it and go on to the next mail; a refusal is shown beside the mail, and nothing has changed."""
        after = listed("waiting").neighbour(pk, 1) or listed("waiting").neighbour(pk, -1)
        db.session.rollback()
        try:
            do()
        except MailNotDecided as refused:
            return self._page(pk, str(refused))
        except StepRefused as refused:
            faults = [str(e) for f in refused.form or () for e in f.errors] if refused.why == "form" else []
            return self._page(pk, " ".join([refused.sentence, *faults]))
        return redirect(f"/admin/inbox/?undo={pk}" + (f"&mail={after}" if after else ""), 303)

    def _page(self, pk: int | None = None, refused: str = "") -> ResponseReturnValue:
        chosen = whole(pk or row_named("mail"))
        if (pk or row_named("mail")) and chosen is None:
            abort(404)
        tab = request.args.get("state", "")
        if tab not in TABS:
            tab = next((name for name, states in TABS.items() if chosen and chosen.state in states), "waiting")
        page = listed(tab, row_named("before"))
        mail = chosen or whole(page.rows[0].id if page.rows else None)
        form = ComplaintForm(
            data={"category": mail.category_id or 0, "unit": mail.unit_id or 0} if mail else {}
        ) if self.may("decide") else None  # fmt: skip
        undone = self._undone()
        answer = make_response(
            render_template(
                "admin/tickets/inbox.html",
                view=self, page=page, tab=tab, mail=mail, form=form, refused=refused, undo=undone,
                proposed=_proposed(undone), step=_step(mail),
                parts=parts_of(mail.text) if mail else None, known=known(mail.sender) if mail else None,
                reason=reason_of(mail) if mail else "", remarks=remarks_of(mail) if mail else [],
                fault=fault_of(mail) if mail else "", acts=ACTS, short=SHORT, Fate=MailFate, done=DONE,
            ),
            409 if refused else 200,
        )  # fmt: skip
        answer.headers["Content-Security-Policy"] = f"{policy()}; frame-src 'self'"
        return answer

    def _undone(self) -> IncomingMail | None:
        """The mail that this person has just decided upon, for the line that says so."""
        mail = whole(row_named("undo"))
        if mail is None or mail.decided_at is None or mail.decided_by_id != person().id:
            return None
        return mail if mail.decided_at > utcnow() - UNDO_WITHIN else None


def _step(mail: IncomingMail | None) -> StepProposal | None:
    """The step that a waiting mail would fill once it is joined."""
    waits = mail is not None and mail.state not in DONE and mail.ticket is not None
    return decide.step_of(mail, mail.ticket) if mail and mail.ticket and waits else None


def _proposed(undone: IncomingMail | None) -> Event | None:
    """The event of a mail that was just joined, where its words fill a step."""
    event = db.session.get(Event, undone.event_id) if undone and undone.event_id else None
    return event if event is not None and event.data.get("proposes") else None


def _as_data(file: IncomingFile | None) -> str:
    """A picture of the mail in the address itself: the frame may fetch nothing, from us neither."""
    if file is None or not file.sha256 or file.size > MOST_PICTURE:
        return ""
    try:
        with store().open(file.sha256) as stream:
            return f"data:{file.content_type};base64,{base64.b64encode(stream.read()).decode()}"
    except (FileMissing, FileDamaged):
        return ""


def _sent(sha256: str | None, content_type: str, name: str, is_inline: bool = False) -> ResponseReturnValue:
    if sha256 is None:
        abort(404)
    try:
        stream = store().open(sha256)
    except (FileMissing, FileDamaged):
        flash(_("Berkas “%(name)s” rusak atau hilang di penyimpanan. Mintalah administrator memulihkannya.", name=name),
              "error")  # fmt: skip
        return redirect("/admin/inbox/", 303)
    answer = send_file(stream, mimetype=content_type, as_attachment=not is_inline, download_name=name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'none'"
    return answer
