"""Pings and visits to what the centre watches."""
