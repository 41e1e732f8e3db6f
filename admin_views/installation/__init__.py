"""Network installations (N): the pages of staff."""
