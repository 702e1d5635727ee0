"""A contract as the Python module that the Lambda serves, and what its image holds."""
