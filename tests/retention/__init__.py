"""What is forgotten when, the seals of the audit, and a person's copy."""
