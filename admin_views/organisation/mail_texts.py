"""The words of the mails: edited with fixed placeholders, previewed, every version kept."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from wtforms import Field, ValidationError

from admin_views.frame.address_values import not_a_value
from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, person
from mails.notice_names import name_of
from mails.placeholders import GAPS
from mails.worded_notices import EDITABLE, NOT_WORDED, is_to_staff, notice_of
from mails.wordings import example, fault_of, missing_of, shipped_subject, shipped_words
from models.base.columns.json_value import Json
from models.base.db import db, write_transaction
from models.base.wording import Words
from models.organisation import audit
from models.tickets.mailing.mail_wording import MailWording, all_in_force, newest_wording, versions_of
from procedures.base.form_fields import StepForm, line_field, text_field

LANGUAGES = ("id", "en")


class MailTextForm(StepForm):
    """Both languages; an empty English leaves the shipped English."""

    subject = line_field(_l("Judul dalam bahasa Indonesia"), 200)
    body = text_field(_l("Isi dalam bahasa Indonesia"), 5_000)
    subject_en = line_field(_l("Judul dalam bahasa Inggris"), 200, needed=False)
    body_en = text_field(_l("Isi dalam bahasa Inggris"), 5_000, needed=False)
    notice = ""

    def validate_subject(self, field: Field) -> None:
        if sentence := fault_of(self.notice, field.data or "", is_subject=True):
            raise ValidationError(sentence)

    validate_subject_en = validate_subject

    def validate_body(self, field: Field) -> None:
        if sentence := fault_of(self.notice, field.data or "") or self._missing(field):
            raise ValidationError(sentence)

    validate_body_en = validate_body

    def _missing(self, field: Field) -> str:
        """What the mail must say stands in its subject or in its text."""
        language, subject = ("en", self.subject_en) if field.name == "body_en" else ("id", self.subject)
        return missing_of(self.notice, (subject.data or "", field.data), language) if field.data else ""

    def faults_together(self) -> list[tuple[str, Words]]:
        """English has both a subject and a text, or neither."""
        if bool(self.subject_en.data) == bool(self.body_en.data):
            return []
        lacks = "body_en" if self.subject_en.data else "subject_en"
        return [(lacks, _l("Isi judul dan isi dalam bahasa Inggris, atau kosongkan keduanya."))]


def title_of(key: str) -> str:
    """What a wording is called: the notice's name, and to whom where that makes a difference."""
    name = name_of(notice_of(key))
    return _("%(name)s (untuk petugas)", name=name) if is_to_staff(key) else name


class WordedMail(NamedTuple):
    """A mail in the list: its name, the subject that goes out in the reader's language, and the version that holds."""

    name: str
    key: str
    subject: str
    version: MailWording | None


def _worded(key: str, version: MailWording | None) -> WordedMail:
    language = str(get_locale() or "id")
    own = version.words(language) if version else None
    subject = own[0] if own else shipped_subject(key, language)
    return WordedMail(title_of(key), key, subject, None if version is None or version.is_shipped else version)


class MailTextView(ClosedView):
    """/admin/mail_text/; `notice` is a key of EDITABLE."""

    name_key = "mail_text"
    acts = {"index": "list", "edit": "list", "save": "edit", "shipped": "edit"}

    def __init__(self) -> None:
        super().__init__(name="Kata-kata email", endpoint="mail_text", url="/admin/mail_text")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every mail that may be worded, with the version that holds, and those that may not."""
        in_force = all_in_force()
        rows = sorted((_worded(key, in_force.get(key)) for key in EDITABLE), key=lambda row: row.name.lower())
        parts = [
            (_("Kepada pemohon, unit, dan orang luar"), [row for row in rows if not is_to_staff(row.key)]),
            (_("Kepada petugas"), [row for row in rows if is_to_staff(row.key)]),
        ]
        fixed = sorted((name_of(notice) for notice in NOT_WORDED), key=str.lower)
        return render_template("admin/organisation/mail_texts.html", view=self, parts=parts, fixed=fixed)

    @expose("/edit/")
    def edit(self) -> ResponseReturnValue:
        """The words that hold, or those of an older version (`version`), for editing or for reading."""
        notice, row = self._asked(), None
        if number := request.args.get("version"):
            row = next((one for one in versions_of(notice) if str(one.number) == number), None)
            if row is None:
                raise not_a_value("version", number)
        return self._page(notice, self._form(notice, None, row or newest_wording(notice)))

    @expose("/save/", methods=("POST",))
    def save(self) -> ResponseReturnValue:
        """Show how it would read (`do` is preview), or keep it as the newest version."""
        notice = self._asked()
        form = self._form(notice, request.form, None)
        if not form.validate():
            return self._page(notice, form), 422
        if request.form.get("do") == "preview":
            return self._page(notice, form, is_preview=True)
        words = {name: form[name].data or "" for name in ("subject", "body", "subject_en", "body_en")}
        if not self._keep(notice, words):
            flash(_("Orang lain baru saja mengubah kata-kata ini. Periksa yang berlaku sekarang, lalu simpan lagi."),
                  "error")  # fmt: skip
            return self._page(notice, form), 409
        flash(_("Tersimpan. Email berikutnya memakai kata-kata ini."), "success")
        return redirect(f"/admin/mail_text/edit/?notice={notice}", 303)

    @expose("/shipped/", methods=("POST",))
    def shipped(self) -> ResponseReturnValue:
        """Back to the words that the product ships; what was written before stays among the versions."""
        notice = self._asked()
        done = self._keep(notice, {})
        flash(_("Kata-kata bawaan berlaku lagi.") if done else _("Orang lain baru saja mengubah kata-kata ini."),
              "success" if done else "error")  # fmt: skip
        return redirect(f"/admin/mail_text/edit/?notice={notice}", 303)

    def _asked(self) -> str:
        notice = request.args.get("notice", "")
        if notice not in EDITABLE:
            raise not_a_value("notice", notice)
        return notice

    def _keep(self, notice: str, words: dict[str, str]) -> bool:
        """As the next version, if the newest one is still the one that this person saw."""
        try:
            with write_transaction():
                newest = newest_wording(notice)
                last = newest.number if newest else 0
                if request.form.get("seen") != str(last):
                    return False
                row = MailWording(notice=notice, number=last + 1, made_by_id=person().id, **words)
                db.session.add(row)
                db.session.flush()
                diff: dict[str, Json] = {
                    "notice": notice,
                    "number": row.number,
                    **{key: ["", text] for key, text in words.items()},
                }
                audit.record("mail_text" if words else "mail_text_shipped", "MailWording", row.id, staff=person(),
                             ip=address(), diff=diff)  # fmt: skip
        except IntegrityError:
            return False
        return True

    def _form(self, notice: str, typed: Any, row: MailWording | None) -> MailTextForm:
        form = MailTextForm(typed)
        form.notice = notice
        if typed is None:
            for language, ending in zip(LANGUAGES, ("", "_en"), strict=True):
                own = row.words(language) if row else None
                words = own or shipped_words(notice, language)
                form[f"subject{ending}"].data, form[f"body{ending}"].data = words
        return form

    def _page(self, notice: str, form: MailTextForm, is_preview: bool = False) -> str:
        previews = []
        for language, ending in zip(LANGUAGES, ("", "_en"), strict=True):
            typed = (form[f"subject{ending}"].data or "", form[f"body{ending}"].data or "")
            words = typed if all(typed) else shipped_words(notice, language)
            previews.append((language, *(example(notice, text, language) for text in words)))
        versions = versions_of(notice)
        return render_template(
            "admin/organisation/mail_text.html",
            view=self, form=form, notice=notice, title=title_of(notice), versions=versions, previews=previews,
            is_preview=is_preview, seen=versions[0].number if versions else 0,
            gaps=[(word, GAPS[word].label, GAPS[word].is_needed) for word in EDITABLE[notice].words],
        )  # fmt: skip
