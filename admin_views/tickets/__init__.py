"""Tickets and complaints: the pages of staff."""
