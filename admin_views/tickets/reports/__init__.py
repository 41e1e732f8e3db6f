"""Reports on the work of the service, as pages and files."""
