"""The cases of `benchmarks.fuzz`: good files, how they are changed, and who reads them."""
