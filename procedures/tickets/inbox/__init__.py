"""Mail that comes in: stored, read, understood, and decided upon by the operator or by rule (C1, C2)."""
