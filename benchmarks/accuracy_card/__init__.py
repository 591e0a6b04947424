"""Parts of benchmarks/accuracy.py: clips and their truth, tapes, comparison, limits, people, and the tables."""
