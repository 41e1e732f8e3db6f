"""Tests that read the text of PDFs back."""
