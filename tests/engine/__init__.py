"""Tests of what procedures are made of."""
