"""Tickets and complaints: the pages of the public."""
