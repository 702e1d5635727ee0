"""Renders problems as the contract declares its error responses."""
