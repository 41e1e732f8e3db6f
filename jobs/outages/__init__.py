"""Outages of network and servers (L, W): the jobs without a click."""
