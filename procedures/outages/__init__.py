"""Outages of network and servers (L, W): the steps and what they write."""
