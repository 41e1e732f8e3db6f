"""Hangs the public pages on the application."""

from flask import Flask


def init_site(app: Flask) -> None:
    """Register the public blueprint."""
