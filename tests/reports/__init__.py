"""What heads are told: their first screen, reports, what is made by itself for them."""
