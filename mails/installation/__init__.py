"""Mails about network installations (N)."""
