"""What other monitors send: each one's body read into the same alerts."""
