"""Converts Swagger 2.0 to OpenAPI 3.0, and remembers where each part was written."""
