"""What the forms and lists of every procedure are made of."""
