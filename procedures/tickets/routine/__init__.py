"""Tickets that the worker makes of routine work."""
