"""Network installations (N): the rows."""
