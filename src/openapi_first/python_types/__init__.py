"""Writes a contract's schemas and operations as Python types, for a type checker."""
