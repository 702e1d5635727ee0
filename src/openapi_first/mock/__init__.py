"""The function of `contract serve --mock`: it answers every operation from the contract alone."""
