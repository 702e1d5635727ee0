"""Lowers schemas of OpenAPI 3.0 and 3.1 to plain JSON Schema, by direction."""
