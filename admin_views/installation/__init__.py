"""Pages of staff for network installations: letters' follow-up, surveys, RABs, quality tests, bills."""
