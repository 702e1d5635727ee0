"""Reports of a run and of coverage, a module for each format."""
