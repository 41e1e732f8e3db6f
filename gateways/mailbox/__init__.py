"""Mail that comes in: fetched from a mail server, and read in a guarded child process."""
