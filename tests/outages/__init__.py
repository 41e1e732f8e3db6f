"""Tests of outages (L, W)."""
