"""The register of mailboxes: where complaints by mail are fetched, with a button that tries it."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, PasswordField, SelectField

from admin_views.frame.view import Column, HouseView, address, person
from admin_views.tickets.inbox.words import box_fault_of
from gateways.mailbox.imap import NotFetched, open_mailbox
from models.base.db import db, utcnow, write_transaction
from models.base.sealed_secret import SecretLost
from models.organisation import audit
from models.tickets.category import Category
from models.tickets.mailbox import AFTERWARDS, SECURITIES, Mailbox
from procedures.base.count_field import CountField
from procedures.base.form_fields import StepForm, email_field, line_field
from procedures.tickets.inbox.mailbox_place import place_of
from web.dates import on_date_at


class MailboxForm(StepForm):
    address = email_field(_l("Alamat"))
    host = line_field(_l("Server IMAP"), 200, needed=False,
                      description=_l("Kosong bila suratnya diantar lewat pipa (flask take-mail)."))  # fmt: skip
    port = CountField(_l("Port"), 1, 65535, default=993)
    security = SelectField(_l("Pengamanan"), choices=list(SECURITIES.items()), default="tls")
    username = line_field(_l("Nama pengguna"), 200, needed=False)
    new_password = PasswordField(
        _l("Kata sandi"), description=_l("Disimpan tersandi. Kosong berarti tetap seperti sekarang.")
    )
    folder = line_field(_l("Folder"), 100, default="INBOX")
    afterwards = SelectField(_l("Setelah tersimpan di sini"), choices=list(AFTERWARDS.items()), default="keep")
    authserv_id = line_field(
        _l("Nama server surat dalam Authentication-Results"), 200, needed=False,
        description=_l("Nama yang ditulis server surat kampus sendiri. Tanpa ini tidak ada pengirim yang terbukti."),
    )  # fmt: skip
    takes_subaddresses = BooleanField(_l("Server menerima alamat+kata@domain"))
    opens_itself = BooleanField(_l("Buat tiket sendiri bila suratnya jelas pengaduan baru"))
    category_id = SelectField(_l("Jenis masalah bila tidak dikenali"), coerce=int)
    is_active = BooleanField(_l("Dipakai"), default=True)

    def prepare(self) -> None:
        super().prepare()
        query = select(Category.id, Category.name).where(Category.is_active).order_by(Category.position, Category.name)
        self.category_id.choices = [(0, "—"), *((i, name) for i, name in db.session.execute(query).tuples())]


class MailboxView(HouseView[Mailbox]):
    """/admin/mailbox/"""

    name_key = "mailbox"
    title = _l("Kotak surat")
    intro = _l("Surat ke alamat ini menjadi pengaduan, atau jawaban pada tiketnya.")
    empty = _l(
        "Tambahkan kotak surat pengaduan; selama belum ada, halaman publik tidak mengundang orang menulis surat."
    )
    create_label = _l("Tambah kotak surat")
    columns = [
        Column("address", _l("Alamat"), is_link=True),
        Column("host", _l("Server"), cell=lambda b: f"{b.host}:{b.port}" if b.host else _("lewat pipa")),
        Column("fetched_at", _l("Terakhir diambil"), cell=lambda b: on_date_at(b.fetched_at) if b.fetched_at else ""),
        Column("last_error", _l("Sebab terakhir"), cell=lambda b: box_fault_of(b.last_error)),
        Column("opens_itself", _l("Membuat tiket sendiri")),
        Column("is_active", _l("Dipakai")),
    ]
    searched = (Mailbox.address, Mailbox.host)
    order = (Mailbox.address,)
    form = MailboxForm
    details_template = "admin/tickets/mailbox.html"
    more_acts = {"check": "try"}

    def __init__(self) -> None:
        super().__init__(Mailbox)

    def fill(self, row: Mailbox, form: MailboxForm) -> None:
        names = ("host", "port", "security", "username", "folder", "afterwards", "authserv_id", "takes_subaddresses",
                 "opens_itself", "is_active")  # fmt: skip
        if any(getattr(row, name) != form[name].data for name in ("host", "username", "folder")):
            row.uid_validity, row.last_uid, row.settled_uid, row.fetched_at = (
                None,
                0,
                0,
                None,
            )  # another folder is read from its beginning
        for name in names:
            setattr(row, name, form[name].data)
        row.address = form.address.data.lower()
        row.category_id = form.category_id.data or None
        row.connected_at = row.connected_at or utcnow()
        if form.new_password.data:
            row.set_password(form.new_password.data)

    @expose("/check/", methods=("POST",))
    def check(self) -> ResponseReturnValue:
        """Log in and look, change nothing; what was spoken is shown, without the password."""
        row = self.get_one(request.args.get("id"))
        row_id, found, fault, talk = row.id, 0, "", list[tuple[str, str]]()
        try:
            place = place_of(row)
            db.session.rollback()
            talk.append(("us", _("terhubung ke %(server)s, port %(port)s", server=place.host, port=place.port)))
            with open_mailbox(place, lambda who, words: talk.append((who, words))) as opened:
                found = len(opened.uids_after(0, 100_000))
        except SecretLost:
            fault = box_fault_of("SECRET_KEY")
        except NotFetched as refused:
            fault = box_fault_of(str(refused))
        with write_transaction():
            audit.record("mailbox_tried", "Mailbox", row_id, staff=person(), ip=address(), diff={"fault": fault})
        row = self.get_one(row_id)
        trial = {"talk": talk, "fault": fault, "found": found}
        return render_template(self.details_template, view=self, row=row, facts=self.facts(row), trial=trial)
