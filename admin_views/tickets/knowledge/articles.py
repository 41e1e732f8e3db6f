"""The register of articles, written by staff and published by whom permissions.py names (/admin/article/)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Response, abort, flash, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, or_, select
from wtforms import MultipleFileField, RadioField, SelectField

from admin_views.frame.address_values import row_named
from admin_views.frame.columns import conditions_of
from admin_views.frame.permissions import RIGHTS
from admin_views.frame.view import Column, HouseView, address, person
from documents.markdown_text import as_html
from gateways.files.file_store import UploadRefused
from gateways.files.uploads import accept
from models.base.columns.shown import Shown
from models.base.db import db, write_transaction
from models.base.wording import Words, on_date, today
from models.organisation import audit
from models.organisation.staff import Staff, StaffRole
from models.tickets.category import Category
from models.tickets.knowledge.article import LONGEST_TEXT, LONGEST_TITLE, PICTURES, Article, ArticlePicture
from models.tickets.ticket import Ticket, visible_to
from procedures.base.form_fields import StepForm, line_field, text_field
from procedures.tickets.knowledge import articles
from procedures.tickets.knowledge.from_ticket import ArticleDraft, draft_of
from web.dates import on_date_at
from web.stored_files import hand_out

HERE = "/admin/article/picture/"  # where staff read pictures, of drafts too
REFUSED = 422
LANGUAGES = [("id", _l("Bahasa Indonesia")), ("en", _l("Bahasa Inggris"))]


class ArticleForm(StepForm):
    title = line_field(_l("Judul"), LONGEST_TITLE, description=_l("Seperti orang menanyakannya."))
    text = text_field(
        _l("Isi (Markdown)"),
        LONGEST_TEXT,
        description=_l("Judul bagian dengan ##, langkah dengan 1., tautan [teks](https://…). Jangan sebut nama orang."),
    )
    language = SelectField(_l("Bahasa"), choices=LANGUAGES, default="id")
    is_public = RadioField(
        _l("Untuk siapa"),
        choices=[("y", _l("Umum: tampil di halaman Panduan")), ("n", _l("Petugas saja"))],
        default="y",
    )
    category_id = SelectField(_l("Jenis masalah"), coerce=int, default=0)
    owner_id = SelectField(_l("Pemilik"), coerce=int, description=_l("Yang meninjaunya setahun sekali."))
    pictures = MultipleFileField(_l("Gambar"), render_kw={"accept": "image/jpeg,image/png,image/webp,image/heic"})

    def prepare(self) -> None:
        super().prepare()
        names = select(Category.id, Category.name).where(Category.is_active).order_by(Category.name)
        self.category_id.choices = [(0, "—"), *((i, n) for i, n in db.session.execute(names))]
        self.owner_id.choices = owners()
        if self.is_sent:
            return
        self.owner_id.data = self.row.owner_id if self.row is not None else person().id
        self.is_public.data = "n" if self.row is not None and not self.row.is_public else "y"


def owners() -> list[tuple[int, str]]:
    """Who may have an article: active staff who may write one."""
    writes = [role.value for role in RIGHTS["article"]["create"]]
    has_role = Staff.id.in_(select(StaffRole.staff_id).where(StaffRole.role.in_(writes)))
    query = select(Staff.id, Staff.name).where(Staff.is_active, has_role)
    return [(i, n) for i, n in db.session.execute(query.order_by(Staff.name))]


def _is_due() -> ColumnElement[bool]:
    return Article.review_on <= today()


def _standings() -> Sequence[tuple[str, Words, ColumnElement[bool]]]:
    is_changed = Article.published_number.is_not(None) & (Article.published_number != Article.number)
    return [
        ("mine", _l("Milik saya"), Article.owner_id == person().id),
        ("due", _l("Perlu ditinjau"), _is_due()),
        ("waiting", _l("Menunggu diterbitkan"), Article.published_number.is_(None) | is_changed),
    ]


def standing_of(article: Article) -> Words:
    if article.published_number is None:
        return _("Draf")
    if articles.is_due(article, today()):
        return _("Perlu ditinjau")
    return _("Terbit") if article.published_number == article.number else _("Terbit, ada perubahan")


class ArticleView(HouseView[Article]):
    name_key = "article"
    title = _l("Panduan")
    intro = _l("Jawaban yang ditulis sekali. Yang umum ditawarkan saat pengaduan diketik.")
    empty = _l("Belum ada panduan. Tulis satu dari tiket yang sudah selesai, atau dari yang sering ditanyakan.")
    create_label = _l("Tulis panduan")
    columns = [
        Column("title", _l("Judul"), is_link=True),
        Column("standing", _l("Keadaan"), cell=standing_of),
        Column("is_public", _l("Untuk"), cell=lambda row: _l("Umum") if row.is_public else _l("Petugas")),
        Column("category", _l("Jenis masalah"), cell=lambda row: row.category or ""),
        Column("language", _l("Bahasa"), cell=lambda row: dict(LANGUAGES)[row.language]),
        Column("owner", _l("Pemilik")),
        Column("review_on", _l("Ditinjau lagi"), cell=lambda row: on_date(row.review_on) if row.review_on else ""),
        Column("helped_public", _l("Menolong pengunjung"), css="pk-right"),
        Column("helped_staff", _l("Menolong petugas"), css="pk-right"),
    ]
    searched = (Article.title, Article.text)
    filters = (conditions_of("standing", _l("Keadaan"), _standings),)
    order = (Article.title,)
    shows = (Article.owner, Article.category)
    form = ArticleForm
    details_template = "admin/tickets/article.html"
    edit_template = create_template = "admin/tickets/article_form.html"
    more_acts = {"publish": "publish", "withdraw": "publish", "reviewed": "edit", "picture": "list"}

    def __init__(self) -> None:
        super().__init__(Article)

    def row_rule(self, query: Select[Article]) -> Select[Article]:
        """What is published is read by all staff; what is not, by its owner and by whoever publishes."""
        if self.may("publish"):
            return query
        return query.where(or_(Article.published_number.is_not(None), Article.owner_id == person().id))

    def row_allowed(self, row: Article, act: str) -> bool:
        if act == "edit":
            return self.may("edit") and (row.owner_id == person().id or self.may("publish"))
        return self.may(act)

    def details_extras(self, row: Article) -> dict[str, Shown]:
        return {
            "preview": preview_of(row.text),
            "standing": standing_of(row),
            "is_due": articles.is_due(row, today()),
            "when": on_date_at,
        }

    def form_for(self, row: Article | None) -> StepForm:
        """A new one may begin from a resolved ticket that this person sees."""
        form = super().form_for(row)
        if row is None and not form.is_sent and (draft := self.draft()):
            form.title.data, form.text.data = draft.title, draft.text
        return form

    def draft(self) -> ArticleDraft | None:
        """What the ticket named by the address gives; 404 for one that is not seen or not resolved."""
        pk = row_named("ticket")
        if pk is None:
            return None
        seen = select(Ticket).where(Ticket.id == pk, visible_to(person()), Ticket.resolved_at.is_not(None))
        ticket = db.session.scalars(seen).unique().one_or_none()
        if ticket is None or ticket.forgotten_at is not None:
            abort(404)
        return draft_of(ticket)

    def form_extras(self, row: Article | None) -> dict[str, Shown]:
        is_shown = request.method == "POST" and "preview" in request.form
        return {
            "draft": self.draft() if row is None else None,
            "preview": preview_of(request.form.get("text", "")[:LONGEST_TEXT]) if is_shown else None,
        }

    def _form_page(self, form: StepForm, row: Article | None) -> ResponseReturnValue:
        answer = make_response(super()._form_page(form, row))
        if "preview" in request.form and not form.errors and answer.status_code == REFUSED:
            answer.status_code = 200
        return answer

    def checked(self, form: ArticleForm, row: Article | None) -> bool:
        if not form.validate() or "preview" in request.form:
            return False
        g.article_pictures = []
        try:
            g.article_pictures = accept(request.files.getlist("pictures"))
        except UploadRefused as refused:
            form.pictures.errors = [str(refused)]
            return False
        if not all(one.inline for one in g.article_pictures):
            form.pictures.errors = [_("Pilih gambar saja: JPEG, PNG, WEBP, atau HEIC.")]
            return False
        return True

    def fill(self, row: Article, form: ArticleForm) -> None:
        row.title, row.text, row.language = form.title.data, form.text.data, form.language.data
        row.is_public, row.owner_id = form.is_public.data == "y", form.owner_id.data
        row.category_id = form.category_id.data or None
        articles.save_version(row, person())
        for one in g.article_pictures:
            row.pictures.append(
                ArticlePicture(sha256=one.sha256, name=one.name, content_type=one.content_type, size=one.size)
            )

    @expose("/publish/", methods=("POST",))
    def publish(self) -> ResponseReturnValue:
        """Readers get the version that whoever pressed has seen."""
        return self._done("publish", lambda row: articles.publish(row, person()), _("Terbit. Pembaca melihat isi ini."))

    @expose("/withdraw/", methods=("POST",))
    def withdraw(self) -> ResponseReturnValue:
        return self._done("withdraw", articles.withdraw, _("Ditarik. Tidak ada lagi yang membacanya."))

    @expose("/reviewed/", methods=("POST",))
    def reviewed(self) -> ResponseReturnValue:
        """The owner, or whoever publishes, looked: it is still true."""
        return self._done("reviewed", articles.put_off_review, _("Tercatat. Ditinjau lagi setahun dari hari ini."))

    def _done(self, act: str, do: Callable[[Article], None], said: str) -> ResponseReturnValue:
        """One press on one article, with its audit row; not on a version that somebody has changed meanwhile."""
        with write_transaction():
            row = self.get_one(request.form.get("id"))
            if not self.row_allowed(row, "edit" if act == "reviewed" else "publish"):
                abort(403)
            if request.form.get("number") != str(row.number):
                flash(_("Isinya baru saja diubah. Baca dulu yang sekarang, lalu tekan lagi."), "error")
                return redirect(self.href(row), 303)
            if act != "publish" and row.published_number is None:
                flash(_("Panduan ini belum terbit."), "error")
                return redirect(self.href(row), 303)
            do(row)
            audit.record(act, "Article", row.id, staff=person(), ip=address(), diff={"number": row.number})
            where = self.href(row)
        flash(said, "success")
        return redirect(where, 303)

    @expose("/picture/<int:pk>")
    def picture(self, pk: int) -> Response:
        """A picture of an article that this person may read."""
        mine = self.rows().with_only_columns(Article.id)
        query = select(ArticlePicture).where(ArticlePicture.id == pk, ArticlePicture.article_id.in_(mine))
        found = db.session.scalars(query).one_or_none() if pk < 2**31 else None
        if found is None:
            abort(404)
        return hand_out(found.sha256, found.name, found.content_type, is_inline=True)


def preview_of(text: str) -> str:
    """As readers will see it; its pictures come by the door of staff, since it may be a draft."""
    return as_html(text.replace(f"]({PICTURES}", f"]({HERE}"), HERE)
