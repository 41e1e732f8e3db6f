"""The page behind a label on a device or an outlet: whoever scans it can report a fault, and learns nothing else."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from doors.blueprint import doors
from models.organisation.qr_label import label_of


@doors.get("/label/<code>")
def scanned_label(code: str) -> ResponseReturnValue:
    """For whoever is logged in the page of what it stands on; for everybody the way to the complaint form."""
    label = label_of(code)
    if label is None:
        return render_template("doors/qr_label.html", label=None), 404
    if current_user.is_authenticated and not request.args.get("umum"):
        return redirect(f"/admin/scan/?code={label.code}", 303)
    return render_template("doors/qr_label.html", label=label)
