"""Tests of pings and visits, against servers of their own."""
