"""The mail that articles wait for the yearly look of their owner."""

from __future__ import annotations

from mails.queue import queue
from mails.recipients import Recipient


def article_review(titles: list[str], to: Recipient) -> None:
    """Queue it inside the caller's transaction: whoever owns these articles looks whether they are still true."""
    queue("article_review", None, to, {"count": len(titles), "titles": titles})
