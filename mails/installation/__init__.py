"""Network installations (N): the mails."""
