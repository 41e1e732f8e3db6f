"""Network installation (N): its steps, and what these write."""
