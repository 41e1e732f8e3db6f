"""The key with which a person's phone locks what waits there for the server (static/js/phone-store.js).

It is the same at every login of that person and nobody else's, so that what was locked opens again for its owner alone.
"""

from __future__ import annotations

import base64
import hmac

from flask import current_app

from models.organisation.staff import Staff

INFO = b"pustikom-helpdesk\0phone of "


def phone_key(staff: Staff) -> str:
    """32 bytes as base 64, from SECRET_KEY, then those of SECRET_KEY_FALLBACKS, which open what waits yet."""
    secrets = (current_app.config["SECRET_KEY"], *(current_app.config.get("SECRET_KEY_FALLBACKS") or ()))
    keys = (hmac.digest(str(secret).encode(), INFO + str(staff.id).encode(), "sha256") for secret in secrets)
    return " ".join(base64.b64encode(key).decode() for key in keys)
