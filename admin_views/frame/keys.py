"""The keys that save presses in the panel, as a page and as the window behind "?"."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l

from admin_views.frame.page import ClosedView
from models.base.wording import Words

# Where they work: key and what it does. static/js/keys.js and panel.js listen for them.
KEYS: tuple[tuple[Words, tuple[tuple[str, Words], ...]], ...] = (
    (
        _l("Di mana pun"),
        (
            ("/", _l("mencari")),
            ("?", _l("daftar ini")),
            ("m", _l("meja saya")),
            ("t", _l("daftar tiket")),
            ("n", _l("catat pengaduan")),
        ),
    ),
    (
        _l("Di daftar tiket"),
        (
            ("j", _l("baris berikutnya")),
            ("k", _l("baris sebelumnya")),
            ("Enter", _l("buka tiketnya")),
            ("x", _l("centang tiketnya")),
            ("a", _l("tugaskan atau serahkan")),
        ),
    ),
    (
        _l("Di tiket"),
        (
            ("r", _l("tulis balasan")),
            ("c", _l("tulis catatan internal")),
            ("a", _l("tugaskan atau serahkan")),
            ("Ctrl Enter", _l("kirim yang sedang ditulis")),
            ("/", _l("di dalam balasan: balasan siap pakai dan label")),
        ),
    ),
)


class KeysView(ClosedView):
    """/admin/keys/"""

    name_key = "me"
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Tombol", endpoint="keys", url="/admin/keys")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The page; a script asks for its list alone."""
        is_part = "X-Requested-With" in request.headers
        return render_template(
            "admin/frame/key_list.html" if is_part else "admin/frame/keys.html", view=self, keys=KEYS, is_part=is_part
        )
