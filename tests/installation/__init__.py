"""Tests of network installations (N)."""
