"""Reports of a run and of coverage, one module for each format."""
