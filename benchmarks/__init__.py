"""What the engine costs, measured beside other frameworks: `make bench`."""
