"""Tickets and complaints: the mails."""
