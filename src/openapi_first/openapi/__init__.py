"""Reads and validates an OpenAPI document."""
