"""Network installations (N): the printed documents."""
