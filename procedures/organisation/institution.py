"""What the public reads about who runs the service: the settings of the set-up's first point, and what is no answer."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from models.base.columns.json_value import Json
from models.base.setting import SPECS

INSTITUTION = (
    "centre_name",
    "centre_long_name",
    "university_name",
    "centre_address",
    "centre_phone",
    "centre_email",
)
INVENTED = ("centre_phone", "centre_email")  # whose shipped values lead nowhere


def invented(values: Mapping[str, Json]) -> dict[str, str]:
    """The sentence for each shipped sample that was left as it is."""
    said = _("Ini hanya contoh. Tulis yang sungguh dapat dihubungi.")
    return {key: said for key in INVENTED if values.get(key) == SPECS[key].default}
