"""Mails about tickets and complaints (C)."""
