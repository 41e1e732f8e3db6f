"""The page on which a CSV of nodes is looked at before it is imported."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from admin_views.frame.view import address, person
from models.base.db import write_transaction
from models.organisation import audit
from procedures.organisation.import_units import ImportRefused
from procedures.outages.import_nodes import COLUMNS, import_nodes, preview_nodes

MOST_BYTES = 2_000_000
SHOWN = 200


def page(view: Any) -> Any:
    faults: list[str] = []
    planned, data = None, b""
    if request.method == "POST":
        try:
            data = _sent()
            if request.form.get("confirm"):
                return _imported(data)
            planned = preview_nodes(data)
        except ImportRefused as refused:
            faults = refused.sentences
    rows = planned or []
    return render_template(
        "admin/outages/node_import.html",
        view=view,
        faults=faults,
        planned=planned,
        shown=[row for row in rows if row.is_new or row.changes][:SHOWN],
        new=sum(row.is_new for row in rows),
        changed=sum(not row.is_new and bool(row.changes) for row in rows),
        same=sum(not row.is_new and not row.changes for row in rows),
        columns=COLUMNS,
        packed=base64.b64encode(zlib.compress(data)).decode() if planned is not None else "",
    ), 422 if faults else 200


def _sent() -> bytes:
    """The file of the first press, or what the page carried to the second. Raises ImportRefused."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        data = upload.stream.read(MOST_BYTES + 1)
    elif packed := request.form.get("packed"):
        try:
            data = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), MOST_BYTES + 1)
        except (binascii.Error, ValueError, zlib.error) as broken:
            raise ImportRefused([_("Berkas yang tadi dipilih tidak terbaca lagi. Pilih berkasnya lagi.")]) from broken
    else:
        raise ImportRefused([_("Pilih berkasnya dahulu.")])
    if len(data) > MOST_BYTES:
        raise ImportRefused([_("Berkas itu lebih dari 2 MB. Bagi berkasnya.")])
    return data


def _imported(data: bytes) -> Any:
    done = import_nodes(data)
    counts = {"new": done.new, "changed": done.changed}
    with write_transaction():
        audit.record("import", "Node", "", staff=person(), ip=address(), diff=counts)
    flash(_("%(new)s perangkat baru, %(changed)s diperbarui.", **counts), "success")
    return redirect("/admin/node/", 303)
