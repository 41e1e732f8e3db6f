"""Work that comes again by a schedule, and the tickets that were made of it."""
