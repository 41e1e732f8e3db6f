"""Tickets and complaints: the jobs without a click."""
