"""A contract's schemas and operations as types of Python, for a type checker."""
