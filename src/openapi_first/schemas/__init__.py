"""Schemas of OpenAPI 3.0 and 3.1, lowered to plain JSON Schema by direction."""
