"""Tests in Chromium: what a person does, from the first click to the last."""
