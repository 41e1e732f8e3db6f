"""What the forms, lists and documents of every procedure are made of."""
