"""The blueprint of what machines, printed documents and mailed links ask."""

from flask import Blueprint

from web.limits import read_large_forms
from web.site_frame import head_and_foot

doors = Blueprint("doors", __name__)
doors.url_value_preprocessor(read_large_forms)
doors.context_processor(head_and_foot)
