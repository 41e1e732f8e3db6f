"""Rows of network installations (N): surveys, RABs, quality tests, bills."""
