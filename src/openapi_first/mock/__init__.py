"""The function of `contract serve --mock`: it answers every operation by the contract."""
