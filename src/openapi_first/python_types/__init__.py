"""Writes the schemas and operations of a contract as Python types."""
