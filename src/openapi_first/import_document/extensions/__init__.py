"""The extensions of API Gateway that the import document takes from the contract."""
