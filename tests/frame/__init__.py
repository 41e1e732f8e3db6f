"""Tests of what the pages of the panel share: rights, search, sessions, bad input."""
