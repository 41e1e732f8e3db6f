"""Mails about outages and planned work (L, W)."""
