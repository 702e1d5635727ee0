"""Judges what was sent and answered: request reader, checks, openapi-core, coverage points."""
