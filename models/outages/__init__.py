"""Rows of outages (L, W): nodes and services, checks, outages, alerts, who was told."""
