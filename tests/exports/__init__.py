"""Tests of exports and spreadsheets."""
