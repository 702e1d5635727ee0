"""A service of another domain than the shipped one, with nothing stored."""
