"""Pages of staff for outages: nodes and services that are watched, planned work, the shift's page."""
