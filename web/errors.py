"""Error pages that say what to do next, with a reference that stands in the log too."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, g, has_request_context, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from gateways.files.file_store import DISK_FAULTS
from models.base import setting
from models.base.db import db
from models.base.wording import Words
from procedures.engine.acts import committed_act
from procedures.tickets import readiness
from web.refusals import refused_because

PAGES: dict[int, tuple[Words, Words]] = {
    400: (
        _l("Permintaan ini tidak dapat dibaca"),
        _l("Kembali ke halaman sebelumnya, muat ulang, lalu coba lagi. Isian Anda masih ada di halaman itu."),
    ),
    403: (
        _l("Bagian ini bukan untuk peran Anda"),
        _l("Bila Anda memerlukannya untuk bekerja, mintalah kepada administrator atau kepala divisi Anda."),
    ),
    404: (
        _l("Halaman ini tidak ditemukan"),
        _l("Alamatnya mungkin salah tulis atau sudah pindah. Mulai dari beranda, atau cek tiket dengan nomornya."),
    ),
    405: (
        _l("Halaman ini tidak dapat dibuka dengan cara itu"),
        _l("Buka lagi dari halaman sebelumnya dan gunakan tombolnya."),
    ),
    409: (
        _l("Keadaannya sudah berubah"),
        _l("Muat ulang halaman sebelumnya untuk melihat keadaan sekarang, lalu putuskan lagi."),
    ),
    413: (
        _l("Kiriman ini terlalu besar"),
        _l("Kecilkan atau kurangi berkasnya, lalu kirim lagi."),
    ),
    429: (
        _l("Terlalu banyak percobaan dari alamat ini"),
        _l("Tunggu sebentar, lalu coba lagi. Tiket dan isian Anda tidak hilang."),
    ),
    500: (
        _l("Ada yang salah di pihak kami"),
        _l("Kejadian ini sudah tercatat. Coba lagi; bila terulang, sebutkan nomor rujukan ini kepada meja layanan."),
    ),
    507: (
        _l("Penyimpanan kami sedang penuh"),
        _l("Belum ada yang tersimpan. Kembali ke halaman sebelumnya; isian Anda masih di sana. Kirim lagi nanti."),
    ),
    503: (_l("Sistem sedang sibuk"), _l("Tidak ada yang hilang. Tunggu beberapa detik, lalu kirim lagi.")),
}
DISK_FULL = "53100"  # PostgreSQL
log = logging.getLogger("helpdesk")


def reference() -> str:
    """The number by which this request is found in the log."""
    if not has_request_context():
        return ""
    if "reference" not in g:
        g.reference = secrets.token_hex(4).upper()
    return str(g.reference)


def error_page(status: int, sentence: Words = "", **more: str | bool) -> tuple[str, int]:
    """The page for this status; `sentence` replaces the usual advice."""
    title, advice = PAGES.get(status, PAGES[400 if status < 500 else 500])
    if status == 413:
        most = {"one": setting.get("file_megabytes"), "all": setting.get("form_megabytes")}
        advice = _("Berkas paling besar %(one)s MB dan seluruhnya %(all)s MB.", **most) + f" {advice}"
    in_panel = request.path.startswith("/admin")
    page = render_template(
        "error.html",
        status=status,
        title=title,
        advice=sentence or advice,
        reference=reference(),
        in_panel=in_panel,
        **more,
    )
    return page, status


def init_errors(app: Flask) -> None:
    """Give every failure its page; what is ours to mend is logged with its trace."""

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error
        db.session.rollback()
        if error.code < 500:
            refused_because(str(error.description or ""))
        sentence = (error.description or "") if getattr(error, "is_said", False) else ""
        page, status = error_page(error.code, sentence)
        headers = {"Retry-After": str(wait)} if (wait := getattr(error, "retry_after", None)) else {}
        return page, status, headers

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def _busy(error: SQLAlchemyError) -> ResponseReturnValue:
        db.session.rollback()
        if is_disk_full(error):
            log.exception("database's disk full", extra={"status": 507, "path": request.path})
            _ask_no_database(app)
            return _answer_of_committed_act() or error_page(507)
        log.exception("database busy", extra={"status": 503, "path": request.path})
        if (answer := _answer_of_committed_act()) is not None:
            return answer
        _ask_no_database(app)
        return (*error_page(503), {"Retry-After": "5"})

    @app.errorhandler(DataError)
    @app.errorhandler(OverflowError)
    def _no_such_value(error: Exception) -> ResponseReturnValue:
        """A value that no column can hold, such as a number of twenty digits: it was typed, so 400 says so."""
        db.session.rollback()
        log.warning("value refused by the database", extra={"status": 400, "path": request.path})
        return error_page(400)

    @app.errorhandler(IntegrityError)
    def _met_twice(error: IntegrityError) -> ResponseReturnValue:
        """Two wrote what may stand once, or a row that was named is gone: the later one is told to look again."""
        db.session.rollback()
        log.warning("refused by a constraint: %s", error.orig, extra={"status": 409, "path": request.path})
        return error_page(409)

    @app.errorhandler(OSError)
    def _disk(error: OSError) -> ResponseReturnValue:
        if error.errno not in DISK_FAULTS:
            return _fault(error)
        db.session.rollback()
        log.exception("disk full or shut", extra={"status": 507, "path": request.path})
        return _answer_of_committed_act() or error_page(507)

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> ResponseReturnValue:
        db.session.rollback()
        log.exception("fault", extra={"status": 500, "path": request.path})
        if (answer := _answer_of_committed_act()) is not None:
            return answer
        if isinstance(error, SQLAlchemyError):
            _ask_no_database(app)
        return error_page(500)


def is_disk_full(error: SQLAlchemyError) -> bool:
    """Did the database refuse because its disk takes no more? To wait a few seconds would not help."""
    said = getattr(error, "orig", None)
    return getattr(said, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(said, "sqlstate", "") == DISK_FULL


def _ask_no_database(app: Flask) -> None:
    """The page that says so needs no row: a fault in it would end in the server's bare 500 (security.md Z21)."""
    setting.keep_last_known()
    readiness.keep_last_known()
    if "_login_user" not in g:  # else Flask-Login asks the database who this is, for the template
        g._login_user = app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # set by Flask-Login


def _answer_of_committed_act() -> ResponseReturnValue | None:
    """What was done for good is never answered with an error: the answer leads to its ticket (security.md Z40)."""
    act = committed_act()
    if act is None or request.path.startswith("/api/"):  # other programs ask again, and are recognised
        return None
    in_panel = request.path.startswith("/admin")
    return redirect(f"/admin/ticket/details/?id={act.ticket_id}" if in_panel else f"/tiket/{act.number}", 303)


def error_saying(error: type[HTTPException], sentence: str) -> HTTPException:
    """An HTTP error whose own sentence is shown."""
    raised = error(description=sentence)
    raised.is_said = True  # type: ignore[attr-defined]  # read by the handler above
    return raised
