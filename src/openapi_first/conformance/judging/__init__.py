"""Judges requests and responses: request reader, checks, openapi-core, coverage points."""
