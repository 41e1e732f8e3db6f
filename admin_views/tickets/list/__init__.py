"""The list of tickets: filter, pages, rows, export."""
