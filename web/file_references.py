"""Files that came with a form and lie in the store: the page carries a signed word, so that the next try needs none.

A signed word that never becomes an attachment is nothing: the purge removes its file after a day.
"""

from __future__ import annotations

from dataclasses import asdict

from itsdangerous import BadSignature, URLSafeTimedSerializer

from gateways.files.file_store import FileDamaged, FileMissing, StoredFile
from gateways.files.uploads import store

KEPT_SECONDS = 12 * 3600


class KeptFileGone(Exception):
    """The file is kept no more, or the word is none of ours; `file` is what the word named, where it could be read."""

    def __init__(self, file: StoredFile | None = None) -> None:
        super().__init__(file)
        self.file = file


def reference_of(file: StoredFile, signer: URLSafeTimedSerializer) -> str:
    """The signed word for the file; the signer's salt says for whom or for which pages it is good."""
    return str(signer.dumps(asdict(file)))


def kept_file(reference: str, signer: URLSafeTimedSerializer) -> StoredFile:
    """The file that the signed word names. Raises KeptFileGone."""
    try:
        file = StoredFile(**signer.loads(reference, max_age=KEPT_SECONDS))
    except (BadSignature, TypeError) as wrong:
        raise KeptFileGone from wrong
    try:
        store().open(file.sha256).close()
    except (FileMissing, FileDamaged) as gone:
        raise KeptFileGone(file) from gone
    return file
