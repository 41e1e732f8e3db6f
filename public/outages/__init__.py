"""Outages of network and servers (L, W): the pages of the public."""
