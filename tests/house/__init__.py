"""Tests of the house itself: rooms, words, citations, catalogues."""
