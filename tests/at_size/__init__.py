"""Tests over as many tickets as SIZE_TICKETS says: statements and rows of every page."""
