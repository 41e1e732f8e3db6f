"""The blueprint to which every public page belongs."""

from flask import Blueprint

from web.limits import read_large_forms
from web.site_frame import head_and_foot

site = Blueprint("public", __name__)
site.url_value_preprocessor(read_large_forms)
site.context_processor(head_and_foot)
