"""What changes the organisation's registers beside their pages: units from a file."""
