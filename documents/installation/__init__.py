"""Documents of network installations: RAB, bill, quality report, the surveyors' visit."""
