"""Tests of tickets and complaints (C)."""
