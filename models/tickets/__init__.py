"""Tickets and complaints: the rows."""
