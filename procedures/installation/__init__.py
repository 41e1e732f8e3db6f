"""Network installations (N): the steps and what they write."""
