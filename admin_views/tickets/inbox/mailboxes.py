"""The register of mailboxes: where complaints by mail are fetched, with a button that tries it."""

from __future__ import annotations

from collections.abc import Iterator
from hmac import compare_digest

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, PasswordField, SelectField

from admin_views.frame.view import Column, HouseView, address, person
from admin_views.tickets.inbox.words import box_fault_of
from gateways.mailbox.imap import NotFetched, open_mailbox
from gateways.mailbox.oauth import TokenRefused
from models.base.db import db, utcnow, write_transaction
from models.base.sealed_secret import SecretLost
from models.organisation import audit
from models.tickets.category import Category
from models.tickets.mailbox import AFTERWARDS, SECURITIES, Mailbox
from models.tickets.mailing.token_servers import TOKEN_SERVERS
from procedures.base.count_field import CountField
from procedures.base.form_fields import SAYS_REQUIRED, Fault, Matching, StepForm, email_field, line_field, stripped
from procedures.tickets.inbox.mailbox_consent import ask_consent, back_address, keep_consent
from procedures.tickets.inbox.mailbox_place import place_of
from web.dates import on_date_at
from web.refusals import refused_because

KEPT_SEALED = _l("Disimpan tersandi. Kosong berarti tetap seperti sekarang.")
SENT = "mailbox_state"  # in the browser's session: the state with which it was sent away
HTTPS = Matching(r"^https://[^\s<>\"']{3,290}$", message=_l("Tulis alamat lengkap yang dimulai dengan https://"))


class MailboxForm(StepForm):
    address = email_field(_l("Alamat"))
    host = line_field(_l("Server IMAP"), 200, needed=False,
                      description=_l("Kosong bila suratnya diantar lewat pipa (flask take-mail)."))  # fmt: skip
    port = CountField(_l("Port"), 1, 65535, default=993)
    security = SelectField(_l("Pengamanan"), choices=list(SECURITIES.items()), default="tls")
    username = line_field(_l("Nama pengguna"), 200, needed=False)
    token_server = SelectField(_l("Cara masuk"), default="",
                               choices=[("", _l("Kata sandi")), *((k, one.name) for k, one in TOKEN_SERVERS.items())],
                               description=_l("Google dan Microsoft hanya menerima token OAuth2."))  # fmt: skip
    new_password = PasswordField(_l("Kata sandi"), description=KEPT_SEALED)
    token_url = line_field(_l("Alamat server token"), 300, HTTPS, needed=False,
                           description=_l("Kosong berarti alamat Google atau Microsoft."))  # fmt: skip
    token_scope = line_field(_l("Lingkup (scope)"), 300, needed=False,
                             description=_l("Kosong berarti yang biasa untuk IMAP."))  # fmt: skip
    consent_url = line_field(_l("Alamat halaman izin"), 300, HTTPS, needed=False,
                             description=_l("Kosong berarti halaman Google atau Microsoft."))  # fmt: skip
    client_id = line_field(_l("Client ID"), 200, needed=False)
    new_client_secret = PasswordField(_l("Client secret"), description=KEPT_SEALED)
    new_refresh_token = PasswordField(_l("Refresh token"), filters=[stripped], description=KEPT_SEALED)
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

    def faults_together(self) -> Iterator[Fault]:
        """A token is asked for at an address, by an application."""
        if self.token_server.data and not self.client_id.data:
            yield "client_id", SAYS_REQUIRED
        usual = TOKEN_SERVERS.get(self.token_server.data or "")
        if usual and not (usual.url or self.token_url.data or self.token_url.errors):
            yield "token_url", SAYS_REQUIRED

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
    more_acts = {"check": "try", "consent": "edit", "consent_back": "edit"}

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
        self._fill_token(row, form)

    def _fill_token(self, row: Mailbox, form: MailboxForm) -> None:
        """A new way in, or a new secret of it, asks for a new token."""
        usual = TOKEN_SERVERS.get(form.token_server.data or "")
        row.token_server, row.client_id = form.token_server.data or "", form.client_id.data or ""
        row.token_url = _own(form.token_url.data, "url") or (usual.url if usual else "")
        row.token_scope = _own(form.token_scope.data, "scope") or (usual.scope if usual else "")
        row.consent_url = _own(form.consent_url.data, "consent_url") or (usual.consent_url if usual else "")
        if form.new_client_secret.data:
            row.set_client_secret(form.new_client_secret.data)
        if form.new_refresh_token.data:
            row.set_refresh_token(form.new_refresh_token.data)
        row.access_token_sealed, row.access_until = "", None

    @expose("/check/", methods=("POST",))
    def check(self) -> ResponseReturnValue:
        """Log in and look, change nothing; what was spoken is shown, without the password."""
        row = self.get_one(request.args.get("id"))
        row_id, found, fault, talk = row.id, 0, "", list[tuple[str, str]]()
        try:
            place = place_of(row)
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

    def consent_back_address(self) -> str:
        return back_address()

    @expose("/consent/", methods=("POST",))
    def consent(self) -> ResponseReturnValue:
        """To the page on which the mailbox's owner lets us in; a page leads there, as a form may not."""
        row = self.get_one(request.args.get("id"))
        home = f"/admin/mailbox/details/?id={row.id}"
        try:
            where, session[SENT] = ask_consent(row, person().id)
        except (TokenRefused, SecretLost) as refused:
            return _not_consented(refused, home)
        return render_template("admin/tickets/mailbox_leave.html", where=where, home=home)

    @expose("/consent_back/")
    def consent_back(self) -> ResponseReturnValue:
        """From there: the tokens are kept, or it is said why there are none."""
        sent, state = str(session.pop(SENT, "")), request.args.get("state", "")
        is_same = bool(sent) and compare_digest(sent.encode(), state.encode())
        code, error = request.args.get("code", ""), request.args.get("error", "")
        try:
            box_id = keep_consent(sent if is_same else "", code, error, person(), address())
        except (TokenRefused, SecretLost) as refused:
            return _not_consented(refused, "/admin/mailbox/")
        flash(_("Izin tersimpan tersandi. Tekan “Periksa kotak surat” untuk mencobanya."), "success")
        return redirect(f"/admin/mailbox/details/?id={box_id}", 303)


def _not_consented(refused: Exception, home: str) -> ResponseReturnValue:
    why = "SECRET_KEY" if isinstance(refused, SecretLost) else str(refused)
    refused_because(f"mailbox consent: {why}")
    flash(_("Izin belum diperoleh. %(why)s", why=box_fault_of(why)), "error")
    return redirect(home, 303)


def _own(typed: str | None, fact: str) -> str:
    """What was typed, unless it is what a server is known by: that follows the choice of the server."""
    return "" if not typed or typed in {getattr(one, fact) for one in TOKEN_SERVERS.values()} else typed
