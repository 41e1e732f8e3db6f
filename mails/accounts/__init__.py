"""Mails about accounts and passwords (E, P)."""
