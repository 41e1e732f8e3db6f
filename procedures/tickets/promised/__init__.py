"""What is promised of a ticket: what moves its due time, and who hears when it has passed."""
