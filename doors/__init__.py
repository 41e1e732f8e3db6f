"""What machines, printed documents and mailed links ask for: alerts, health, verification, one-time passwords."""
