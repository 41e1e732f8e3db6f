"""Hangs the panel on the application."""

from flask import Flask


def init_panel(app: Flask) -> None:
    """Register Flask-Admin and its views."""
