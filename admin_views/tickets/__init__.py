"""Pages of staff for tickets: the list, the workbench, my desk, letters, merging, acts on many tickets."""
