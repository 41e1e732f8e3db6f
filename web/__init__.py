"""What every page shares, public or panel: headers, error pages, logs, CSRF."""
