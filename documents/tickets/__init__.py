"""Tickets and complaints: the printed documents."""
