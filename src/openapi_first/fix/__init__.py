"""`contract fix`: writes the names that were derived into the contract."""
