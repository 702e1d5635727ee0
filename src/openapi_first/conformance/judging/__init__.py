"""Judges requests and responses: what the contract allows, checks, coverage."""
