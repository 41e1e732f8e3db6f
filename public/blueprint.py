"""The blueprint on which every public page hangs; it knows no page."""

from flask import Blueprint, current_app, request

SENT_BYTES = 100 * 1024 * 1024  # read from one form, so that a file too large is refused with the words kept

site = Blueprint("public", __name__)


@site.url_value_preprocessor
def _read_large_forms(_endpoint: str | None, _values: object) -> None:
    """Runs before the form is read for its CSRF token; larger ones end in 413.

    Files go to the disk as they come; a form without files is read at once, so it has the limit of the words.
    """
    if request.method == "POST":
        has_files = request.mimetype == "multipart/form-data"
        request.max_content_length = SENT_BYTES if has_files else current_app.config["MAX_FORM_MEMORY_SIZE"]
