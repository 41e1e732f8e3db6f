"""Tests that walk all pages by their links."""
