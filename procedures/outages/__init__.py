"""Outages of network and servers (L, W): their steps, and what these write."""
