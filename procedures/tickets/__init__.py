"""Tickets and complaints: the steps and what they write."""
