"""What a list of tickets shows and is filtered by beside the ticket's own columns."""
