"""Many tickets at once, to measure speed."""
