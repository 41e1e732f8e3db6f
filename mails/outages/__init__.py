"""Outages of network and servers (L, W): the mails."""
