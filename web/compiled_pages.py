"""The compiled pages of this version, kept in the instance: only the first start of a version compiles them.

They are the program's own templates as Jinja compiles them, and they are run: each is sealed with the secret key, in a
folder that this user alone may enter. What is torn, of another key or not to be written is compiled anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import shutil
import stat
import tempfile
from pathlib import Path

import jinja2
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from models.base.version import VERSION

PREFIX = "pages-"
SEAL_BYTES = 32


def keep_pages(app: Flask) -> Path | None:
    """Let the templates' compiled form be kept; returns the folder, None where none may be trusted."""
    env = app.jinja_env
    told = f"{jinja2.__version__} {sorted(env.extensions)} {env.trim_blocks} {env.lstrip_blocks} {app.root_path}"
    folder = Path(app.config["INSTANCE_PATH"]) / f"{PREFIX}{VERSION}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        return None
    for older in set(folder.parent.glob(f"{PREFIX}*")) - {folder}:
        shutil.rmtree(older, ignore_errors=True)
    env.bytecode_cache = KeptPages(folder, app.config["SECRET_KEY"])
    return folder


class KeptPages(BytecodeCache):
    """A file of each page: its seal, then the code."""

    def __init__(self, folder: Path, secret: str) -> None:
        self.folder, self._key = folder, hashlib.sha256(f"pages {secret}".encode()).digest()

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            kept = (self.folder / bucket.key).read_bytes()
        except OSError:
            return
        seal, code = kept[:SEAL_BYTES], kept[SEAL_BYTES:]
        if hmac.compare_digest(seal, self._seal(bucket, code)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        code = bucket.bytecode_to_string()
        with contextlib.suppress(OSError):
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
                file.write(self._seal(bucket, code) + code)
            Path(file.name).replace(self.folder / bucket.key)

    def _seal(self, bucket: Bucket, code: bytes) -> bytes:
        """Of this page: a file put in another's place is none of its own."""
        return hmac.digest(self._key, bucket.key.encode() + code, "sha256")
