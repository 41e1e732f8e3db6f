"""Outages of network and servers (L, W): the printed documents."""
