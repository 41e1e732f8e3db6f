"""Network installations (N): the pages of the public."""
