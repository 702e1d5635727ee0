"""A service of another domain than the sample service, without a database."""
