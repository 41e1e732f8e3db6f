"""Tests of the file store and of what measuring programs print."""
