"""The benchmark: how fast each kind of page answers, written to bench/results.md."""
